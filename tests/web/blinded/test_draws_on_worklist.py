"""Further draws on the worklist: Randomize again, and the place of a subject who left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from irt.reads.blinded_draw_tasks import PLACE_FREE_DAYS
from irt.services.change_treatment import ChangeStatus, change_status
from irt.services.randomize_subject import RandomizeSubject, randomize_subject
from irt.tables.secret import TreatmentAssignment
from tests.web.blinded.designed import with_replacements, with_two_stages, world_of
from tests.web.parcels import house_of
from tests.web.ward import at, randomized, screened
from tests.web.world import World


@pytest.fixture
def staged(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A study whose subjects are randomized a second time after four weeks."""
    with world_of(with_two_stages(), sqlite_template, tmp_path) as made:
        yield made


@pytest.fixture
def replacing(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A study that has replacement subjects."""
    with world_of(with_replacements(), sqlite_template, tmp_path) as made:
        yield made


def row_of(world: World, title: str, subject: str, person: str = "coordinator.0") -> str:
    """The row of one task on the worklist, empty where there is none."""
    page = world.signed_in(person).get("/worklist").text
    rows = [row for row in page.split("<tr") if title in row and f"Subject {subject}<" in row]
    return rows[0] if rows else ""


def leaves(world: World, subject: str) -> None:
    """The subject withdraws today."""
    ask = ChangeStatus(
        study_id=world.study_id, subject=subject, on_day=world.now.date(), step="withdraw", reason="Moved away"
    )
    world.office.does(world.office.account("investigator.0"), change_status, ask)


def test_it_is_announced_a_week_before_and_due_in_its_time(staged: World) -> None:
    """Nothing before; then a row to look at; on the day a button that leads to the draw."""
    subject = randomized(staged)
    staged.wait(days=20)
    assert row_of(staged, "Randomize again", subject) == ""
    staged.wait(days=1)
    row = row_of(staged, "Randomize again", subject)
    assert "not open yet" in row
    assert "randomize?stage=2" not in row
    staged.wait(days=7)
    row = row_of(staged, "Randomize again", subject)
    assert f'href="{at(staged, subject)}/randomize?stage=2"' in row
    assert "btn-primary" in row


def test_it_goes_once_the_draw_is_made(staged: World) -> None:
    """A study that draws twice has no third one."""
    subject = randomized(staged)
    staged.wait(days=28)
    ask = RandomizeSubject(
        study_id=staged.study_id, subject=subject, levels={"ldl": "LT85"}, stage=2, on_day=staged.now.date()
    )
    staged.office.does(staged.office.account("coordinator.0"), randomize_subject, ask)
    staged.wait(days=28)
    assert row_of(staged, "Randomize again", subject) == ""


def test_whoever_left_is_not_drawn_again(staged: World) -> None:
    """Nor does this study replace anybody."""
    subject = randomized(staged)
    leaves(staged, subject)
    staged.wait(days=28)
    assert row_of(staged, "Randomize again", subject) == ""
    assert row_of(staged, "Replace subject", subject) == ""


def test_another_site_is_not_told(staged: World) -> None:
    """Each site has its own subjects."""
    subject = randomized(staged)
    staged.wait(days=28)
    assert row_of(staged, "Randomize again", subject, "coordinator.1") == ""


def test_the_rows_of_all_arms_read_the_same(staged: World) -> None:
    """Whoever got which arm first: but for their numbers, the rows are one."""
    subjects = [randomized(staged) for _ in range(8)]
    drawn = {row["arm"] for row in house_of(staged).rows(TreatmentAssignment)}
    staged.wait(days=28)
    page = staged.signed_in("coordinator.0").get("/worklist").text
    rows = {
        subject: next(row for row in page.split("<tr") if "Randomize again" in row and subject in row)
        for subject in subjects
    }
    assert len({row.split("</tr>")[0].replace(subject, "N") for subject, row in rows.items()}) == 1
    assert drawn <= {"A", "P"}


def test_a_free_place_is_told_for_four_weeks(replacing: World) -> None:
    """From the day the subject left; the button leads to a screening at this site."""
    subject, stays = randomized(replacing), randomized(replacing)
    assert row_of(replacing, "Replace subject", subject) == ""
    leaves(replacing, subject)
    row = row_of(replacing, "Replace subject", subject)
    assert f'href="/subjects/screen?site={replacing.study_id}.{replacing.sites[0][0]}"' in row
    assert row_of(replacing, "Replace subject", stays) == ""
    replacing.wait(days=PLACE_FREE_DAYS)
    assert row_of(replacing, "Replace subject", subject) != ""
    replacing.wait(days=1)
    assert row_of(replacing, "Replace subject", subject) == ""


def test_a_place_that_is_taken_is_not_told(replacing: World) -> None:
    """Neither of the one who left nor of the one who came."""
    first, second = randomized(replacing), screened(replacing)
    leaves(replacing, first)
    ask = RandomizeSubject(
        study_id=replacing.study_id,
        subject=second,
        levels={"ldl": "LT85"},
        dose_level="Q2W",
        on_day=replacing.now.date(),
        replaces=first,
        replacement_reason="Never treated",
    )
    replacing.office.does(replacing.office.account("coordinator.0"), randomize_subject, ask)
    assert row_of(replacing, "Replace subject", first) == ""
    assert row_of(replacing, "Replace subject", second) == ""


def test_the_screening_is_at_the_right_site(replacing: World) -> None:
    """The form that the button leads to has chosen it."""
    subject = randomized(replacing)
    leaves(replacing, subject)
    code = f"{replacing.study_id}.{replacing.sites[0][0]}"
    page = replacing.signed_in("coordinator.0").get(f"/subjects/screen?site={code}").text
    assert f'value="{code}" selected' in page or f'value="{code}"' in page
