"""The books of one replication: what is counted after the warm-up, and a ledger of every kit from the start."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from irt.errors import IntegrityFault
from simulation.engine.stock import Kits, as_rows
from simulation.network import MINUTES_IN_DAY
from simulation.record import Event

BY_SITE = {"randomized": "site_randomized", "visits": "site_visits", "missed": "site_missed"}
BY_DAY = ("screened", "randomized", "dispensed", "missed")


class Books:
    """Counts by measure. `ledger` holds kits made, given and wasted by kit type, whatever the warm-up."""

    def __init__(self, sites: int, days: int, *, keep_days: bool, keep_events: bool) -> None:
        self.tally: Counter[str] = Counter()
        self.ledger: Counter[tuple[str, str]] = Counter()
        self.wasted_cents_by_type: Counter[str] = Counter()
        self.events: list[Event] | None = [] if keep_events else None
        self.days: dict[str, NDArray[np.int64]] | None = None
        if keep_days:
            self.days = {name: np.zeros(days, np.int64) for name in BY_DAY}
            self.days |= {name: np.zeros((sites, days), np.int64) for name in (*BY_SITE.values(), "site_stock")}
            self.days |= {
                f"kits_{where}": np.zeros(days, np.int64) for where in ("at_sites", "at_depots", "on_the_way")
            }

    def count(self, name: str, number: int = 1, *, minute: int = 0, site: int | None = None) -> None:
        """Adds to a measure, and to its series by day where it has one."""
        self.tally[name] += number
        if self.days is not None:
            day = minute // MINUTES_IN_DAY
            if name in BY_DAY:
                self.days[name][day] += number
            if site is not None and name in BY_SITE:
                self.days[BY_SITE[name]][site, day] += number

    def book(self, name: str, kits: Kits) -> None:
        """Counts kits by what becomes of them."""
        for pile, number in kits.items():
            self.tally[name] += number
            self.tally[f"{name} {pile.kit_type}"] += number
            self.ledger[name, pile.kit_type] += number

    def tell(
        self, minute: int, what: str, place: str, who: int = 0, detail: str = "", kits: Kits | None = None
    ) -> None:
        """Writes down what happened, where that is kept."""
        if self.events is not None:
            self.events.append(Event(minute, what, place, who, detail, as_rows(kits or {})))

    def forget(self) -> None:
        """The warm-up is over: counts begin."""
        self.tally.clear()

    def require_balance(self, left: Iterable[Kits]) -> None:
        """IntegrityFault unless every kit that was made was given or wasted, or is left somewhere."""
        balance: Counter[str] = Counter()
        for (name, kit_type), kits in self.ledger.items():
            balance[kit_type] += kits if name == "kits_made" else -kits
        for some in left:
            for pile, kits in some.items():
                balance[pile.kit_type] -= kits
                if kits < 0:
                    raise IntegrityFault(f"{kits} kits of {pile}")
        if any(balance.values()):
            raise IntegrityFault(f"kits made less those given, wasted and left: {dict(balance)}")
