"""The books of both sides in one form: people, kits given, consignments, and all kits on some days."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from irt.reads.unblinded_course import (
    GIVEN,
    GONE,
    NOT_YET,
    Consignment,
    consignments,
    draws,
    kits_given,
    whereabouts,
)
from irt.states.shipment import ShipmentStatus
from irt.study.schedule import UNSCHEDULED
from simulation.inputs.inputs import Inputs
from simulation.network import MINUTES_IN_DAY, Places
from simulation.record import Event
from web.rehearsal.desk import Desk
from web.rehearsal.people import People

Kits = tuple[tuple[str, str, int], ...]
"""(kit type, lots of one date, kits), sorted."""
ON_THE_WAY = "on the way"
"""Where an engine tells kits that are withdrawn from consignments."""
TOLD = frozenset({"screened", "failed", "turned_away", "refused", "missed"})
"""What both sides tell of people beside draws and kits."""


Stock = dict[tuple[str, str, str], int]
"""(where, kit type, lots of one date) -> kits."""


class Sent(NamedTuple):
    """A consignment: when it was raised, from where to where, with what, how it ended and when."""

    minute: int
    depot: str
    place: str
    kits: Kits
    end: str
    ended: int


@dataclass(slots=True)
class Books:
    """One side's books, in the order in which it happened; `stock` by day, at its end."""

    people: list[tuple[Any, ...]]
    given: list[tuple[Any, ...]]
    sent: list[Sent]
    stock: dict[int, Stock] = field(default_factory=dict)


class Lots:
    """Lots by the name under which they are compared: those of one type and date are drawn from at random."""

    def __init__(self, places: Places) -> None:
        alike: dict[tuple[str, int], set[str]] = defaultdict(set)
        for row in places.lots:
            alike[row.kit_type, row.expiry_day].add(row.lot)
        self._names = {
            (row.kit_type, row.lot): " or ".join(sorted(alike[row.kit_type, row.expiry_day])) for row in places.lots
        }

    def of(self, kit_type: str, lot: str) -> str:
        """The lot, with those that are alike."""
        return self._names[kit_type, lot]

    def kits(self, kits: Iterable[tuple[str, str, int]]) -> Kits:
        """Kits by type and lot, added up."""
        sums: Counter[tuple[str, str]] = Counter()
        for kit_type, lot, number in kits:
            sums[kit_type, self.of(kit_type, lot)] += number
        return tuple((*pile, number) for pile, number in sorted(sums.items()) if number)


def simulated(inputs: Inputs, events: Sequence[Event], days: Iterable[int]) -> Books:
    """What a replication tells."""
    lots = Lots(inputs.places)
    ends = {event.who: event for event in events if event.what in ("arrived", "not_arrived", "spoiled")}
    books = Books(
        people=[
            (event.minute, event.what, event.place, event.who, event.detail.partition(":")[0])
            for event in events
            if event.what in TOLD or event.what == "randomized"
        ],
        given=[
            (event.minute, event.place, event.who, event.detail, lots.kits(event.kits))
            for event in events
            if event.what == "dispensed"
        ],
        sent=[
            Sent(event.minute, event.detail, event.place, lots.kits(event.kits), *_end(ends.get(event.who)))
            for event in events
            if event.what == "sent"
        ],
    )
    books.stock = {day: _stock(inputs, lots, events, day) for day in days}
    return books


def _end(event: Event | None) -> tuple[str, int]:
    """How a consignment ended. That its kits were spoiled shows in the stock: a recalled one has none to spoil."""
    return ("", 0) if event is None else ("lost" if event.what == "not_arrived" else "came", event.minute)


def _stock(inputs: Inputs, lots: Lots, events: Sequence[Event], day: int) -> Stock:
    """Where every kit is at the end of a day, by what was made and the events until then."""
    kits: Counter[tuple[str, str, str]] = Counter()
    for place, row in enumerate(inputs.places.lots):
        where = _made(inputs, place, day)
        kits[where, row.kit_type, lots.of(row.kit_type, row.lot)] += row.kits
    coming: dict[int, tuple[str, Counter[tuple[str, str]]]] = {}
    for event in events:
        if event.minute >= (day + 1) * MINUTES_IN_DAY:
            break
        for kit_type, lot, number in event.kits:
            for where, more in _moved(event, number):
                kits[where, kit_type, lots.of(kit_type, lot)] += more
        _follow(coming, event)
    for place_name, left in coming.values():
        for (kit_type, lot), number in left.items():
            kits[f"to {place_name}", kit_type, lots.of(kit_type, lot)] += number
    return {pile: number for pile, number in sorted(kits.items()) if number}


