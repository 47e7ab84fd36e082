"""Where every planner of shipments meets the rest: one Protocol, network-wide.

Min/max implements it here; the optimizer and the simulator use the same values without a database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from irt.study.course import KitsOf, Treated
from irt.supply.calendar import EVERY_DAY, DispatchCalendar
from irt.supply.imports import ImportWindow

NOTHING: Mapping[str, Any] = MappingProxyType({})


class LotStock(NamedTuple):
    """Kits of one type and one blinded lot that lie at one place."""

    kit_type: str
    lot: str
    expiry: date
    kits: int


class OnTheWay(NamedTuple):
    """Kits of one type and one blinded lot due at a place on a day."""

    kit_type: str
    lot: str
    expiry: date
    kits: int
    due: date


@dataclass(frozen=True, slots=True)
class Level:
    """Order up to `maximum` when fewer than `minimum` count as stock; the windows are for planners that predict."""

    minimum: int
    maximum: int
    trigger_days: int = 0
    resupply_days: int = 0


class OtherWay(NamedTuple):
    """A further way to a place that plans may take, with what may travel on it now; cents where it has own prices.

    Barred, import keys and the cut-off are as they are of the place's own lane.
    """

    code: str
    depot: str
    lead_time_days: int
    calendar: DispatchCalendar = EVERY_DAY
    past_cut_off: bool = False
    barred: Mapping[str, str] = NOTHING
    import_keys: Mapping[str, str] = NOTHING
    consignment_cents: int | None = None
    travel_cents: int | None = None


class EnrolledSoFar(NamedTuple):
    """Subjects randomized at a site in the days since it opened."""

    subjects: int
    open_days: int


class SiteView(NamedTuple):
    """A place to be supplied as a planner sees it: usable stock, kits on the way, need, settings in force today.

    Mostly a site; a regional depot under its code looks the same, and takes kits with any of its `labels`.
    `barred`: kit types that may not travel now, and why. `import_keys`: under which of the network's `import_left`
    a kit type is counted.

    `past_cut_off` tells that an order given now misses the depot's dispatch of the planned day. `expected_need` is
    that of the site's own subjects; `treated`: they themselves, where chances are asked for. `in_screening` may
    still be randomized; `enrolled` is known to those who expect new ones. A depot `serves` sites, whose need it is
    to meet. `kits_of`: of which visits the place has the kits; `expected_need` holds no others, `treated` all.
    Nothing is sent from `stops_on` on. `other_ways` are for plans; `way`: which of them it is seen from.
    """

    number: str
    country: str
    label_group: str
    depot: str
    lead_time_days: int
    calendar: DispatchCalendar = EVERY_DAY
    past_cut_off: bool = False
    stock: tuple[LotStock, ...] = ()
    on_the_way: tuple[OnTheWay, ...] = ()
    levels: Mapping[str, Level] = NOTHING
    dnc_days: Mapping[str, int] = NOTHING
    dns_days: Mapping[str, int] = NOTHING
    approved_lots: frozenset[str] | None = None
    expected_need: Mapping[str, Sequence[tuple[date, int]]] = NOTHING
    in_screening: int = 0
    treated: tuple[Treated, ...] = ()
    stops_on: date | None = None
    has_lane: bool = True
    labels: frozenset[str] = frozenset()
    barred: Mapping[str, str] = NOTHING
    import_keys: Mapping[str, str] = NOTHING
    enrolled: EnrolledSoFar | None = None
    serves: tuple["SiteView", ...] = ()
    other_ways: tuple[OtherWay, ...] = ()
    way: OtherWay | None = None
    kits_of: KitsOf = KitsOf.EVERY_VISIT

    @property
    def every_way(self) -> "tuple[SiteView, ...]":
        """The place by its own lane, and as it looks from each other way."""
        return (self, *(self._by(way) for way in self.other_ways))

    def by(self, code: str) -> "SiteView | None":
        """The place from the way of that code, its own lane for none; None where there is no such way any more."""
        if not code:
            return self
        return next((self._by(way) for way in self.other_ways if way.code == code), None)

    def _by(self, way: OtherWay) -> "SiteView":
        return self._replace(
            depot=way.depot,
            lead_time_days=way.lead_time_days,
            calendar=way.calendar,
            past_cut_off=way.past_cut_off,
            barred=way.barred,
            import_keys=way.import_keys,
            way=way,
        )

    def stopped(self, day: date) -> bool:
        """Whether nothing is sent there any more."""
        return self.stops_on is not None and day >= self.stops_on


@dataclass(frozen=True, slots=True)
class DepotView:
    """A depot's stock that may be shipped, by lot and label group."""

    code: str
    stock: tuple[tuple[str, LotStock], ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkView:
    """The whole network on one day; `regional`: depots are kept up to levels of their own.

    `import_left`: kits that import licences still cover, by country and blinding group. `import_windows`: when
    goods may leave for a country, where it needs a licence. `homes`: those of each country that depots send kits
    to, all of a country together; they are no places to be supplied.
    """

    depots: Mapping[str, DepotView]
    sites: tuple[SiteView, ...]
    regional: bool = False
    import_left: Mapping[str, int] = field(default_factory=dict)
    import_windows: Mapping[str, tuple[ImportWindow, ...]] = field(default_factory=dict)
    homes: tuple[SiteView, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """So many kits of one type from one blinded lot; with a label group where the place takes several."""

    kit_type: str
    lot: str
    kits: int
    label: str | None = None


@dataclass(frozen=True, slots=True)
class ProposedShipment:
    """A shipment a planner proposes, and how it came to it: inputs, formula, result.

    `lead_time_days`: where it does not go by the place's own lane.
    """

    depot: str
    site: str
    lines: tuple[ProposedLine, ...]
    dispatch_on: date
    trace: Mapping[str, Any]
    lead_time_days: int | None = None


class ResupplyPlanner(Protocol):
    """Answers, for the whole network: what should leave which depot for which site today?"""

    @property
    def name(self) -> str:
        """Its short name, as runs keep it."""
        ...

    def plan(self, network: NetworkView, day: date, settings: Mapping[str, Any]) -> list[ProposedShipment]:
        """Shipments to propose on `day`, in order of depot and site; never more than a depot holds.

        Settings: `groups`, kit type -> blinding group; `consolidate`, whether groups are topped up together;
        `review_days`, after how many days the next plan is made; `protection`, `least_kits` and `block`, how an
        order tells no arm; `assumed`, what is assumed of subjects; `by_rounds`, whether no clock may end it.
        """
        ...
