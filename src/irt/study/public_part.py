"""The public part of a protocol version: the blinded study as it is stored and read back."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from irt.study.blinded import BlindedStudy, blinded_study
from irt.study.definition import StudyDefinition

_STUDY = TypeAdapter(BlindedStudy)


def public_part_of(definition: StudyDefinition) -> dict[str, Any]:
    """What is stored of a study for everybody, JSON-able, by the names of the blinded study's parts."""
    parts = _STUDY.dump_python(blinded_study(definition), mode="json")
    return dict(zip(BlindedStudy._fields, parts, strict=True))


def study_in(public_part: Mapping[str, Any]) -> BlindedStudy:
    """The blinded study that was stored."""
    return _STUDY.validate_python(dict(public_part))
