"""Plans side by side as blinded planners may know them: what leaves for where and when, by blinding group.

No cost, lot or kit type is in these figures: they are made from consignments counted by blinding group alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from optimization.story.carbon import CarbonFactors, Distance, Journey
from optimization.story.plan_changes import ChangeKind, paired

WEEK_DAYS = 7


class GroupsSent(NamedTuple):
    """One consignment; `place`: a site's number or, with `to_depot`, a depot's code."""

    lane: str
    storage: str
    origin: str
    place: str
    to_depot: bool
    leaves: date
    arrives: date
    kits: tuple[tuple[str, int], ...]

    @property
    def number(self) -> int:
        """All kits of it."""
        return sum(kits for _, kits in self.kits)


@dataclass(frozen=True, slots=True)
class SentFigures:
    """What one plan sends; kits are those to sites, by blinding group."""

    consignments: int
    to_sites: int
    to_depots: int
    places: int
    kits: Mapping[str, int]
    first: date | None
    last: date | None

    @property
    def all_kits(self) -> int:
        """Kits of all groups to sites."""
        return sum(self.kits.values())

    @property
    def kits_each(self) -> float:
        """Kits to sites by consignment, in the mean."""
        return self.all_kits / self.to_sites if self.to_sites else 0.0


class SentChange(NamedTuple):
    """A consignment before and after."""

    kind: ChangeKind
    before: GroupsSent | None
    after: GroupsSent | None

    @property
    def shown(self) -> GroupsSent:
        """The one that is there, the later of both."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change is one of a consignment")
        return found


class LaneSent(NamedTuple):
    """What a plan sends on one lane."""

    lane: str
    origin: str
    place: str
    consignments: int
    kits: int
    first: date


class Stands(NamedTuple):
    """Where a depot or site stands; `central`: no other depot supplies it."""

    country: str
    central: bool = False


NOWHERE = Stands("")
"""A place that the study does not know any more."""


def sent_figures(sent: Sequence[GroupsSent]) -> SentFigures:
    """What these consignments come to."""
    to_sites = [one for one in sent if not one.to_depot]
    kits: Counter[str] = Counter()
    for one in to_sites:
        kits.update(dict(one.kits))
    return SentFigures(
        consignments=len(sent),
        to_sites=len(to_sites),
        to_depots=len(sent) - len(to_sites),
        places=len({one.place for one in to_sites}),
        kits=dict(sorted(kits.items())),
        first=min((one.leaves for one in sent), default=None),
        last=max((one.leaves for one in sent), default=None),
    )


def sent_changes(before: Iterable[GroupsSent], after: Iterable[GroupsSent]) -> tuple[SentChange, ...]:
    """What differs on each lane and class, by the day it leaves."""
    old, new = _by_lane(before), _by_lane(after)
    found = [
        SentChange(*pair)
        for key in sorted(set(old) | set(new))
        for pair in paired(old.get(key, {}), new.get(key, {}))
    ]
    return tuple(sorted(found, key=lambda one: (one.shown.leaves, one.shown.lane, one.shown.storage)))


def kits_by_week(sent: Iterable[GroupsSent], first: date, weeks: int) -> list[int]:
    """Kits sent to sites by the end of each week from `first` on, added up."""
    each = [0] * weeks
    for one in sent:
        week = (one.leaves - first) // timedelta(days=WEEK_DAYS)
        if not one.to_depot and week < weeks:
            each[max(week, 0)] += one.number
    return [*accumulate(each)]


def lanes_sent(sent: Iterable[GroupsSent]) -> tuple[LaneSent, ...]:
    """Every lane used, by its name."""
    lanes: dict[str, list[GroupsSent]] = defaultdict(list)
    for one in sent:
        lanes[one.lane].append(one)
    return tuple(
        LaneSent(
            lane,
            found[0].origin,
            found[0].place,
            len(found),
            sum(one.number for one in found),
            min(one.leaves for one in found),
        )
        for lane, found in sorted(lanes.items())
    )


def sent_grams(
    sent: Iterable[GroupsSent], places: Mapping[str, Stands], factors: CarbonFactors, box_kits: int
) -> dict[str, int]:
    """Grams of CO2 equivalent by lane, in order of name; boxes hold so many kits, whichever they are.

    As in plans, what leaves a central depot counts as sent abroad.
    """
    grams: Counter[str] = Counter()
    for one in sent:
        origin, place = places.get(one.origin, NOWHERE), places.get(one.place, NOWHERE)
        near = not origin.central and origin.country == place.country
        far = Distance.HOME if near else Distance.ABROAD
        boxes, days = -(-one.number // box_kits), (one.arrives - one.leaves).days
        grams[one.lane] += factors.grams(
            Journey(one.lane, one.place, place.country, days, far, boxes, boxes * box_kits)
        )
    return dict(sorted(grams.items()))


def _by_lane(sent: Iterable[GroupsSent]) -> dict[tuple[str, str], dict[date, GroupsSent]]:
    lanes: dict[tuple[str, str], dict[date, GroupsSent]] = defaultdict(dict)
    for one in sent:
        lanes[one.lane, one.storage][one.leaves] = one
    return lanes
