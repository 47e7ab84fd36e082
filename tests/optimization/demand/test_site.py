"""One site's demand: known subjects by their schedule, newcomers with their later visits, titration and windows."""

import numpy as np
import pytest

from optimization.demand.enrolment import Prior, Rate, new_subjects
from optimization.demand.mass import mean_of, stock_for
from optimization.demand.newcomers import compounded
from optimization.demand.refusals import UnusableDemand
from optimization.demand.site import Protocol, SiteFacts, demand_by_day, demand_of_site, stock_needed
from optimization.demand.titration import Titration, fixed_dose
from optimization.demand.visits import ON_THE_DAY, Conduct, Subject, kits_of_subject

PRIOR = Prior(1.6, 0.25 / 7)
WINDOW = {-2: 1 / 6, -1: 1 / 6, 0: 1 / 3, 1: 1 / 6, 2: 1 / 6}
TWO_ARMS = Protocol(
    later_days=tuple(range(28, 365, 28)),
    shares={"A": 0.5, "B": 0.5},
    titrations={"A": fixed_dose({"K1": 1}), "B": fixed_dose({"K2": 1})},
    conduct=Conduct(0.03, WINDOW),
)
UP = Titration((0.8, 0.2), ((0.6, 0.4), (0.1, 0.9)), ({"K1": 1}, {"K1": 2, "K2": 1}))


def test_a_visit_takes_place_unless_the_subject_has_stopped() -> None:
    """One visit within the days: a kit with chance 1 - dropout."""
    law = kits_of_subject(Subject((5,), (1.0,)), Conduct(0.03, ON_THE_DAY), fixed_dose({"K": 1}), "K", (0, 13))
    assert np.allclose(law, [0.03, 0.97])


def test_survival_is_the_power_of_the_visits_ahead() -> None:
    """Three visits: none, one, two or three kits as a subject stops before the first, second, third or never."""
    law = kits_of_subject(Subject((1, 8, 15), (1.0,)), Conduct(0.1, ON_THE_DAY), fixed_dose({"K": 1}), "K", (0, 20))
    assert np.allclose(law, [0.1, 0.09, 0.081, 0.729])


def test_a_window_that_has_begun_tells_something() -> None:
    """Planned yesterday, up to two days beside: it is still to come with chance s/3 / (s/3 + 1 - s)."""
    law = kits_of_subject(Subject((-1,), (1.0,)), Conduct(0.03, WINDOW), fixed_dose({"K": 1}), "K", (0, 6))
    still = 0.97 / 3 / (0.97 / 3 + 0.03)
    assert law[1] == pytest.approx(still)
    over = kits_of_subject(Subject((-3,), (1.0,)), Conduct(0.03, WINDOW), fixed_dose({"K": 1}), "K", (0, 6))
    assert over.tolist() == [1.0]


def test_visits_at_the_edge_fall_in_with_their_share() -> None:
    """Planned on the last day: of the window, the days before and that one count."""
    law = kits_of_subject(Subject((6,), (1.0,)), Conduct(0.0, WINDOW), fixed_dose({"K": 1}), "K", (0, 6))
    assert law[1] == pytest.approx(2 / 3)


def test_titration_follows_the_chain() -> None:
    """Mean kits of two visits equal the sum of pi P^v times kits, thinned by survival."""
    law = kits_of_subject(Subject((0, 7), (0.8, 0.2)), Conduct(0.05, ON_THE_DAY), UP, "K1", (0, 13))
    expected = sum(0.95**v * float(UP.at_visit(v) @ np.array(UP.kits_of("K1"))) for v in (1, 2))
    assert mean_of(law) == pytest.approx(expected)
    assert law.sum() == pytest.approx(1)


def test_newcomers_compound_to_negative_binomial_where_each_takes_one_kit() -> None:
    """Panjer's recursion with one kit each gives the counts themselves; with a share of none, their thinning."""
    rate = Rate(2.2, 30.0)
    counts = new_subjects(rate, 45.0)
    assert np.allclose(compounded(rate, 45.0, 1.0, np.array([0.0, 1.0]))[: len(counts) - 1], counts[:-1])
    thinned = compounded(rate, 45.0, 1.0, np.array([0.7, 0.3]))
    assert np.allclose(thinned[:15], new_subjects(rate, 45.0, 0.3)[:15])


@pytest.mark.parametrize("kit_type", ["K1", "K2"])
def test_a_whole_site_drawn_at_random_follows_the_law(kit_type: str) -> None:
    """60,000 sites drawn visit by visit: every chance of the demand within five standard errors."""
    subjects = (Subject(tuple(range(3, 60, 28)), (0.5, 0.5)), Subject(tuple(range(20, 60, 28)), (1.0, 0.0)))
    protocol = Protocol((28, 56), {"A": 0.6}, {"A": UP}, Conduct(0.1, WINDOW))
    facts = SiteFacts({"A": subjects}, enrolled=2, exposure_days=90.0, enrols_days=(0, 59))
    law = demand_of_site(facts, protocol, PRIOR, kit_type, (0, 41))
    seen = _drawn(facts, protocol, kit_type, 41, 60_000)
    length = max(len(law), len(seen))
    law, seen = (np.pad(one, (0, length - len(one))) for one in (law, seen))
    assert (np.abs(seen - law) < 5 * np.sqrt(law / 60_000) + 2e-4).all()