def _made(inputs: Inputs, place: int, day: int) -> str:
    """Where a lot's kits begin, as far as that is known at the end of a day."""
    row, came, recalled = (
        inputs.places.lots[place],
        int(inputs.lot_released_day[place]),
        int(inputs.lot_recalled_day[place]),
    )
    if came <= day and row.expiry_day >= came and recalled > came:
        return str(row.depot)
    return GONE if recalled <= min(day, came) else NOT_YET


def _moved(event: Event, number: int) -> tuple[tuple[str, int], ...]:
    """What an event takes from a place and brings to another; on the way is looked at by consignment."""
    taken, brought = ((event.place, -number),), ((GONE, number),)
    match event.what:
        case "dispensed":
            return (*taken, (GIVEN, number))
        case "sent":
            return ((event.detail, -number),)
        case "sent_home":
            return (*taken, (event.detail, number))
        case "arrived" if event.detail != "closed":
            return ((event.place, number),)
        case "expired" | "recalled" | "closed" if event.place != ON_THE_WAY:
            return taken + brought
    return brought


def _follow(coming: dict[int, tuple[str, Counter[tuple[str, str]]]], event: Event) -> None:
    """Consignments begin and end; what is withdrawn is withdrawn from all of them."""
    if event.what == "sent":
        coming[event.who] = event.place, Counter({(kit_type, lot): n for kit_type, lot, n in event.kits})
    elif event.what in ("arrived", "not_arrived", "spoiled"):
        del coming[event.who]
    elif event.place == ON_THE_WAY:
        for _, left in coming.values():
            for kit_type, lot, _ in event.kits:
                left.pop((kit_type, lot), None)


def carried_out(desk: Desk, people: People) -> Books:
    """What the tables tell, and what the services answered; stock is added day by day."""
    lots, ordinals = Lots(desk.inputs.places), people.ordinals()
    with desk.store.reading() as connection:
        drawn = draws(connection, desk.study_id)
        given = kits_given(connection, desk.study_id)
        sent = consignments(connection, desk.study_id)
    told: list[tuple[Any, ...]] = [tuple(event)[:5] for event in people.told]
    told += [(_minute(desk, one.at), "randomized", one.site, ordinals[one.subject], one.arm) for one in drawn]
    return Books(
        people=told,
        given=[
            (
                _minute(desk, one.at),
                one.site,
                ordinals[one.subject],
                "replacement" if one.visit == UNSCHEDULED else one.visit,
                lots.kits((*pile, number) for pile, number in one.kits.items()),
            )
            for one in given
        ],
        sent=[_sent(desk, lots, one) for one in sent],
    )


def stock_now(desk: Desk) -> Stock:
    """Where every kit is now, as the tables tell."""
    lots = Lots(desk.inputs.places)
    with desk.store.reading() as connection:
        found = whereabouts(connection, desk.study_id, desk.today)
    kits: Counter[tuple[str, str, str]] = Counter()
    for pile, number in found.items():
        kits[pile.where, pile.kit_type, lots.of(pile.kit_type, pile.lot)] += number
    return {pile: number for pile, number in sorted(kits.items()) if number}


def _sent(desk: Desk, lots: Lots, one: Consignment) -> Sent:
    kits = lots.kits((*pile, number) for pile, number in one.kits.items())
    end, ended = "", 0
    if one.ended_at is not None:
        end, ended = "lost" if one.status == ShipmentStatus.LOST else "came", _minute(desk, one.ended_at)
    return Sent(_minute(desk, one.raised_at), one.depot, one.place, kits, end, ended)


def _minute(desk: Desk, at: datetime) -> int:
    return int((at - desk.began_at).total_seconds()) // 60
