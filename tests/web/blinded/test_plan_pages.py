"""Stock, network and comparison of a plan as blinded planners see them: by group, without cost, type or lot."""

from fractions import Fraction

import pytest

from irt.reads.asking import Asking
from irt.reads.blinded_outlook import site_outlook
from irt.reads.blinded_sites import study_at
from irt.reads.inventory import network_view
from irt.reads.unblinded_definition import definition_in_force
from irt.states.kit import Assignment, Custody
from irt.study.blinded import blinded_study
from irt.study.group_courses import courses_of_groups
from irt.supply.planners import settings_to_optimize
from irt.tables.kit import Kit
from optimization.live.bands import band_of, stock_band
from optimization.live.forecast import Promise, study_demand
from tests.web.parcels import house_of
from tests.web.planned import a_kept_plan
from tests.web.ward import ordered, screened, treated
from tests.web.world import World

PAGES = ("/stock", "/network", "/compare")
PLANNER = "supply_planner.all"


def test_the_stock_of_a_site_is_told_by_group_with_its_band(world: World) -> None:
    """Today's kits, what comes when, and what is to be expected; one site at a time."""
    number = a_kept_plan(world)
    browser = world.signed_in(PLANNER)
    page = browser.get(f"/supply/plans/{number}/stock?place=1002").text
    assert "Expected stock at Site 1002" in page
    assert all(words in page for words in ("Lowest expected", "1 delivery", "Numbers behind the picture", "95 %"))
    assert browser.get(f"/supply/plans/{number}/stock?place=nowhere").text.count("Expected stock at Site 1001") > 0


def test_subjects_on_treatment_are_counted_by_their_visits_alone(world: World) -> None:
    """Two sites, nobody treated: the shelf is what there is; kits on the way carry their day."""
    house = house_of(world)
    with world.store.reading() as connection:
        study = study_at(connection, world.study_id, 1)
        told = site_outlook(connection, world.study_id, study, "1001", world.now.date(), 28)
        assert told is not None
        assert site_outlook(connection, world.study_id, study, "9999", world.now.date(), 28) is None
    assert [site.number for site in told.sites] == ["1001", "1002"]
    assert told.there.keys() == {"PEN"}
    shelf = house.rows(Kit, place_id=world.sites[0][1], custody=Custody.SITE, assignment=Assignment.FREE)
    assert told.there["PEN"] == len(shelf) > 0


def test_what_is_expected_is_what_those_expect_who_know_the_arms(world: World) -> None:
    """Kits of both pens together, day by day: all arms are given as many, so nobody's arm is needed for it."""
    treated(world)
    ordered(world)
    screened(world)
    world.wait(days=3)
    today, days = world.now.date(), 60
    with world.store.reading() as connection:
        definition = definition_in_force(connection, world.study_id)
        asking = Asking(world.study_id, definition, today, world.now, ahead_days=days)
        known = network_view(connection, asking).sites
        blinded = blinded_study(definition)
        told = site_outlook(connection, world.study_id, blinded, "1001", today, days)
    courses = courses_of_groups(blinded)
    assert told is not None
    assert courses is not None
    coming = [100] + [0] * (days - 1)
    whole = stock_band(known, "1001", ["PEN-A", "PEN-P"], coming, settings_to_optimize(definition)).expected
    site = next(one for one in told.sites if one.number == "1001")
    demand = study_demand(told.sites, Promise(Fraction(1), courses, 1))
    assert band_of(demand, site, ["PEN"], coming).expected == pytest.approx(whole)
    assert whole[-1] < 95


def test_the_network_shows_lanes_in_use(world: World) -> None:
    """Depot and sites, and what travels; nothing is said of kits that are missing."""
    number = a_kept_plan(world)
    page = world.signed_in(PLANNER).get(f"/supply/plans/{number}/network").text
    assert all(words in page for words in ("NLD&gt;1001", "NLD to 1002", "lane in use"))
    assert "missing" not in page


def test_plans_stand_side_by_side(world: World) -> None:
    """The plan before is beside it without being asked; what differs is told by day."""
    first = a_kept_plan(world)
    second = a_kept_plan(world, days=(1, 3), parent=first)
    browser = world.signed_in(PLANNER)
    page = browser.get(f"/supply/plans/{second}/compare").text
    assert all(words in page for words in ("Against plan 1", "Consignments to sites", "Other day", "Site 1002"))
    assert all(words in page for words in ("Carbon, kg", "Carbon by lane", "NLD&gt;1002", "132.0", "66.0"))
    alone = browser.get(f"/supply/plans/{first}/compare").text
    assert "Against" not in alone
    assert "Against plan 2" in browser.get(f"/supply/plans/{first}/compare?with-{second}=yes").text


@pytest.mark.parametrize("word", PAGES)
def test_nothing_secret_is_on_the_pages_and_in_the_files(world: World, word: str) -> None:
    """Neither a kit type nor a lot nor an amount; the file says what the page says."""
    first = a_kept_plan(world)
    second = a_kept_plan(world, days=(1, 3), parent=first)
    browser, address = world.signed_in(PLANNER), f"/supply/plans/{second}{word}"
    page = browser.get(address)
    assert page.status_code == 200
    taken = browser.press(f"{address}/export", format="csv")
    assert taken.status_code == 200
    assert len(taken.text.splitlines()) > 2
    for text in (page.text, taken.text):
        assert not [secret for secret in ("PEN-", "cents", "24,000", "hash") if secret in text]
    browser.get(address)
    assert browser.press(f"{address}/export", format="xlsx").status_code == 200


def test_only_supply_people_see_the_pages(world: World) -> None:
    """A pharmacist does not, and a plan that is not there says so."""
    number = a_kept_plan(world)
    nurse, planner = world.signed_in("pharmacist.0"), world.signed_in(PLANNER)
    for word in PAGES:
        assert nurse.get(f"/supply/plans/{number}{word}").status_code == 403
        assert planner.get(f"/supply/plans/99{word}").status_code == 404


def test_a_plan_whose_days_are_over_foresees_nothing(world: World) -> None:
    """It says so instead of a picture."""
    number = a_kept_plan(world)
    world.wait(days=60)
    page = world.signed_in(PLANNER).get(f"/supply/plans/{number}/stock").text
    assert "The days of this plan are over" in page
