"""By when a site is to have how much: mean, promise and floor."""

from datetime import date
from fractions import Fraction

from irt.supply.planner import EnrolledSoFar, Level
from irt.supply.projection import Assumptions
from optimization.demand.enrolment import Prior
from optimization.live.calendars import Days, first_arrival
from optimization.live.forecast import Promise, wanted_by_day
from tests.optimization.live.world import WEDNESDAY, a_site, in_days

FOUR_WEEKS = Days.ahead(WEDNESDAY, 28)
SURE = Promise(Fraction(199, 200), Assumptions(), 1)


def total(wanted: list[tuple[int, int]]) -> int:
    """All kits."""
    return sum(kits for _, kits in wanted)


def test_what_is_certain_is_wanted_a_review_ahead() -> None:
    """Visits on days 5 and 19, reviewed daily: a kit by each of the days before."""
    assert wanted_by_day(a_site(), "PEN-A", FOUR_WEEKS, SURE) == [(4, 1), (18, 1)]


def test_a_visit_before_the_first_arrival_is_wanted_on_its_day() -> None:
    """Nothing sent now could come earlier; an overdue visit is wanted today."""
    visits: dict[str, list[tuple[date, int]]] = {"PEN-A": [(in_days(-3), 1), (in_days(1), 1)]}
    assert wanted_by_day(a_site(expected_need=visits), "PEN-A", FOUR_WEEKS, SURE) == [(0, 1), (1, 1)]


def test_those_in_screening_make_a_promise_cost_stock() -> None:
    """Four who take one kit each with chance one half: mean 2, and 4 for a chance of one in 200."""
    assumed = Assumptions(block_subjects=2, block_kits={"PEN-A": [(0, 1)]})
    site = a_site(expected_need={}, in_screening=4)
    promise = Promise(Fraction(199, 200), assumed, 1)
    assert total(wanted_by_day(site, "PEN-A", FOUR_WEEKS, promise)) == 4
    half = Promise(Fraction(1, 2), assumed, 1)
    assert total(wanted_by_day(site, "PEN-A", FOUR_WEEKS, half)) == 2


def test_new_subjects_come_at_the_rate_the_site_has_shown() -> None:
    """Thirty in 300 days, each with a kit on the day: one in ten days, a quantile above it; no prior, none."""
    assumed = Assumptions(block_subjects=1, block_kits={"PEN-A": [(0, 1)]})
    site = a_site(expected_need={}, enrolled=EnrolledSoFar(30, 300))
    sure = Promise(Fraction(199, 200), assumed, 1, Prior(1.6, 0.1))
    half = Promise(Fraction(1, 2), assumed, 1, Prior(1.6, 0.1))
    assert total(wanted_by_day(site, "PEN-A", FOUR_WEEKS, half)) == 3
    assert total(wanted_by_day(site, "PEN-A", FOUR_WEEKS, sure)) > 3
    assert wanted_by_day(site, "PEN-A", FOUR_WEEKS, Promise(Fraction(1, 2), assumed, 1)) == []
    slow = a_site(expected_need={}, enrolled=EnrolledSoFar(0, 300))
    assert total(wanted_by_day(slow, "PEN-A", FOUR_WEEKS, sure)) < total(
        wanted_by_day(site, "PEN-A", FOUR_WEEKS, sure)
    )


def test_subjects_may_stop() -> None:
    """With half stopping in 28 days, a far visit counts by its chance, rounded up."""
    visits = {"PEN-A": [(in_days(30), 1), (in_days(31), 1)]}
    promise = Promise(Fraction(1, 2), Assumptions(dropout_rate=Fraction(1, 2)), 1)
    assert total(wanted_by_day(a_site(expected_need=visits), "PEN-A", Days.ahead(WEDNESDAY, 40), promise)) == 1


def test_levels_are_a_floor_from_the_first_arrival_on() -> None:
    """A minimum of three is there on day 2, and stays beside the known need."""
    site = a_site(levels={"PEN-A": Level(3, 9)})
    assert wanted_by_day(site, "PEN-A", FOUR_WEEKS, SURE) == [(2, 3), (4, 1), (18, 1)]


def test_the_first_arrival_follows_the_lane() -> None:
    """Two days on the road: Friday; past Friday's cut-off it leaves on Monday; where supply has stopped, never."""
    friday = Days.ahead(in_days(2), 28)
    assert first_arrival(FOUR_WEEKS, a_site()) == 2
    assert first_arrival(friday, a_site(past_cut_off=True)) == 5
    assert first_arrival(FOUR_WEEKS, a_site(stops_on=WEDNESDAY)) == 2
