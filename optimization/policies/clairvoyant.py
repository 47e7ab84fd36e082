"""The plan of one who knows every visit beforehand: nothing missed, no arm to hide, the least cost of all.

An exact dynamic program over kits on site (Wagner and Whitin's problem, with the steps of shippers): both arms
cost alike, so their kits are counted together.
"""

import numpy as np

from optimization.policies.costs import Prices
from optimization.policies.paths import Floats, Ints, Paths

IMPOSSIBLE = 1e15


def clairvoyant_cents(paths: Paths, prices: Prices) -> Floats:
    """The least cost of each site with every visit served, in cents."""
    weeks, wanted = paths.trial.weeks, paths.demand.sum(axis=2)
    size = int(wanted.sum(axis=1).max()) + 1
    kits, shipper = np.arange(size), prices.shipper_cents(size)
    value = np.broadcast_to(prices.left * kits.astype(float), (paths.rows, size)).copy()
    for week in range(weeks - 1, -2, -1):
        may_order = (paths.opens_week <= week + 1) & (week + 1 < weeks)
        value = np.where(may_order[:, None], _best(value, paths.fixed_cents, shipper, prices), value)
        if week >= 0:
            after = kits - wanted[:, week, None]
            held = np.take_along_axis(value, np.maximum(after, 0), axis=1) + prices.held_week * after
            value = np.where(after >= 0, held, IMPOSSIBLE)
    return np.asarray(value[:, 0])


def _best(value: Floats, fixed: Ints, shipper: Floats, prices: Prices) -> Floats:
    """The least of sending nothing and of every number of kits."""
    best, size = value.copy(), value.shape[1]
    for sent in range(1, size):
        cost = fixed[:, None] + shipper[sent] + prices.kit * sent
        best[:, : size - sent] = np.minimum(best[:, : size - sent], value[:, sent:] + cost)
    return best
