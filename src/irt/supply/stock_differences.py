"""A warehouse's own stock held against the ledger: every difference by name. Nothing here changes either book."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from irt.states.kit import Accountability, Assignment, Custody, KitEvent, KitState, Quality
from irt.states.stock_difference import DifferenceKind, Lies


@dataclass(frozen=True, slots=True)
class ShelfKit:
    """A kit as it lies in a warehouse, by its own book or by the ledger."""

    number: str
    lot: str
    expiry: date
    lies: Lies


@dataclass(frozen=True, slots=True)
class StockDifference:
    """One difference; `record` is a kit's number, or a lot and how its kits lie; both books in words."""

    kind: DifferenceKind
    record: str
    here: str
    there: str


_ABSENT = "not at this depot"


def lies_as(state: KitState, expiry: date, today: date, on_hold: bool) -> Lies:
    """How a kit of the ledger lies in its depot; the gravest fact speaks first."""
    if state.quality == Quality.DAMAGED:
        return Lies.DAMAGED
    spent = state.accountability != Accountability.NONE
    if state.quality != Quality.RELEASED or on_hold or spent or today > expiry:
        return Lies.HELD
    return Lies.AVAILABLE if state.assignment == Assignment.FREE else Lies.RESERVED


def kit_differences(here: Iterable[ShelfKit], there: Iterable[ShelfKit]) -> Iterator[StockDifference]:
    """Kit by kit, in order of numbers: missing in either book, another label, another status; one each."""
    ours, theirs = {kit.number: kit for kit in here}, {kit.number: kit for kit in there}
    for number in sorted(ours.keys() | theirs.keys()):
        found = difference_of(number, ours.get(number), theirs.get(number))
        if found is not None:
            yield found


def difference_of(number: str, here: ShelfKit | None, there: ShelfKit | None) -> StockDifference | None:
    """How the two books differ about one kit; None where they agree. A wrong label weighs more than a status."""
    kinds = DifferenceKind
    if here is None or there is None:
        if here is there:
            return None
        kind = kinds.MISSING_HERE if here is None else kinds.MISSING_THERE
        return StockDifference(kind, number, _words(here), _words(there))
    if (here.lot, here.expiry) != (there.lot, there.expiry):
        return StockDifference(kinds.OTHER_LABEL, number, _label(here), _label(there))
    if here.lies != there.lies:
        return StockDifference(kinds.OTHER_STATUS, number, str(here.lies), str(there.lies))
    return None


def count_differences(here: Iterable[ShelfKit], there: Mapping[tuple[str, Lies], int]) -> Iterator[StockDifference]:
    """Lot by lot and by how the kits lie, for a warehouse that counts and knows no kit numbers."""
    ours = Counter((kit.lot, kit.lies) for kit in here)
    for lot, lies in sorted(ours.keys() | there.keys()):
        mine, told = ours[lot, lies], there.get((lot, lies), 0)
        if mine != told:
            yield StockDifference(DifferenceKind.OTHER_COUNT, f"{lot} {lies}", str(mine), str(told))


def agrees(kind: DifferenceKind, there: str, lying: ShelfKit | None) -> bool:
    """Whether the ledger says by now what the warehouse said; `lying` is the kit as it lies there now."""
    if lying is None or kind in (DifferenceKind.MISSING_HERE, DifferenceKind.MISSING_THERE):
        return (lying is None) == (kind == DifferenceKind.MISSING_THERE)
    return there == (_label(lying) if kind == DifferenceKind.OTHER_LABEL else str(lying.lies))


def act_against(kind: DifferenceKind, there: str, state: KitState) -> KitEvent | None:
    """The act on a kit that brings the ledger to what the warehouse says; None where none of supply's does.

    That a kit is usable after all is for quality to say.
    """
    at_rest = state.custody == Custody.DEPOT and state.assignment == Assignment.FREE
    if kind == DifferenceKind.MISSING_THERE and at_rest:
        return KitEvent.GO_MISSING
    if kind == DifferenceKind.MISSING_HERE and state.custody == Custody.UNKNOWN:
        return KitEvent.FIND_AT_DEPOT
    if kind == DifferenceKind.OTHER_STATUS and at_rest:
        return {Lies.DAMAGED.value: KitEvent.DAMAGE, Lies.HELD.value: KitEvent.QUARANTINE}.get(there)
    return None


def _words(kit: ShelfKit | None) -> str:
    return _ABSENT if kit is None else f"{kit.lies}, {_label(kit)}"


def _label(kit: ShelfKit) -> str:
    return f"lot {kit.lot}, use by {kit.expiry}"
