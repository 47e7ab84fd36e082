"""A trial under weekly review: what was sent arrives, stock is reviewed and sent for, subjects come."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from irt.errors import Refusal
from optimization.policies.costs import Prices
from optimization.policies.facts import Facts, known_at
from optimization.policies.paths import ARMS, Floats, Ints, Paths
from optimization.policies.policy import Policy

LONGEST_ORDER = 400


class UnblindedOrder(Refusal):
    """A consignment that would tell an arm."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of each site, a row each: cents by what they are for, and kits."""

    consignments: Floats
    kits: Floats
    holding: Floats
    waste: Floats
    wanted: Ints
    missed: Ints
    left: Ints
    shipments: Ints

    @property
    def cost(self) -> Floats:
        """Cents in all; a missed dose is counted by itself, not priced."""
        return self.consignments + self.kits + self.holding + self.waste


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Paths with what is known at each review: the same for every policy, so told once."""

    paths: Paths
    facts: tuple[Facts, ...]


def reviewed(paths: Paths) -> Reviewed:
    """The reviews of a set of paths; the one before the first week sends what sites open with."""
    return Reviewed(paths, tuple(known_at(paths, week) for week in range(-1, paths.trial.weeks)))


def run(policy: Policy, trial: Reviewed, prices: Prices) -> Outcome:
    """Every site to its end.

    Raises: UnblindedOrder for a consignment with less than the least of either arm.
    """
    paths = trial.paths
    rows = np.arange(paths.rows)
    stock = np.zeros((paths.rows, ARMS), dtype=np.int64)
    sums: dict[str, Floats] = {name: np.zeros(paths.rows) for name in ("consignments", "kits", "holding")}
    missed, shipments = np.zeros(paths.rows, dtype=np.int64), np.zeros(paths.rows, dtype=np.int64)
    shipper = prices.shipper_cents(LONGEST_ORDER)
    for facts in trial.facts:
        sent = _checked(policy.order(stock, facts), facts, prices)
        kits = sent.sum(axis=1)
        sums["consignments"] += np.where(kits > 0, paths.fixed_cents + shipper[kits], 0)
        sums["kits"] += prices.kit * kits
        shipments += kits > 0
        if facts.week >= 0:
            wanted = paths.demand[rows, facts.week]
            missed += np.maximum(wanted - stock, 0).sum(axis=1)
            stock = np.maximum(stock - wanted, 0)
            sums["holding"] += prices.held_week * stock.sum(axis=1)
        stock = stock + sent
    left = stock.sum(axis=1)
    wanted = paths.demand.sum(axis=(1, 2))
    return Outcome(
        **sums, waste=prices.left * left.astype(float), wanted=wanted, missed=missed, left=left, shipments=shipments
    )


def _checked(sent: Ints, facts: Facts, prices: Prices) -> Ints:
    sent = np.where(facts.may_order[:, None], sent, 0)
    if ((sent.max(axis=1) > 0) & (sent.min(axis=1) < prices.least_each)).any():
        raise UnblindedOrder("A consignment holds at least one kit of either arm, so that it tells none.")
    return sent


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """The sites of several sets together."""
    names = Outcome.__dataclass_fields__
    return Outcome(**{name: np.concatenate([getattr(one, name) for one in outcomes]) for name in names})
