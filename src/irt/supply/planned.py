"""A consignment that was planned with its lots, held against the network as it stands when it is to leave."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from irt.supply.expiry import outlasts
from irt.supply.imports import USED_UP
from irt.supply.kit_selection import ANY_LABEL, label_fits
from irt.supply.planner import NOTHING, NetworkView, ProposedLine, ProposedShipment, SiteView
from irt.supply.resupply import STOPPED, Formula, needs_by_hand

GONE = "the depot does not have these kits any more"
NOT_SUPPLIED = "the place is not supplied now"
PLANNED = "as planned"
OTHER_LANE = "another depot supplies the place now"
NO_WAY = "the way is not in the study any more"


class PlannedKits(NamedTuple):
    """So many kits of one type from one blinded lot under one label."""

    kit_type: str
    lot: str
    label: str
    kits: int


class PlannedDispatch(NamedTuple):
    """What is to leave a depot for a place on a day; `way`: another than the place's own lane."""

    depot: str
    place: str
    dispatch_on: date
    kits: tuple[PlannedKits, ...]
    way: str = ""


class Departures:
    """Planned consignments one after the other, each out of what the ones before it have left."""

    def __init__(self, network: NetworkView, day: date) -> None:
        self._places = {site.number: site for site in network.sites}
        self._network, self._day = network, day
        self._import_left = dict(network.import_left)
        self._piles: dict[str, Counter[tuple[str, str, str]]] = {}
        self._expiries: dict[str, dict[tuple[str, str, str], date]] = defaultdict(dict)

    def why_not(self, planned: PlannedDispatch) -> str:
        """The first rule that keeps the consignment here; empty where it may leave."""
        place = self._places.get(planned.place)
        site = place.by(planned.way) if place else None
        if site is None:
            return NO_WAY if place else NOT_SUPPLIED
        if site.depot != planned.depot:
            return OTHER_LANE
        leaves_on = self._leaves_on(site, planned)
        if site.stopped(leaves_on):
            return STOPPED
        arrival = leaves_on + timedelta(days=site.lead_time_days)
        left = self._piles_of(planned.depot)
        wanted: Counter[tuple[str, str, str]] = Counter()
        for line in planned.kits:
            wanted[line[:3]] += line.kits
        for pile, kits in sorted(wanted.items()):
            if kits > left[pile]:
                return GONE
            if rule := _unfit(site, pile, self._expiries[planned.depot][pile], arrival):
                return rule
        return self._import_refusal(site, wanted)

    def refitted(self, planned: PlannedDispatch) -> PlannedDispatch:
        """As many kits of the same types as may leave, of the lots that expire first among those that are fit."""
        site = self._seen(planned)
        arrival = self._leaves_on(site, planned) + timedelta(days=site.lead_time_days)
        left, expiries = self._piles_of(planned.depot), self._expiries[planned.depot]
        wanted: Counter[str] = Counter()
        for line in planned.kits:
            wanted[line.kit_type] += line.kits
        taken: list[PlannedKits] = []
        for pile in sorted(left, key=lambda pile: (expiries[pile], pile[1], pile[2] == ANY_LABEL, pile[2])):
            kits = min(wanted[pile[0]], left[pile])
            if kits and not _unfit(site, pile, expiries[pile], arrival):
                taken.append(PlannedKits(*pile, kits))
                wanted[pile[0]] -= kits
        return planned._replace(kits=tuple(sorted(taken)))

    def propose(
        self, planned: PlannedDispatch, formula: Formula, facts: Mapping[str, Any] = NOTHING
    ) -> ProposedShipment:
        """The consignment as a shipment, its kits taken off what is left; `why_not` was asked before."""
        site = self._seen(planned)
        leaves_on = self._leaves_on(site, planned)
        for line in planned.kits:
            self._piles_of(planned.depot)[line[:3]] -= line.kits
            if key := site.import_keys.get(line.kit_type):
                self._import_left[key] -= line.kits
        return ProposedShipment(
            depot=planned.depot,
            site=planned.place,
            lines=tuple(ProposedLine(kit.kit_type, kit.lot, kit.kits, kit.label) for kit in planned.kits),
            dispatch_on=leaves_on,
            trace={
                "planner": formula.planner,
                "day": self._day.isoformat(),
                "arrival": (leaves_on + timedelta(days=site.lead_time_days)).isoformat(),
                "rule": formula.rule,
                "kit_types": _told(site, self._day, planned.kits),
                **facts,
            },
            lead_time_days=site.lead_time_days if planned.way else None,
        )

    def _seen(self, planned: PlannedDispatch) -> SiteView:
        """The place from its way, which is known to be there."""
        place = self._places[planned.place]
        return place.by(planned.way) or place

    def _leaves_on(self, site: SiteView, planned: PlannedDispatch) -> date:
        """Its own day, or the lane's next one where that is a holiday or the cut-off has passed."""
        past_cut_off = site.past_cut_off and planned.dispatch_on == self._day
        return site.calendar.dispatch_on(planned.dispatch_on, past_cut_off)

    def _piles_of(self, depot: str) -> Counter[tuple[str, str, str]]:
        if depot not in self._piles:
            piles: Counter[tuple[str, str, str]] = Counter()
            known = self._network.depots[depot].stock if depot in self._network.depots else ()
            for label, stock in known:
                pile = (stock.kit_type, stock.lot, label)
                piles[pile] += stock.kits
                earliest = self._expiries[depot].get(pile, stock.expiry)
                self._expiries[depot][pile] = min(earliest, stock.expiry)
            self._piles[depot] = piles
        return self._piles[depot]

    def _import_refusal(self, site: SiteView, wanted: Counter[tuple[str, str, str]]) -> str:
        imported: Counter[str] = Counter()
        for (kit_type, _, _), kits in wanted.items():
            if key := site.import_keys.get(kit_type):
                imported[key] += kits
        return USED_UP if any(kits > self._import_left[key] for key, kits in imported.items()) else ""


def _unfit(site: SiteView, pile: tuple[str, str, str], expiry: date, arrival: date) -> str:
    kit_type, lot, label = pile
    if reason := site.barred.get(kit_type):
        return reason
    if label not in site.labels and not label_fits(label, site.label_group):
        return "label not for there"
    if site.approved_lots is not None and lot not in site.approved_lots:
        return "lot not approved there"
    return "" if outlasts(expiry, arrival, site.dns_days.get(kit_type, 0)) else "do not ship"


def _told(site: SiteView, day: date, kits: Sequence[PlannedKits]) -> dict[str, Any]:
    """What counted there of each type, and what is sent."""
    wanted: Counter[str] = Counter()
    for line in kits:
        wanted[line.kit_type] += line.kits
    needs = needs_by_hand(site, day, wanted, PLANNED)
    for need in needs:
        for line in kits:
            if line.kit_type == need.kit_type:
                need.granted[line.lot] += line.kits
    return {need.kit_type: need.told() for need in needs}
