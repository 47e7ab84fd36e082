"""Enrolment figures: by month and by site, for people who see nothing of any subject."""

from datetime import date

import pytest

from irt.blinding.roles import Role
from irt.reads.blinded_enrolment import enrolment
from tests.web.enrolled import enrol
from tests.web.world import World


@pytest.fixture
def enrolled(world: World) -> World:
    """Three people from December to March, one of them not included; nobody in January."""
    enrol(world, 1, 0, date(2025, 12, 28), date(2026, 2, 3))
    enrol(world, 2, 0, date(2026, 2, 1), None)
    enrol(world, 3, 1, date(2026, 2, 20), date(2026, 3, 2))
    return world


def test_months_are_whole_and_stages_count_once(enrolled: World) -> None:
    """The empty month is there; a second stage is not a second subject."""
    with enrolled.store.reading() as connection:
        found = enrolment(connection, enrolled.study_id)
    assert [(m.month.month, m.screened, m.randomized, m.so_far) for m in found.months] == [
        (12, 1, 0, 0),
        (1, 0, 0, 0),
        (2, 2, 1, 1),
        (3, 0, 1, 2),
    ]
    assert (found.screened, found.failed, found.randomized, found.sites_with_subjects) == (3, 1, 2, 2)
    first = found.sites[0]
    assert (first.screened, first.failed, first.randomized) == (2, 1, 1)
    assert first.last_randomized_on == date(2026, 2, 3)


@pytest.mark.parametrize(("role", "landing"), [(Role.STUDY_TEAM, "/dashboard"), (Role.STATISTICIAN, "/enrolment")])
def test_study_team_and_statistician_see_it(enrolled: World, role: Role, landing: str) -> None:
    """With the picture, and its numbers in a table; no subject is named. The study team begins at its dashboard."""
    enrolled.office.hire("reader", (role, {"study_id": enrolled.study_id}))
    browser = enrolled.signed_in("reader")
    assert browser.get("/").url.path == landing
    browser.get("/enrolment")
    assert "Subjects randomized by month" in browser.text
    assert "Numbers behind the picture" in browser.text
    assert "1001-0001" not in browser.text
    assert "Nothing matches this search" in browser.get("/enrolment?search=nowhere").text
    assert enrolled.sites[1][0] in browser.get(f"/enrolment?search={enrolled.sites[1][0]}").text


def test_an_empty_study_has_a_page_too(world: World) -> None:
    """Sites without anybody."""
    browser = world.signed_in("inspector.all")
    assert browser.get("/enrolment").status_code == 200
    assert "Nobody is screened yet" in browser.text


def test_sites_do_not_see_the_whole_study(world: World) -> None:
    """403."""
    assert world.signed_in("pharmacist.0").get("/enrolment").status_code == 403
