"""Worlds whose studies ask more of a randomization: replacements, a second randomization, eligible arms."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from irt.services import passwords
from irt.study.definition import StudyDefinition
from tests.builders_designs import a_study
from tests.web.conftest import CHEAP
from tests.web.world import World, lay_grounds, world_on

COMPLETE = {"method": "complete"}


def with_replacements() -> StudyDefinition:
    """Whoever ended treatment may be replaced."""
    return a_study(COMPLETE, conduct={"replacement_subjects": True})


def with_eligible_arms() -> StudyDefinition:
    """An open study in which the site says which arms a subject may get."""
    return a_study({**COMPLETE, "eligibility": True}, study={"blinding": "open"})


def with_two_stages() -> StudyDefinition:
    """After four weeks, subjects on treatment are drawn again among two further arms."""
    study = a_study(COMPLETE).model_dump(mode="json")
    further = [{**study["arms"][0], "code": code, "name": f"Maintenance {code}"} for code in ("M1", "M2")]
    for rule in study["dispensing"]:
        rule["arms"] = [*rule["arms"], *(["M1", "M2"] if "A" in rule["arms"] else [])]
    later = {"arms": ["M1", "M2"], "after_days": 28, "design": COMPLETE}
    return StudyDefinition.model_validate(
        {**study, "arms": [*study["arms"], *further], "later_randomizations": [later]}
    )


@contextmanager
def world_of(definition: StudyDefinition, template: Path, folder: Path) -> Iterator[World]:
    """A world of its own on that study."""
    file = folder / "grounds.sqlite"
    shutil.copyfile(template, file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "RULE", CHEAP)
        with world_on(lay_grounds(file, definition), folder) as made:
            yield made
