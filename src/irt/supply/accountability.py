"""The accountability of one site, lot by lot: every kit that came is somewhere, and two records of it agree."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from irt.states.kit import Accountability, Assignment, Custody, KitState, Quality


class CameBy(StrEnum):
    """How a kit came to be the business of a site."""

    SHIPMENT = "shipment"
    HOME = "home"
    FOUND = "found"


class Fate(StrEnum):
    """Where a kit of a site is now; every kit has one."""

    ON_HAND = "on_hand"
    HELD = "held"
    DAMAGED = "damaged"
    TO_HOME = "to_home"
    WITH_SUBJECT = "with_subject"
    COLLECTED = "collected"
    RETURNED = "returned"
    LOST_BY_SUBJECT = "lost_by_subject"
    MISSING = "missing"
    RETURN_SHIPPED = "return_shipped"
    RECEIVED_FOR_DESTRUCTION = "received_for_destruction"
    DESTROYED = "destroyed"
    SENT_ON = "sent_on"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class KitOfSite:
    """One kit that was ever at a site or given to one of its subjects, and what the records of it say.

    `here`: whether it is written at this very site. `dispensed`: a dispensing of the site says that it was handed
    over. `counted`: somebody counted it as brought back or lost. `sent_on`: it was sent to a satellite of the site,
    and has been no business of the site since, unless it lies here again.
    """

    number: str
    lot: str
    came_by: CameBy
    here: bool
    dispensed: bool
    counted: bool
    state: KitState
    sent_on: bool = False

    @property
    def gone(self) -> bool:
        """Whether the kit is the business of a satellite now."""
        return self.sent_on and not self.here


@dataclass(frozen=True, slots=True)
class LotAccount:
    """What came of one lot, by how; what was dispensed; where all of it is; and, in sentences, what disagrees."""

    lot: str
    came: dict[CameBy, int]
    dispensed: int
    fates: dict[Fate, int]
    faults: tuple[str, ...]

    @property
    def received(self) -> int:
        """All kits that are the site's business."""
        return sum(self.came.values())

    @property
    def adds_up(self) -> bool:
        """Whether everything that came is somewhere, and the records agree."""
        return not self.faults and self.received == sum(self.fates.values())


_C, _N = Custody, Accountability
_BACK = frozenset({_N.RETURNED, _N.DAMAGED_BY_SUBJECT})
_LOSABLE = frozenset({_N.LOST_BY_SUBJECT})


def fate_of(kit: KitOfSite) -> Fate:
    """The one place where a kit is now."""
    return Fate.SENT_ON if kit.gone else _fate_of_own(kit)


def _fate_of_own(kit: KitOfSite) -> Fate:
    state = kit.state
    if state.accountability == _N.DESTROYED:
        return Fate.DESTROYED
    if state.custody == _C.VENDOR:
        return Fate.RECEIVED_FOR_DESTRUCTION
    if state.custody == _C.SUBJECT:
        return Fate.WITH_SUBJECT
    if state.custody == _C.UNKNOWN:
        return Fate.LOST_BY_SUBJECT if state.accountability in _LOSABLE else Fate.MISSING
    if state.custody == _C.SHIPMENT:
        return _on_the_way(state)
    return _on_the_shelf(state) if kit.here else Fate.ELSEWHERE


def _on_the_way(state: KitState) -> Fate:
    if state.accountability == _N.RETURN_SHIPPED:
        return Fate.RETURN_SHIPPED
    return Fate.COLLECTED if state.accountability == _N.OUTSTANDING else Fate.TO_HOME


def _on_the_shelf(state: KitState) -> Fate:
    if state.accountability != _N.NONE:
        return Fate.RETURNED
    if state.quality == Quality.DAMAGED:
        return Fate.DAMAGED
    return Fate.ON_HAND if state.quality == Quality.RELEASED else Fate.HELD


def site_account(kits: Iterable[KitOfSite]) -> list[LotAccount]:
    """One account a lot, by its number."""
    by_lot: dict[str, list[KitOfSite]] = {}
    for kit in kits:
        by_lot.setdefault(kit.lot, []).append(kit)
    return [_of_lot(lot, by_lot[lot]) for lot in sorted(by_lot)]


def _of_lot(lot: str, kits: list[KitOfSite]) -> LotAccount:
    came, fates = Counter(kit.came_by for kit in kits), Counter(map(fate_of, kits))
    faults = [f"kit {kit.number}: {wrong}" for kit in kits for wrong in _disagreements(kit)]
    return LotAccount(
        lot=lot,
        came={way: came[way] for way in CameBy},
        dispensed=sum(kit.dispensed for kit in kits),
        fates={fate: fates[fate] for fate in Fate},
        faults=tuple(sorted(faults)),
    )


def _disagreements(kit: KitOfSite) -> Iterator[str]:
    """Where what is written on a kit and what other records say of it cannot both be true."""
    if kit.gone:
        return
    given = kit.state.assignment == Assignment.DISPENSED
    if given and not kit.dispensed:
        yield "it counts as given, and no visit says to whom"
    if kit.dispensed and not given:
        yield "a visit says that it was given, and it does not count as given"
    if kit.state.accountability in _BACK | _LOSABLE and given and not kit.counted:
        yield "it came back or was lost, and nobody counted it"
    if kit.counted and kit.state.accountability in (_N.NONE, _N.OUTSTANDING):
        yield "it was counted as back, and it is still out"
