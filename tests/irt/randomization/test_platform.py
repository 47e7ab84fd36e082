"""The two-step platform draw: shared control, matched placebos."""

from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest

from irt.randomization.platform import Platform
from irt.randomization.scheme import NoEligibleAgent, Subject, UnusablePlan
from irt.study.randomization_plan import Agent
from irt.study.randomization_plan import Platform as PlatformPlan
from tests.irt.randomization.builders import arms, seed

AGENTS = (
    Agent(code="x", active="A", placebo="B"),
    Agent(code="y", active="C", placebo="D"),
    Agent(code="z", active="E", placebo="F"),
)
PLATFORM = Platform.of(PlatformPlan(method="platform", agents=AGENTS), arms(1, 1, 1, 1, 1, 1))
ELIGIBLE = [subset for m in (1, 2, 3) for subset in combinations("xyz", m)]


@pytest.mark.parametrize("eligible", ELIGIBLE)
def test_each_active_arm_and_placebo_as_a_whole_get_the_same_chance(eligible: tuple[str, ...]) -> None:
    """P(active) = P(any placebo) = 1/(m+1), P(matched placebo) = 1/(m(m+1)), nothing for other agents."""
    m = len(eligible)
    law = dict(PLATFORM.probabilities({}, Subject(1, agents=eligible)))
    for agent in AGENTS:
        inside = agent.code in eligible
        assert law[agent.active] == (Fraction(1, m + 1) if inside else 0)
        assert law[agent.placebo] == (Fraction(1, m * (m + 1)) if inside else 0)
    assert sum(law[agent.placebo] for agent in AGENTS) == Fraction(1, m + 1)
    assert sum(law.values()) == 1
    assert tuple(law) == PLATFORM.arms


@pytest.mark.parametrize("eligible", ELIGIBLE)
def test_the_two_draws_have_the_stated_law(eligible: tuple[str, ...]) -> None:
    """Over every pair of draw values the arms come out exactly in their probabilities."""
    m = len(eligible)
    law = dict(PLATFORM.probabilities({}, Subject(1, agents=eligible)))
    found: dict[tuple[int, int], str] = {}
    number = 0
    while len(found) < (m + 1) * m:
        allocation = PLATFORM.assign({}, Subject(number, agents=eligible), seed())
        first, second = (draw.value for draw in allocation.draws)
        assert found.setdefault((first, second), allocation.arm) == allocation.arm
        number += 1
    share = Counter(found.values())
    assert all(Fraction(share[arm], (m + 1) * m) == chance for arm, chance in law.items())


def test_the_order_of_entry_does_not_matter() -> None:
    """Agents ticked in another order give the same allocation."""
    one, other = (Subject(4, agents=order) for order in (("x", "z"), ("z", "x")))
    assert PLATFORM.assign({}, one, seed()) == PLATFORM.assign({}, other, seed())


def test_the_two_steps_have_streams_of_their_own() -> None:
    """Both at the assignment number; nothing is remembered."""
    allocation = PLATFORM.assign({}, Subject(4, agents=("x", "y")), seed())
    assert [draw.index for draw in allocation.draws] == [4, 4]
    assert len(set(allocation.stream_ids)) == 2
    assert allocation.seen == allocation.after == {}
    assert PLATFORM.state_keys(Subject(4)) == ()


@pytest.mark.parametrize("agents", [(), ("closed",)])
def test_it_refuses_a_subject_eligible_for_nothing(agents: tuple[str, ...]) -> None:
    """In the same words whichever agents are closed."""
    with pytest.raises(NoEligibleAgent):
        PLATFORM.assign({}, Subject(1, agents=agents), seed())


@pytest.mark.parametrize(
    "agents",
    [
        (Agent(code="x", active="A", placebo="B"), Agent(code="y", active="C", placebo="B")),
        (Agent(code="x", active="A", placebo="Z"),),
    ],
)
def test_it_refuses_shared_or_unknown_placebos(agents: tuple[Agent, ...]) -> None:
    """A matched placebo belongs to one agent."""
    with pytest.raises(UnusablePlan):
        Platform.of(PlatformPlan(method="platform", agents=agents), arms(1, 1, 1))
