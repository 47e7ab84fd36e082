"""When a kit may come to its site: over all lanes that lead there, from a source or through its depot."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from optimization.engine.cluster import Trip
from optimization.engine.needs import Want
from optimization.problem import Lane, Node


@dataclass(frozen=True, slots=True)
class Way:
    """A lane into a site: its days, and when kits of a type may come over it; direct: it passes the depot by."""

    lane: Lane
    days: Sequence[int]
    entry: Callable[[str], tuple[int, int]]
    direct: bool

    def trip(self, place: int) -> Trip:
        """The trip on one of its days."""
        return Trip(self.lane, self.days[place], self.days[place] + self.lane.transit_days)

    def between(self, want: Want, leaves_from: int) -> tuple[int, int]:
        """Places of the first and last day by which the kit may come; the first is after the last if none."""
        opens, closes = self.entry(want.kit)
        transit = self.lane.transit_days
        first = bisect_left(self.days, max(leaves_from, opens - transit))
        return first, bisect_right(self.days, min(closes, want.day) - transit) - 1


@dataclass(frozen=True, slots=True)
class Window:
    """When a kit may come to its site: the first day at its source, arrivals, and the last trip of each lane."""

    ready: int
    opens: int
    closes: int
    lasts: tuple[Trip, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """All lanes into a site."""

    node: Node
    all: tuple[Way, ...]

    def window(self, want: Want, ready: int, at_depot: int) -> Window | None:
        """When a kit may come that is at its source from one day and at the depot from another; None: never."""
        spans = [(way, *way.between(want, ready if way.direct else at_depot)) for way in self.all]
        return _window(ready, [one for one in spans if one[1] <= one[2]])

    def from_depot(self, want: Want, ready: int, day: int) -> Window | None:
        """When a kit may come that lies at the depot from a day; `ready` marks it.

        One that is still to come waits until no lane can arrive that left before it came; None: it waits too long.
        """
        spans = [(way, *way.between(want, day)) for way in self.all if not way.direct]
        found = _window(ready, [one for one in spans if one[1] <= one[2]])
        before = [(way, bisect_left(way.days, day) - 1) for way, *_ in spans]
        opens = max((way.trip(place).arrives + 1 for way, place in before if place >= 0), default=0)
        return replace(found, opens=max(found.opens, opens)) if found and opens <= found.closes else None

    def before(self, expiry: int) -> Iterator[Trip]:
        """The last trips that arrive before a lot expires."""
        for way in self.all:
            place = bisect_left(way.days, expiry - way.lane.transit_days) - 1
            if place >= 0:
                yield way.trip(place)


def _window(ready: int, spans: Sequence[tuple[Way, int, int]]) -> Window | None:
    if not spans:
        return None
    opens = min(way.trip(first).arrives for way, first, _ in spans)
    lasts = tuple(way.trip(last) for way, _, last in spans)
    closes = max(trip.arrives for trip in lasts)
    return Window(ready, opens, closes, lasts)
