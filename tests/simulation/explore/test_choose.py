"""The best of several plans: played as far as it takes, and no further."""

import numpy as np
import pytest

from simulation.analysis.refusals import UnusableReplications
from simulation.analysis.selection import Selecting
from simulation.explore.choose import Columns, choose
from simulation.explore.experiment import Looked
from simulation.spec.reading import scenario_of
from simulation.spec.scenario import Scenario

COST = Looked(measure="cost_total")


def _plan(days: int) -> Scenario:
    enrolment = {"screened_per_site_month": 3}
    return scenario_of({"name": f"plan-{days}", "small_study": {}, "horizon_days": days, "enrolment": enrolment})


class Player:
    """Cost is ten a day of horizon, chance the same for every plan; remembers how far each was played."""

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}

    def play(self, scenario: Scenario, replications: int) -> Columns:
        """All from index 0."""
        self.asked[scenario.name] = replications
        shared, own = np.random.Generator(np.random.PCG64(1)).normal(size=(2, 1000))[:, :replications]
        cost = 10.0 * scenario.horizon_days + 30 * shared + 2 * own * scenario.horizon_days / 100
        return {"cost_total": cost, "visits": np.full(replications, 50.0)}


def test_the_cheapest_is_chosen_and_the_dear_are_not_played_on() -> None:
    """Three plans at 1,000, 1,001 and 1,100: the last leaves after the first replications."""
    player, plans = Player(), [_plan(110), _plan(100), _plan(101)]
    choice = choose(plans, COST, Selecting(1.0), player.play)
    assert choice.selected.best == 1
    assert choice.selected.replications[0] == 30
    assert player.asked["plan-110"] == 50
    behind = choice.behind[0]
    assert behind is not None
    assert behind.difference.value == pytest.approx(100, abs=1)
    assert behind.variance_ratio > 100
    assert choice.behind[1] is None


def test_a_ratio_is_that_of_each_trial() -> None:
    """Cost a visit: a fiftieth, and the same choice."""
    choice = choose(
        [_plan(100), _plan(110)], Looked(measure="cost_total", per="visits"), Selecting(0.1), Player().play
    )
    assert choice.selected.best == 0
    assert choice.behind[1] is not None
    assert choice.behind[1].difference.value == pytest.approx(2, abs=0.1)


def _alike(player: Player, scenario: Scenario, replications: int) -> Columns:
    """Without what the days cost: chance alone is left."""
    columns = player.play(scenario, replications)
    return {"cost_total": columns["cost_total"] - 10 * scenario.horizon_days}


def test_an_end_is_an_end() -> None:
    """Plans whose difference varies more than it amounts to are both left after so many replications."""
    player = Player()
    choice = choose([_plan(1), _plan(300)], COST, Selecting(1.0, most=40), lambda each, n: _alike(player, each, n))
    assert set(player.asked.values()) == {40}
    assert choice.selected.remaining == (0, 1)


@pytest.mark.parametrize("days", [[100], [100, 100], list(range(1, 23))])
def test_a_choice_is_between_different_plans(days: list[int]) -> None:
    """Two to twenty of them."""
    with pytest.raises(UnusableReplications):
        choose([_plan(each) for each in days], COST, Selecting(1.0), Player().play)
