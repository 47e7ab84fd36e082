"""The list of kits as a page shows it: by state, storage, expiry and study, fifty at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from irt.blinding.views import BlindedView
from irt.reads.blinded_stock import StockKit
from irt.states.kit import DisplayStatus

PAGE_KITS = 50

_D = DisplayStatus
STATES: dict[str, tuple[str, frozenset[DisplayStatus]]] = {
    "usable": ("Usable", frozenset({_D.AVAILABLE})),
    "assigned": ("Assigned", frozenset({_D.ASSIGNED, _D.PREALLOCATED, _D.RESERVED})),
    "coming": ("On the way", frozenset({_D.IN_TRANSIT})),
    "hold": ("In quarantine", frozenset({_D.QUARANTINED, _D.NOT_DISPENSED})),
    "stop": ("Must not be used", frozenset({_D.EXPIRED, _D.DAMAGED, _D.REJECTED, _D.RECALLED, _D.NEW})),
    "missing": ("Missing", frozenset({_D.MISSING})),
    "returned": (
        "Returned",
        frozenset(
            {_D.RETURNED, _D.VERIFIED, _D.DAMAGED_BY_SUBJECT, _D.PENDING_DESTRUCTION, _D.RECEIVED_FOR_DESTRUCTION}
        ),
    ),
}
"""Filters by the states people ask for, in the order of a day's work."""


@dataclass(frozen=True)
class StockFilter(BlindedView):
    """What a reader asked for; empty: everything. `expiry` is soon or past."""

    study: str = ""
    state: str = ""
    storage: str = ""
    expiry: str = ""

    def holds(self, kit: StockKit) -> bool:
        """Whether the kit is among those asked for."""
        return self.holds_but_state(kit) and (
            not self.state or self.state not in STATES or kit.status in STATES[self.state][1]
        )

    def holds_but_state(self, kit: StockKit) -> bool:
        """The same, whatever the kit's state: for the counts beside each state."""
        return (
            self.study in ("", str(kit.study_id))
            and self.storage in ("", kit.storage)
            and (self.expiry != "soon" or kit.expires_soon)
            and (self.expiry != "past" or kit.status == DisplayStatus.EXPIRED)
        )


@dataclass(frozen=True)
class StockPage(BlindedView):
    """One page of the list, the total, and the marks of the pages beside it (None: there is none)."""

    kits: tuple[StockKit, ...]
    first: int
    last: int
    total: int
    previous: str | None
    next: str | None


def mark_of(kit: StockKit) -> str:
    """Where a page begins: after this kit."""
    return f"{kit.number}.{kit.study_id}"


def stock_page(kits: Sequence[StockKit], after: str) -> StockPage:
    """The page that begins after a mark; the first one where the mark is empty or unknown."""
    marks = [mark_of(kit) for kit in kits]
    start = marks.index(after) + 1 if after in marks else 0
    shown = kits[start : start + PAGE_KITS]
    earlier = start - PAGE_KITS
    return StockPage(
        kits=tuple(shown),
        first=start + 1 if shown else 0,
        last=start + len(shown),
        total=len(kits),
        previous=None if start == 0 else "" if earlier <= 0 else marks[earlier - 1],
        next=marks[start + PAGE_KITS - 1] if start + PAGE_KITS < len(kits) else None,
    )
