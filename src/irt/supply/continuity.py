"""After an outage: how a kit that was given on paper is booked, and whether pack, paper and stock agree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from irt.states.kit import Assignment, Custody
from irt.states.outage import SealFate


class Booking(StrEnum):
    """How a kit named on paper is booked. A conflict moves no kit and stays as a deviation."""

    AS_ASSIGNED = "as_assigned"
    MISALLOCATED = "misallocated"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class PaperKit:
    """A kit that paper says was given, as the books know it; without `custody` the study has no such kit."""

    number: str
    custody: Custody | None = None
    at_site: bool = False
    assignment: Assignment = Assignment.FREE
    usable: bool = True
    meant: bool = False
    expiry: date | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """How the kit is booked, and what departed from the rules, in words; nothing where all is well."""

    booking: Booking
    departure: str = ""


_ON_SHELF = (Assignment.FREE, Assignment.PREALLOCATED, Assignment.ASSIGNED, Assignment.REVERSED)


def judge_kit(kit: PaperKit, on_day: date) -> Judged:
    """What is booked of a kit that was given on this day. The first thing that is wrong is told."""
    if kit.custody is None:
        return Judged(Booking.CONFLICT, f"{kit.number} is written on paper and is no kit of this study.")
    if not kit.at_site or kit.assignment not in _ON_SHELF:
        return Judged(Booking.CONFLICT, f"{kit.number} is given on paper, and the books have it elsewhere.")
    if not kit.meant or kit.assignment == Assignment.REVERSED:
        return Judged(Booking.MISALLOCATED, f"{kit.number} was given and was not set apart for this visit.")
    if not kit.usable:
        return Judged(Booking.MISALLOCATED, f"{kit.number} was given although it was set apart by quality.")
    if kit.expiry is not None and on_day > kit.expiry:
        return Judged(Booking.AS_ASSIGNED, f"{kit.number} was given after its expiry date.")
    return Judged(Booking.AS_ASSIGNED)


class Found(StrEnum):
    """Where a kit of a pack is now."""

    ON_PAPER = "given on paper"
    IN_SYSTEM = "given or assigned in the system"
    SET_APART = "still set apart"
    FREE = "free again"
    BARRED = "not to be used"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class PackKit:
    """A kit of a pack as it stands; `of_subject` says that it went to the subject it was set apart for."""

    number: str
    custody: Custody
    assignment: Assignment
    barred: bool = False
    on_paper: bool = False
    of_subject: bool = False


@dataclass(frozen=True, slots=True)
class PackSeal:
    """A seal of a pack: how it was found, and whether a code break on paper names it."""

    number: int
    fate: SealFate | None = None
    code_break: bool = False


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Kits by where they are, which sum to those set apart; and whatever does not add up, in sentences."""

    set_apart: int
    found: dict[Found, int] = field(default_factory=dict)
    differences: tuple[str, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Whether every kit, seal and line of paper is accounted for."""
        return not self.differences


def find_kit(kit: PackKit) -> Found:
    """Where a kit of a pack is: the first that holds."""
    if kit.on_paper and kit.custody != Custody.SITE:
        return Found.ON_PAPER
    if kit.of_subject and kit.assignment in (Assignment.ASSIGNED, Assignment.DISPENSED):
        return Found.IN_SYSTEM
    if kit.barred or kit.assignment == Assignment.REVERSED:
        return Found.BARRED
    if kit.custody == Custody.SITE and kit.assignment == Assignment.PREALLOCATED:
        return Found.SET_APART
    at_hand = kit.custody == Custody.SITE and kit.assignment == Assignment.FREE
    return Found.FREE if at_hand else Found.ELSEWHERE


def reconcile_pack(
    kits: Sequence[PackKit],
    seals: Sequence[PackSeal],
    waiting: Sequence[int],
    conflicts: Sequence[str],
    *,
    closed: bool,
) -> Reconciliation:
    """Pack against paper against stock. `waiting` are the entries that nobody compared with the paper yet."""
    places = [(kit, find_kit(kit)) for kit in kits]
    found = {place: sum(1 for _, here in places if here is place) for place in Found}
    told = [
        f"Kit {kit.number} is neither given nor at the site." for kit, here in places if here is Found.ELSEWHERE
    ]
    told += [f"Entry {number} was not compared with the paper by a second person." for number in waiting]
    told += conflicts
    for seal in seals:
        told += _of_seal(seal, closed=closed)
    if closed:
        told += [f"Kit {kit.number} is still set apart." for kit, here in places if here is Found.SET_APART]
    return Reconciliation(len(kits), {place: n for place, n in found.items() if n}, tuple(told))


def _of_seal(seal: PackSeal, *, closed: bool) -> list[str]:
    opened = seal.fate is SealFate.OPENED
    if seal.fate is None:
        if closed:
            return [f"Seal {seal.number} is not accounted for."]
        return []
    if seal.fate is SealFate.MISSING:
        return [f"Seal {seal.number} is missing."]
    if opened and not seal.code_break:
        return [f"Seal {seal.number} was opened, and no code break is entered for it."]
    if not opened and seal.code_break:
        return [f"Seal {seal.number} is unopened, and a code break is entered for it."]
    return []


@dataclass(frozen=True, slots=True)
class SealCount:
    """Seals of a pack: handed out = come back unopened + opened + missing + not accounted for yet."""

    handed_out: int
    unopened: int
    opened: int
    missing: int
    left: int

    @property
    def adds_up(self) -> bool:
        """Whether each seal came back or was opened: none missing, none left to count."""
        return not self.missing and not self.left


def count_seals(fates: Sequence[SealFate | None]) -> SealCount:
    """The seals of a pack by how each was found; None: not counted yet."""
    found = Counter(fates)
    return SealCount(
        handed_out=len(fates),
        unopened=found[SealFate.UNOPENED],
        opened=found[SealFate.OPENED],
        missing=found[SealFate.MISSING],
        left=found[None],
    )
