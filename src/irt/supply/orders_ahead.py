"""Orders that nights to come would raise, by the study's own rule; and what differs between two versions.

Night after night the rule looks at the network, its orders travel, and visits that are due use up kits; what goes
home leaves its depot on the day of the visit. Nobody new is enrolled, no depot is filled up, nobody comes late:
what differs between two versions is their own doing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from irt.supply.calendar import is_review_day
from irt.supply.kit_selection import label_fits
from irt.supply.planner import (
    DepotView,
    Level,
    LotStock,
    NetworkView,
    OnTheWay,
    ProposedShipment,
    ResupplyPlanner,
    SiteView,
)

Pile = tuple[str, str, date]
"""Kit type, lot, expiry."""


class OrderAhead(NamedTuple):
    """What would leave for a site, or for the homes of a country, on a day: kits by type, or by blinding group."""

    site: str
    on: date
    kits: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class OrdersDiffer:
    """Orders of one kind of kit for one site, (day, kits) each, as they would be under either version."""

    site: str
    what: str
    before: tuple[tuple[date, int], ...]
    after: tuple[tuple[date, int], ...]

    @property
    def kits_before(self) -> int:
        """Kits in all under the earlier version."""
        return sum(kits for _, kits in self.before)

    @property
    def kits_after(self) -> int:
        """Kits in all under the later version."""
        return sum(kits for _, kits in self.after)


def orders_ahead(
    planner: ResupplyPlanner, network: NetworkView, day: date, nights: int, settings: Mapping[str, Any]
) -> tuple[OrderAhead, ...]:
    """The orders of so many nights from `day` on, in order of day: what goes home, then sites by depot."""
    play = _Play.of(network)
    found: list[OrderAhead] = []
    for night in range(nights):
        today = day + timedelta(days=night)
        found += play.send_home(network.homes, today, first=night == 0)
        if is_review_day(today, settings.get("review_days", 1)):
            proposed = planner.plan(play.seen(network, first=night == 0), today, settings)
            found += [_order(shipment) for shipment in proposed]
            play.send(proposed, network)
        play.pass_day(today)
    return tuple(found)


def orders_differing(before: Iterable[OrderAhead], after: Iterable[OrderAhead]) -> tuple[OrdersDiffer, ...]:
    """Sites and kinds of kit whose orders are not the same, by site and kind."""
    old, new = _by_kind(before), _by_kind(after)
    return tuple(
        OrdersDiffer(*key, old.get(key, ()), new.get(key, ()))
        for key in sorted({*old, *new})
        if old.get(key, ()) != new.get(key, ())
    )


def in_groups(network: NetworkView, groups: Mapping[str, str]) -> NetworkView:
    """The network as if each blinding group were one kind of kit: sums of what blinded people can count.

    `groups`: kit type -> blinding group. Of windows that differ within a group the longest holds.
    """
    depots = {
        code: DepotView(code, tuple(_stock_in_groups(depot.stock, groups)))
        for code, depot in network.depots.items()
    }
    sites, homes = (tuple(_site_in_groups(one, groups) for one in each) for each in (network.sites, network.homes))
    return replace(network, depots=depots, sites=sites, homes=homes)


def settings_in_groups(settings: Mapping[str, Any], groups: Mapping[str, str]) -> dict[str, Any]:
    """The settings of a rule that is told of blinding groups."""
    told = {**settings, "groups": {group: group for group in groups.values()}}
    if "block" in settings:
        told["block"] = _summed(settings["block"], groups)
    if "assumed" in settings:
        days: dict[str, Counter[int]] = defaultdict(Counter)
        for kit_type, visits in settings["assumed"].block_kits.items():
            for day, kits in visits:
                days[groups[kit_type]][day] += kits
        kits_of = {group: tuple(sorted(found.items())) for group, found in days.items()}
        told["assumed"] = replace(settings["assumed"], block_kits=kits_of)
    return told


def _order(shipment: ProposedShipment) -> OrderAhead:
    kits: Counter[str] = Counter()
    for line in shipment.lines:
        kits[line.kit_type] += line.kits
    return OrderAhead(shipment.site, shipment.dispatch_on, tuple(sorted(kits.items())))


def _by_kind(orders: Iterable[OrderAhead]) -> dict[tuple[str, str], tuple[tuple[date, int], ...]]:
    found: dict[tuple[str, str], list[tuple[date, int]]] = defaultdict(list)
    for order in orders:
        for kind, kits in order.kits:
            found[order.site, kind].append((order.on, kits))
    return {key: tuple(sorted(each)) for key, each in found.items()}


@dataclass(slots=True)
class _Shelf:
    """One site as nights pass: kits there, kits on the way, kits that visits will use."""

    site: SiteView
    stock: Counter[Pile]
    coming: list[OnTheWay]
    need: dict[str, Sequence[tuple[date, int]]]

    def seen(self, *, first: bool) -> SiteView:
        """As the rule sees it tonight."""
        stock = tuple(LotStock(*pile, kits) for pile, kits in sorted(self.stock.items()) if kits)
        late = self.site.past_cut_off and first
        need = dict(self.need)
        return self.site._replace(stock=stock, on_the_way=tuple(self.coming), expected_need=need, past_cut_off=late)

    def pass_day(self, today: date) -> None:
        """What is due arrives, and the visits of the day take the kits that expire first."""
        for one in self.coming:
            if one.due <= today:
                self.stock[one.kit_type, one.lot, one.expiry] += one.kits
        self.coming = [one for one in self.coming if one.due > today]
        for kind, visits in self.need.items():
            self._take(kind, sum(kits for on, kits in visits if on <= today), today)
            self.need[kind] = [one for one in visits if one[0] > today]

    def _take(self, kind: str, kits: int, today: date) -> None:
        for pile in sorted((p for p in self.stock if p[0] == kind and p[2] >= today), key=lambda p: (p[2], p[1])):
            taken = min(kits, self.stock[pile])
            self.stock[pile] -= taken
            kits -= taken


@dataclass(slots=True)
class _Play:
    """Shelves by site number, what depots have left, and what licences still cover."""

    shelves: dict[str, _Shelf]
    depots: dict[str, Counter[tuple[str, Pile]]]
    import_left: dict[str, int]

    @classmethod
    def of(cls, network: NetworkView) -> "_Play":
        """As the network stands."""
        shelves = {
            site.number: _Shelf(site, _counted(site.stock), list(site.on_the_way), {**site.expected_need})
            for site in network.sites
        }
        depots = {
            code: Counter({(label, (one.kit_type, one.lot, one.expiry)): one.kits for label, one in depot.stock})
            for code, depot in network.depots.items()
        }
        return cls(shelves, depots, {**network.import_left})

    def seen(self, network: NetworkView, *, first: bool) -> NetworkView:
        """The network tonight."""
        depots = {
            code: DepotView(
                code, tuple((label, LotStock(*pile, kits)) for (label, pile), kits in left.items() if kits)
            )
            for code, left in self.depots.items()
        }
        sites = tuple(self.shelves[site.number].seen(first=first) for site in network.sites)
        return replace(network, depots=depots, sites=sites, import_left={**self.import_left})

    def send(self, shipments: Iterable[ProposedShipment], network: NetworkView) -> None:
        """Takes the orders out of their depots and puts them on the way."""
        for shipment in shipments:
            shelf = self.shelves[shipment.site]
            due = shipment.dispatch_on + timedelta(days=shelf.site.lead_time_days)
            for line in shipment.lines:
                fitting = self._fitting(shipment.depot, shelf.site, line.kit_type, line.lot)
                for (_, pile), taken in self._taken(shipment.depot, fitting, line.kits):
                    shelf.coming.append(OnTheWay(*pile, taken, due))
                if licence := shelf.site.import_keys.get(line.kit_type):
                    self.import_left[licence] -= line.kits

    def send_home(self, homes: Iterable[SiteView], today: date, *, first: bool) -> Iterator[OrderAhead]:
        """Parcels of the day's visits leave their depots as far as these have kits; at first, older ones too."""
        for home in homes:
            kits: Counter[str] = Counter()
            for kind, visits in home.expected_need.items():
                due = sum(many for on, many in visits if on == today or (first and on < today))
                fitting = self._fit_for_home(home, kind, today)
                kits[kind] = sum(taken for _, taken in self._taken(home.depot, fitting, due))
                if licence := home.import_keys.get(kind):
                    self.import_left[licence] -= kits[kind]
            if sent := tuple(sorted((kind, many) for kind, many in kits.items() if many)):
                yield OrderAhead(home.number, today, sent)

    def _taken(
        self, depot: str, fitting: Iterable[tuple[str, Pile]], kits: int
    ) -> Iterator[tuple[tuple[str, Pile], int]]:
        """Takes so many kits out of these piles, one after the other: what was taken of each."""
        for key in fitting:
            taken = min(kits, self.depots[depot][key])
            self.depots[depot][key] -= taken
            kits -= taken
            if taken:
                yield key, taken

    def _fit_for_home(self, home: SiteView, kind: str, today: date) -> list[tuple[str, Pile]]:
        """Piles of a kind with the country's label that may go there yet, those that expire first at the front."""
        if kind in home.barred:
            return []
        edge, lots = today + timedelta(days=home.dns_days.get(kind, 0)), home.approved_lots
        here = (
            (label, pile)
            for label, pile in self.depots[home.depot]
            if pile[0] == kind and pile[2] >= edge and label_fits(label, home.label_group)
        )
        fitting = (key for key in here if lots is None or key[1][1] in lots)
        return sorted(fitting, key=lambda key: (key[1][2], key[0] != home.label_group, key[1][1]))

    def pass_day(self, today: date) -> None:
        """A day at every site."""
        for shelf in self.shelves.values():
            shelf.pass_day(today)

    def _fitting(self, depot: str, site: SiteView, kit_type: str, lot: str) -> list[tuple[str, Pile]]:
        """Piles of a lot as a depot uses them up: the site's own label before others."""
        here = (key for key in self.depots[depot] if key[1][:2] == (kit_type, lot))
        return sorted(here, key=lambda key: (key[0] != site.label_group, key[1][2], key[0]))


