"""A consignment with what it travels along: its lane, both ends, its day of arrival, and what is truly in it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from optimization.check.verdict import Code, Violation, is_whole
from optimization.plan import Consignment
from optimization.problem import Lane, Lot, Node, Problem, Shipper


@dataclass(frozen=True)
class Trip:
    """One consignment of a known lane that leaves within the horizon."""

    problem: Problem
    consignment: Consignment
    lane: Lane

    @property
    def leaves(self) -> int:
        """The day it is dispatched."""
        return self.consignment.dispatch_day

    @property
    def arrives(self) -> int:
        """The day it is received."""
        return self.consignment.dispatch_day + self.lane.transit_days

    @cached_property
    def origin(self) -> Node:
        """Where it comes from."""
        return self.problem.nodes[self.lane.origin]

    @cached_property
    def destination(self) -> Node:
        """Where it goes."""
        return self.problem.nodes[self.lane.destination]

    @cached_property
    def contents(self) -> list[tuple[Lot, int]]:
        """Its lines of known lots with a whole number of kits."""
        lots = self.problem.lots
        return [
            (lots[lot], kits) for lot, kits in self.consignment.lines if lot in lots and is_whole(kits) and kits > 0
        ]

    @cached_property
    def kits(self) -> Counter[str]:
        """Kits in it by type."""
        by_type: Counter[str] = Counter()
        for lot, number in self.contents:
            by_type[lot.kit] += number
        return by_type

    @cached_property
    def shippers(self) -> list[tuple[Shipper, int]]:
        """Its known shippers with a whole number of them."""
        known = self.problem.shippers
        return [
            (known[shipper], number)
            for shipper, number in self.consignment.shippers.items()
            if shipper in known and is_whole(number) and number >= 0
        ]

    def broken(self, code: Code, words: str) -> Violation:
        """A violation that begins with which consignment it is."""
        return Violation(code, f"{named(self.consignment)}: {words}")


def named(consignment: Consignment) -> str:
    """`L-R00-S0001, 2-8C, day 14`."""
    return f"{consignment.lane}, {consignment.temp}, day {consignment.dispatch_day}"


def not_trips(problem: Problem, consignments: tuple[Consignment, ...]) -> Iterator[Violation]:
    """Each consignment goes along a lane of the network and leaves on a day of the horizon."""
    for one in consignments:
        if one.lane not in problem.lanes:
            yield Violation(Code.LANE, f"{named(one)}: there is no such lane")
        elif not _leaves_in_time(problem, one):
            yield Violation(Code.DAY, f"{named(one)}: days are 0 to {problem.horizon_days - 1}")


def trips_of(problem: Problem, consignments: tuple[Consignment, ...]) -> list[Trip]:
    """The consignments that have a lane and a day; the others cost nothing and move nothing."""
    return [
        Trip(problem, one, problem.lanes[one.lane])
        for one in consignments
        if one.lane in problem.lanes and _leaves_in_time(problem, one)
    ]


def _leaves_in_time(problem: Problem, one: Consignment) -> bool:
    return is_whole(one.dispatch_day) and 0 <= one.dispatch_day < problem.horizon_days
