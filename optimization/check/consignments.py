"""The rules of one consignment: days, class, shippers, what is in it and whether that may go there."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from optimization.check.trip import Trip
from optimization.check.verdict import Code, Violation, is_whole
from optimization.problem import Problem

Rule = Callable[[Trip], Iterator[Violation]]


def check_consignments(problem: Problem, trips: Sequence[Trip]) -> Iterator[Violation]:
    """Every rule for every consignment, then those that look at several of them."""
    for trip in trips:
        for rule in RULES:
            yield from rule(trip)
    yield from one_a_day(trips)
    yield from licensed_number(problem, trips)


def open_days(trip: Trip) -> Iterator[Violation]:
    """It leaves on a weekday of its lane when the origin is open, and arrives when the destination is."""
    if trip.leaves % 7 not in trip.lane.weekdays:
        yield trip.broken(Code.CALENDAR, "the lane has no departure on this weekday")
    if trip.leaves in trip.origin.closed_days:
        yield trip.broken(Code.CALENDAR, f"{trip.origin.id} is closed on day {trip.leaves}")
    if trip.arrives in trip.destination.closed_days:
        yield trip.broken(Code.CALENDAR, f"{trip.destination.id} is closed on day {trip.arrives}, when it arrives")


def one_class(trip: Trip) -> Iterator[Violation]:
    """Lane, shippers and kits are all of the consignment's temperature class."""
    temp = trip.consignment.temp
    if temp not in trip.lane.temps:
        yield trip.broken(Code.TEMPERATURE, "the lane is not qualified for the class")
    for shipper, number in trip.shippers:
        if number and shipper.temp != temp:
            yield trip.broken(Code.TEMPERATURE, f"shipper {shipper.id} is for {shipper.temp}")
    for lot, _ in trip.contents:
        kit = trip.problem.kit_types[lot.kit]
        if kit.temp != temp:
            yield trip.broken(Code.TEMPERATURE, f"lot {lot.id} is kept at {kit.temp}")


def qualified_shippers(trip: Trip) -> Iterator[Violation]:
    """Each shipper is known, counted in whole numbers, and holds its temperature for the whole transit."""
    for shipper, number in trip.consignment.shippers.items():
        if shipper not in trip.problem.shippers:
            yield trip.broken(Code.HOLD, f"there is no shipper {shipper}")
        if not is_whole(number) or number < 0:
            yield trip.broken(Code.INTEGER, f"{number} shippers {shipper}")
    for known, number in trip.shippers:
        if number and known.hold_days < trip.lane.transit_days:
            days = f"{known.hold_days} days, transit takes {trip.lane.transit_days}"
            yield trip.broken(Code.HOLD, f"shipper {known.id} holds {days}")


def room_in_shippers(trip: Trip) -> Iterator[Violation]:
    """The kits take no more volume than the shippers have."""
    volume = sum(kits * trip.problem.kit_types[lot.kit].volume for lot, kits in trip.contents)
    room = sum(number * shipper.capacity for shipper, number in trip.shippers)
    if volume > room:
        yield trip.broken(Code.SHIPPER_CAPACITY, f"its kits take {volume}, its shippers hold {room}")


def whole_lines(trip: Trip) -> Iterator[Violation]:
    """Each line has a known lot and at least one whole kit, and there is a line."""
    for lot, kits in trip.consignment.lines:
        if lot not in trip.problem.lots:
            yield trip.broken(Code.LOT, f"there is no lot {lot}")
        elif not is_whole(kits) or kits <= 0:
            yield trip.broken(Code.INTEGER, f"{kits} kits of lot {lot}")
    if not trip.contents:
        yield trip.broken(Code.EMPTY, "there is nothing in it")


def usable_on_arrival(trip: Trip) -> Iterator[Violation]:
    """No lot has expired by the day it arrives."""
    for lot, _ in trip.contents:
        if lot.expiry_day <= trip.arrives:
            days = f"expires on day {lot.expiry_day}, it arrives on day {trip.arrives}"
            yield trip.broken(Code.EXPIRY, f"lot {lot.id} {days}")


def released_there(trip: Trip) -> Iterator[Violation]:
    """What goes to those who use kits is released for their country."""
    if trip.destination.kind.uses_kits:
        for lot, _ in trip.contents:
            if trip.destination.country not in lot.countries:
                yield trip.broken(Code.RELEASE, f"lot {lot.id} is not released for {trip.destination.country}")


def licence_open(trip: Trip) -> Iterator[Violation]:
    """What enters another country arrives while a licence for its kit type is open."""
    country = trip.destination.country
    if country == trip.origin.country:
        return
    for kit in trip.kits:
        licence = trip.problem.licences.get((country, kit))
        if licence is None or not any(first <= trip.arrives <= last for first, last, _ in licence.openings):
            yield trip.broken(Code.LICENCE, f"no licence lets {kit} into {country} on day {trip.arrives}")


def whole_blind_group(trip: Trip) -> Iterator[Violation]:
    """A consignment to a site shows no arm: with one kit type of a blind group it holds all of them."""
    if not trip.destination.kind.kept_blind:
        return
    for group in trip.problem.blind_groups:
        if any(kit in trip.kits for kit in group):
            for kit in group:
                if trip.kits[kit] < trip.problem.blind_minimum_each:
                    yield trip.broken(Code.BLIND, f"it holds {trip.kits[kit]} of {kit} beside others of its group")


RULES: tuple[Rule, ...] = (
    open_days,
    one_class,
    qualified_shippers,
    room_in_shippers,
    whole_lines,
    usable_on_arrival,
    released_there,
    licence_open,
    whole_blind_group,
)


def one_a_day(trips: Sequence[Trip]) -> Iterator[Violation]:
    """A lane carries at most one consignment of a class on a day."""
    seen: set[tuple[str, str, int]] = set()
    for trip in trips:
        key = (trip.lane.id, trip.consignment.temp, trip.leaves)
        if key in seen:
            yield trip.broken(Code.DUPLICATE, "it is the second of this lane, class and day")
        seen.add(key)


def licensed_number(problem: Problem, trips: Sequence[Trip]) -> Iterator[Violation]:
    """All consignments together bring no more of a kit type into a country than its licence says, by opening."""
    entered: Counter[tuple[str, str, int]] = Counter()
    for trip in trips:
        if trip.destination.country != trip.origin.country:
            for kit, number in trip.kits.items():
                licence = problem.licences.get((trip.destination.country, kit))
                for place, (first, last, _) in enumerate(licence.openings if licence else ()):
                    entered[trip.destination.country, kit, place] += number * (first <= trip.arrives <= last)
    for (country, kit, place), number in entered.items():
        most = problem.licences[country, kit].openings[place].kits_max
        if number > most:
            words = f"{number} kits of {kit} enter {country}, its licence is for {most}"
            yield Violation(Code.LICENCE, words)
