"""What an engine hands back of one replication."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Event(NamedTuple):
    """Something that happened: minute, what, where, to whom, and the kits by (type, lot).

    `what` is one of: screened, failed, turned_away, refused, randomized, stopped, completed, dispensed, missed,
    lost, sent, sent_home, arrived, not_arrived, spoiled, expired, recalled, closed. `who` is the subject's number
    from 1 in order of randomization, or the shipment's number from 1; `detail` the visit, the arm, the cause or the
    sender; of what a depot sends home the subject's site.
    """

    minute: int
    what: str
    place: str
    who: int = 0
    detail: str = ""
    kits: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Replication:
    """One replication: `measures` are the columns of `simulation.measures.MEASURES`.

    `days`, where kept, are counts by day, [day] or [site, day] with sites by number: what `DAYS` says.
    `events`, where kept, are in order of time, and at one minute in the order in which they happened.
    """

    index: int
    measures: dict[str, int | float]
    days: Mapping[str, NDArray[np.int64]] | None = None
    events: tuple[Event, ...] | None = field(default=None, repr=False)


DAYS: dict[str, str] = {
    "screened": "[day] people who came to be screened",
    "randomized": "[day] subjects who were randomized",
    "dispensed": "[day] visits that were given their kits",
    "missed": "[day] visits whose kits were not there",
    "kits_at_sites": "[day] kits at all sites when the day ended",
    "kits_at_depots": "[day] kits at all depots when the day ended",
    "kits_on_the_way": "[day] kits on their way when the day ended",
    "site_randomized": "[site, day] subjects who were randomized",
    "site_stock": "[site, day] kits at the site when the day ended",
    "site_visits": "[site, day] visits for which kits were due",
    "site_missed": "[site, day] visits whose kits were not there",
}
"""Series by day, from the start and not from the end of the warm-up."""
