"""The policy table: every policy tuned on training paths, then held against the others on fresh ones."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from optimization.policies.costs import Prices
from optimization.policies.dual_bound import DualBound
from optimization.policies.figures import Estimate, Figures, figures_of, ratio
from optimization.policies.look_ahead import LookAhead
from optimization.policies.paths import FRESH_SET, TRAINING_SET, Floats, Trial, draw_paths
from optimization.policies.policy import Policy
from optimization.policies.review import Outcome, Reviewed, joined, reviewed, run
from optimization.policies.tuning import (
    Training,
    clairvoyant_of,
    tuned_bound,
    tuned_look_ahead,
    tuned_min_max,
    tuned_predictive,
)

BOUND_SITES = 60
"""Sites the bound's weight and price are chosen on; it is reported on as many fresh ones as asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How large the table is to be: sites of a set, weeks, sets of paths; seed and promised service."""

    sites: int = 400
    weeks: int = 52
    training_sets: int = 1
    fresh_sets: int = 3
    seed: int = 7
    service: float = 0.995
    futures: int = 8
    bound_sites: int = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One policy on the fresh paths; ratios are of costs on the same sites."""

    name: str
    settings: dict[str, object]
    figures: Figures
    to_predictive: Estimate
    to_predictive_told_the_end: Estimate
    to_clairvoyant: Estimate


@dataclass(frozen=True, slots=True)
class PolicyTable:
    """All policies with the clairvoyant's cost per site, and the bound on what any of them could reach."""

    asked: Asked
    rows: tuple[Row, ...]
    clairvoyant_per_site: Estimate
    bound_to_clairvoyant: Estimate
    bound_settings: dict[str, object]

    def record(self) -> dict[str, Any]:
        """As it is written to JSON."""
        return asdict(self)


def policy_table(asked: Asked, tell: Callable[[str], None]) -> PolicyTable:
    """Tunes, runs and compares; `tell` hears the name of what is being tried."""
    trial, prices = Trial(sites=asked.sites, weeks=asked.weeks), Prices()
    training = Training(_sets(trial, asked.seed, TRAINING_SET, asked.training_sets), asked.service, prices, tell)
    policies: list[Policy] = [
        tuned_min_max(training),
        tuned_predictive(training, told_the_end=False),
        tuned_predictive(training, told_the_end=True),
        tuned_look_ahead(training, LookAhead(0.0, asked.futures)),
    ]
    fresh = _sets(trial, asked.seed, FRESH_SET, asked.fresh_sets)
    outcomes = []
    for policy in policies:
        tell(f"{policy.name} on fresh paths")
        outcomes.append(joined([run(policy, one, prices) for one in fresh]))
    best = clairvoyant_of(fresh, prices)
    bound, settings = _bound(asked, trial, training)
    return PolicyTable(
        asked,
        tuple(_row(policy, outcome, outcomes, best) for policy, outcome in zip(policies, outcomes, strict=True)),
        ratio(best, np.ones(len(best))),
        bound,
        settings,
    )


def _sets(trial: Trial, seed: int, first: int, count: int) -> Sequence[Reviewed]:
    return [reviewed(draw_paths(trial, seed, first + place)) for place in range(count)]


def _row(policy: Policy, outcome: Outcome, all_of: list[Outcome], best: Floats) -> Row:
    _, predictive, told_the_end, _ = all_of
    return Row(
        policy.name,
        policy.parameters,
        figures_of(outcome),
        ratio(outcome.cost, predictive.cost),
        ratio(outcome.cost, told_the_end.cost),
        ratio(outcome.cost, best),
    )


def _bound(asked: Asked, trial: Trial, training: Training) -> tuple[Estimate, dict[str, object]]:
    """The bound over the clairvoyant's cost on fresh sites, with the setting chosen on training sites."""
    few = replace(trial, sites=min(BOUND_SITES, asked.sites))
    bound = tuned_bound(replace(training, trials=_sets(few, asked.seed, TRAINING_SET, 1)))
    fresh = _sets(replace(trial, sites=asked.bound_sites), asked.seed, FRESH_SET, 1)
    cents = np.concatenate([bound.cents(one, asked.service) for one in fresh])
    return ratio(cents, clairvoyant_of(fresh, training.prices)), _settings(bound)


def _settings(bound: DualBound) -> dict[str, object]:
    return {
        "miss_cents": bound.miss_cents,
        "weights_by_rate": list(bound.weights),
        "kits_of_an_arm_at_most": bound.size - 1,
    }
