"""Platform studies: active or placebo first, m to 1 over the m agents a subject may get, then the agent.

The arms on placebo share their control: each active arm and placebo as a whole get 1 / (m + 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from irt.randomization.scheme import (
    Allocation,
    NoEligibleAgent,
    Probabilities,
    State,
    Subject,
    UnusablePlan,
)
from irt.randomization.stream import Seed
from irt.study import randomization_plan
from irt.study.arms import Arm
from irt.study.randomization_plan import Agent


@dataclass(frozen=True, slots=True)
class Platform:
    """The two-step draw; it remembers nothing."""

    arms: tuple[str, ...]
    agents: tuple[Agent, ...]

    @classmethod
    def of(cls, plan: randomization_plan.Platform, arms: Sequence[Arm]) -> "Platform":
        """The procedure of a plan; UnusablePlan where an agent's arm is missing or used twice."""
        codes = tuple(arm.code for arm in arms)
        used = [code for agent in plan.agents for code in (agent.active, agent.placebo)]
        if len(set(used)) != len(used) or not set(used) <= set(codes):
            raise UnusablePlan("Each agent needs an active arm and a placebo arm of its own among the arms.")
        return cls(codes, plan.agents)

    def stratum(self, subject: Subject) -> str:
        """No list."""
        return ""

    def state_keys(self, subject: Subject) -> tuple[str, ...]:
        """No rows."""
        return ()

    def probabilities(self, state: State, subject: Subject) -> Probabilities:
        """1/(m+1) for each eligible active arm, 1/(m(m+1)) for each matched placebo, 0 for all others."""
        agents = self._eligible(subject)
        m = len(agents)
        chances = {agent.active: Fraction(1, m + 1) for agent in agents}
        chances |= {agent.placebo: Fraction(1, m * (m + 1)) for agent in agents}
        return tuple((arm, chances.get(arm, Fraction(0))) for arm in self.arms)

    def assign(self, state: State, subject: Subject, seed: Seed) -> Allocation:
        """Two draws at the assignment number, each on the stream of its step."""
        agents = self._eligible(subject)
        m = len(agents)
        steps = (seed.stream("platform", "active or placebo"), seed.stream("platform", "agent"))
        active, first = steps[0].bernoulli(Fraction(m, m + 1), subject.number)
        second = steps[1].below(m, subject.number)
        agent = agents[second.value]
        return Allocation(
            arm=agent.active if active else agent.placebo,
            probabilities=self.probabilities(state, subject),
            draws=(first, second),
            stream_ids=tuple(step.stream_id for step in steps),
            seen={},
            after={},
        )

    def _eligible(self, subject: Subject) -> tuple[Agent, ...]:
        """The subject's agents in the plan's order, so that the order of entry never matters."""
        agents = tuple(agent for agent in self.agents if agent.code in subject.agents)
        if not agents:
            raise NoEligibleAgent
        return agents
