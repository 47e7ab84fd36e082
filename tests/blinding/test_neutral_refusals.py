"""What is missing is never told: a refusal for want of one treatment is the refusal for want of the other."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.blinding.evidence import Answer, Evidence
from tests.blinding.story import dose_answers, randomized, screened
from tests.blinding.story_visits import run_in
from tests.blinding.variation import ONE, OTHER, PLAIN, Variation
from tests.blinding.worlds import OneWorld, world_in
from tests.web.api.system import SIGNING

KIT_OF = {ONE: PLAIN["PEN-A"], OTHER: PLAIN["PEN-P"]}
SUBJECTS = 8
"""So many that both arms are among them."""
MADE_DIFFERENT = {"kit"}
"""The tables in which the test itself makes the worlds differ."""


def _without(world: OneWorld, kit_type: str) -> None:
    """Sets every kit of one type at the sites apart, behind everybody's back."""
    apart = (
        "UPDATE kit SET quality = 'quarantined' WHERE custody = 'site' AND id IN "
        "(SELECT kit_id FROM secret_kit_content WHERE kit_type = :kit_type)"
    )
    with world.store.writing() as connection:
        if connection.execute(text(apart), {"kit_type": kit_type}).rowcount == 0:
            raise LookupError(f"no {kit_type} lies at a site")


def _not_drawn(world: OneWorld, kit_type: str) -> None:
    """A subject cannot be randomized: one arm's first kits are missing."""
    subject = screened(world, 0)
    run_in(world, (0, subject))
    today = world.now.date().isoformat()
    _without(world, kit_type)
    world.does("coordinator.0", "/subjects/randomize", subject=subject, on_day=today, **dose_answers("Q2W"))
    page = f"/studies/{world.study_id}/subjects/{subject}/randomize"
    browser = world.signed_in("coordinator.0")
    browser.get(page)
    browser.press(f"{page}/check", **{"factor-ldl": "LT85", "dose_level": "Q2W"})
    world.evidence.keep("the page", browser.press(page))


def _not_assigned(world: OneWorld, kit_type: str) -> None:
    """A subject of each arm has an order; the one whose own kits are missing comes."""
    subjects = [screened(world, 0) for _ in range(SUBJECTS)]
    run_in(world, *((0, subject) for subject in subjects))
    today = world.now.date().isoformat()
    for subject in subjects:
        randomized(world, 0, subject, "Q2W", today)
        order = {"subject": subject, "visit": "D1", "dose_level": "Q2W", "signing": SIGNING}
        world.does("investigator.0", "/dispensings/sign-order", **order)
    _without(world, kit_type)
    world.keep_secrets()
    wanting = next(one for one, arm in world.evidence.arms.items() if KIT_OF[arm] == kit_type)
    world.evidence.answers.clear()
    world.does("pharmacist.0", "/dispensings/assign", subject=wanting, visit="D1", on_day=today)


@pytest.mark.parametrize("attempt", [_not_drawn, _not_assigned])
def test_the_refusal_tells_nothing(
    attempt: Callable[[OneWorld, str], None], sqlite_template: Path, tmp_path: Path
) -> None:
    """Same status, head, words and length; the same rows are left behind, the second chain's among them."""
    one, other = (_tried(attempt, kit_type, sqlite_template, tmp_path) for kit_type in KIT_OF.values())
    assert list(one.answers) == list(other.answers)
    assert [answer.status for answer in _refusals(one)] == [409] * len(_refusals(one)) != []
    assert one.answers == other.answers
    assert {name: len(rows) for name, rows in one.tables.items()} == {
        name: len(rows) for name, rows in other.tables.items()
    }
    if attempt is _not_drawn:
        assert {name for name, rows in one.tables.items() if other.tables[name] != rows} == MADE_DIFFERENT


def _refusals(evidence: Evidence) -> list[Answer]:
    return [
        answer
        for label, answer in evidence.answers.items()
        if label.endswith(("/randomize", "/assign", "the page"))
    ]


def _tried(attempt: Callable[[OneWorld, str], None], kit_type: str, template: Path, folder: Path) -> Evidence:
    place = folder / kit_type
    place.mkdir()
    with world_in(Variation(), template, place) as world:
        attempt(world, kit_type)
        world.evidence.keep_tables(world.store)
        return world.evidence
