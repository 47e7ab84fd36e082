"""The sites of one depot as arrays, for the arithmetic that is compiled.

Kits are counted in the order of their days, for one or two kinds of kit apart: two where a blind group of two types
travels together, else one. An option is a day on which a lane may be used, in the order of arrival.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Amounts = NDArray[np.float64]


class SiteTable(NamedTuple):
    """Shapes: s sites, o options, k = 2 kinds, u kits; unused places hold 0.

    - `wanted` (s, k): kits wanted; `options` (s,): options there are.
    - `due` (s, o, k): kits that must have come by the options before this one.
    - `open` (s, o, k): kits, counted in order, that may come by this option as far as site and border go.
    - `ready` (s, k, u): the first day a lot for the kit may leave its source.
    - `room` (s, o): kits the store holds after the arrival.
    - `arrivals` (s, o): arrivals at the depot that are over when the option leaves; -1: it passes the depot by.
    - `leaves` (s, o): the day the option leaves.
    - `fixed`, `price` (s, o): cost of the consignment and of a kit in it, with the depot's holding from day 0.
    - `box_row` (s, o): which row of `box_cost` (r, kits) holds the cost of boxes.
    - `spare` (s, o, k): what a kit costs that is sent for the blind alone.
    - `each` (k,): kits of the kind every consignment holds at least.
    - `from_stock` (k,): what a kit for the blind alone costs besides, of the depot's own stock.
    """

    wanted: Counts
    options: Counts
    due: Counts
    open: Counts
    ready: Counts
    room: Counts
    arrivals: Counts
    leaves: Counts
    fixed: Amounts
    price: Amounts
    box_row: Counts
    box_cost: Amounts
    spare: Amounts
    each: Counts
    from_stock: Amounts
