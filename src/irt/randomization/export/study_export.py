"""The export of a study: what its records hold, told as sequences that other languages follow where they can."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from irt import __version__
from irt.randomization.design import Design, Factor
from irt.randomization.dynamic import Dynamic
from irt.randomization.export.export_file import FORMAT, Export
from irt.randomization.export.sequence import Sequence as DesignSequence
from irt.randomization.permuted_block import PermutedBlock
from irt.randomization.procedures import procedure_in
from irt.randomization.scheme import Procedure
from irt.randomization.stream import stream_id
from irt.study.definition import StudyDefinition

OUT_OF_THE_ORDINARY = ("open_arms", "servable", "responses", "arm_of", "listed")
"""What a draw may have seen beyond the design; such sequences are followed by the study's own procedures alone."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One allocation as it is stored."""

    number: int
    randomization: str
    version: int
    stage: int
    levels: Mapping[str, str]
    stratum: str
    arm: str
    probabilities: Mapping[str, str]
    draws: Sequence[Mapping[str, Any]]
    seen: Mapping[str, Any]


def study_export(
    protocol: str,
    commitment: str,
    versions: Mapping[int, StudyDefinition],
    stored: Sequence[Stored],
    trail: Mapping[str, Any],
) -> Export:
    """All allocations in order of assignment; `trail` tells where the audit chains stood."""
    groups: dict[tuple[int, str], list[Stored]] = {}
    for each in stored:
        groups.setdefault((each.stage, each.stratum), []).append(each)
    sequences = [_sequence(protocol, versions, group) for group in groups.values()]
    places = {key: place for place, key in enumerate(groups)}
    header = {
        "format": FORMAT,
        "kind": "study",
        "engine": __version__,
        "protocol": protocol,
        "commitment": commitment,
        "sequences": [sequence.record() for sequence in sequences],
        "versions": {str(number): known.model_dump(mode="json") for number, known in versions.items()},
        "trail": dict(trail),
        "allocations": len(stored),
    }
    records = (_record(each, places[each.stage, each.stratum], sequences) for each in stored)
    return Export.of(header, records)


def _record(each: Stored, place: int, sequences: Sequence[DesignSequence]) -> dict[str, Any]:
    design = sequences[place].design
    return {
        "sequence": place,
        "number": each.number,
        "levels": [each.levels[factor.name] for factor in design.factors],
        "response": None,
        "arm": each.arm,
        "probabilities": [str(Fraction(each.probabilities[arm])) for arm in design.arms],
        "draws": [" ".join(str(draw[key]) for key in _DRAW) for draw in each.draws],
        "facts": {
            "randomization": each.randomization,
            "version": each.version,
            "stage": each.stage,
            "levels": dict(each.levels),
            "seen": dict(each.seen),
        },
    }


_DRAW = ("index", "attempt", "u64", "modulus", "value")


def _sequence(protocol: str, versions: Mapping[int, StudyDefinition], group: Sequence[Stored]) -> DesignSequence:
    """One stratum's allocations; where the design alone does not settle them, its method's name says so."""
    first = group[0]
    procedure = procedure_in(versions[first.version], first.stage)
    design, planned = _design(procedure, versions[first.version], first.stage, group)
    names = {draw["stream"] for each in group for draw in each.draws}
    name = names.pop() if len(names) == 1 else stream_id(protocol, f"{design.method}/1", first.stratum)
    if any(key in each.seen for each in group for key in OUT_OF_THE_ORDINARY):
        design = replace(design, method=f"live {design.method}")
    return DesignSequence(name, design, planned)


def _design(
    procedure: Procedure, definition: StudyDefinition, stage: int, group: Iterable[Stored]
) -> tuple[Design, int | None]:
    if isinstance(procedure, Dynamic):
        factors = tuple(_with_levels(factor, group) for factor in procedure.design.factors)
        return replace(procedure.design, factors=factors), procedure.planned
    if isinstance(procedure, PermutedBlock):
        params = {"block_sizes": list(procedure.sizes), "size_weights": list(procedure.weights)}
        return Design("permuted_block", procedure.arms, procedure.ratio, params), None
    plan, arms = definition.plan_of(stage), definition.arms_of(stage)
    return Design(f"live {plan.method}", procedure.arms, tuple(arm.ratio for arm in arms)), None


def _with_levels(factor: Factor, group: Iterable[Stored]) -> Factor:
    """Levels that the design does not know, as of sites, are those that came."""
    came = dict.fromkeys((*factor.levels, *(each.levels[factor.name] for each in group)))
    return replace(factor, levels=tuple(came))