def _drawn(facts: SiteFacts, protocol: Protocol, kit_type: str, last: int, times: int) -> np.ndarray:
    """The demand of many sites, each drawn from the story and not from the formulas."""
    draws = np.random.Generator(np.random.PCG64(5))
    kits, moves = np.array(UP.kits_of(kit_type)), np.array(UP.moves)
    offsets, weights = np.array(list(WINDOW)), np.array(list(WINDOW.values()))
    total = np.zeros(times, dtype=int)

    def visit(going: np.ndarray, level: np.ndarray, planned: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        going = going & (draws.random(len(going)) < 0.9)
        level = (draws.random(len(going))[:, None] > moves[level].cumsum(axis=1)).sum(axis=1)
        on = planned + draws.choice(offsets, len(going), p=weights)
        return going, np.where(going & (on >= 0) & (on <= last), kits[level], 0) + 100 * level

    for subject in facts.on_treatment["A"]:
        going, level = np.ones(times, dtype=bool), draws.choice(2, times, p=np.array(subject.levels))
        for planned in subject.planned_days:
            going, told = visit(going, level, np.full(times, planned))
            level, total = told // 100, total + told % 100
    a, b = 1.6 + 2, 1.6 / (0.25 / 7) + 90
    counts = draws.poisson(draws.gamma(a, 1 / b, times) * 42 * 0.6)
    rows = np.repeat(np.arange(times), counts)
    first = draws.integers(0, 42, len(rows))
    level, going = draws.choice(2, len(rows), p=[0.8, 0.2]), np.ones(len(rows), dtype=bool)
    np.add.at(total, rows, kits[level])
    for later in (28, 56):
        going, told = visit(going, level, first + later)
        level = told // 100
        np.add.at(total, rows, told % 100)
    return np.bincount(total) / times


def test_demand_sums_to_one_and_grows_with_the_days() -> None:
    """Every band of a projection is a law, and means never fall."""
    facts = SiteFacts({"A": (Subject((3, 31), (1.0,)),)}, 1, 20.0, enrols_days=(0, 200))
    laws = demand_by_day(facts, TWO_ARMS, PRIOR, "K1", (6, 13, 20, 60))
    means = [float(mean_of(law)) for law in laws]
    assert all(law.sum() == pytest.approx(1) for law in laws)
    assert means == sorted(means)
    assert means[0] == pytest.approx(0.97 + 3.5 * (1.6 + 1) / (1.6 / (0.25 / 7) + 20))


def test_those_in_screening_come_with_their_chance() -> None:
    """Two in screening, one randomized within the days: half of 0.8 take a kit of arm A."""
    plan, conduct = TWO_ARMS.later_days, Conduct(0.0, ON_THE_DAY)
    protocol = Protocol(plan, TWO_ARMS.shares, TWO_ARMS.titrations, conduct, in_screening_succeeds=0.8)
    law = demand_of_site(SiteFacts({}, screening_days=(4, 30)), protocol, PRIOR, "K1", (0, 13))
    assert np.allclose(law, [0.6, 0.4])


def test_the_stock_needed_holds_what_is_promised() -> None:
    """The least stock with P(demand <= stock) >= 1 - alpha, never less for a smaller alpha."""
    facts = SiteFacts({"A": (Subject((3,), (1.0,)),) * 4}, 6, 100.0, enrols_days=(0, 200))
    law = demand_of_site(facts, TWO_ARMS, PRIOR, "K1", (0, 13))
    needs = [stock_needed(facts, TWO_ARMS, PRIOR, "K1", (0, 13), alpha) for alpha in (0.2, 0.05, 0.005)]
    assert needs == sorted(needs)
    assert needs[1] == int(stock_for(law, 0.05))


def test_nothing_is_wanted_where_nobody_is() -> None:
    """A site that does not enrol and treats nobody wants nothing; days that run backwards are refused."""
    assert demand_of_site(SiteFacts({}), TWO_ARMS, PRIOR, "K1", (0, 30)).tolist() == [1.0]
    with pytest.raises(UnusableDemand):
        demand_of_site(SiteFacts({}), TWO_ARMS, PRIOR, "K1", (5, 4))


def test_chances_that_are_none_are_refused() -> None:
    """A chain whose rows do not sum to one, or that lacks a level's kits."""
    with pytest.raises(UnusableDemand):
        Titration((0.5, 0.4), ((1.0, 0.0), (0.0, 1.0)), ({}, {}))
    with pytest.raises(UnusableDemand):
        Titration((1.0,), ((1.0,),), ())