def _counted(stock: Iterable[LotStock]) -> Counter[Pile]:
    found: Counter[Pile] = Counter()
    for one in stock:
        found[one.kit_type, one.lot, one.expiry] += one.kits
    return found


def _summed(kits: Mapping[str, int], groups: Mapping[str, str]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for kit_type, number in kits.items():
        found[groups[kit_type]] += number
    return dict(found)


def _stock_in_groups(
    stock: Iterable[tuple[str, LotStock]], groups: Mapping[str, str]
) -> Iterator[tuple[str, LotStock]]:
    found: Counter[tuple[str, Pile]] = Counter()
    for label, one in stock:
        found[label, (groups[one.kit_type], one.lot, one.expiry)] += one.kits
    for (label, pile), kits in sorted(found.items()):
        yield label, LotStock(*pile, kits)


def _site_in_groups(site: SiteView, groups: Mapping[str, str]) -> SiteView:
    need: dict[str, Counter[date]] = defaultdict(Counter)
    for kit_type, visits in site.expected_need.items():
        for day, kits in visits:
            need[groups[kit_type]][day] += kits
    coming: Counter[tuple[str, str, date, date]] = Counter()
    for one in site.on_the_way:
        coming[groups[one.kit_type], one.lot, one.expiry, one.due] += one.kits
    return site._replace(
        stock=tuple(one for _, one in _stock_in_groups((("", each) for each in site.stock), groups)),
        on_the_way=tuple(
            OnTheWay(group, lot, expiry, kits, due) for (group, lot, expiry, due), kits in sorted(coming.items())
        ),
        levels=_levels_in_groups(site.levels, groups),
        dnc_days=_longest(site.dnc_days, groups),
        dns_days=_longest(site.dns_days, groups),
        expected_need={group: sorted(days.items()) for group, days in need.items()},
        barred={groups[kit_type]: why for kit_type, why in site.barred.items() if kit_type in groups},
        import_keys={groups[kit_type]: key for kit_type, key in site.import_keys.items() if kit_type in groups},
        treated=(),
        serves=(),
    )


def _levels_in_groups(levels: Mapping[str, Level], groups: Mapping[str, str]) -> dict[str, Level]:
    found: dict[str, Level] = {}
    for kit_type, level in sorted(levels.items()):
        so_far = found.get(groups[kit_type], Level(0, 0))
        found[groups[kit_type]] = Level(
            so_far.minimum + level.minimum,
            so_far.maximum + level.maximum,
            max(so_far.trigger_days, level.trigger_days),
            max(so_far.resupply_days, level.resupply_days),
        )
    return found


def _longest(days: Mapping[str, int], groups: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for kit_type, many in days.items():
        if kit_type in groups:
            found[groups[kit_type]] = max(found.get(groups[kit_type], 0), many)
    return found
