"""Min/max resupply: where stock that counts falls below the minimum, order up to the maximum.

Kits count while on site and not past their do-not-count window, or on their way. In a blinded study every type of
a blinding group is topped up as soon as one is low, so that the size of a shipment follows from what blinded people
can count themselves. A depot that cannot serve all fills sites up to their minimum first, then up to their maximum,
each time the site with the lowest cover first, then by site number; within a type the lot that expires first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from irt.supply.expiry import outlasts
from irt.supply.kit_selection import ANY_LABEL, label_fits
from irt.supply.planner import (
    DepotView,
    Level,
    NetworkView,
    ProposedLine,
    ProposedShipment,
    SiteView,
)


class MinMax:
    """The plain trigger and resupply level.

    Settings: `groups`, kit type -> blinding group, and `consolidate`, whether groups are topped up together.
    """

    name = "min_max"

    def plan(self, network: NetworkView, day: date, settings: Mapping[str, Any]) -> list[ProposedShipment]:
        """Shipments to propose on `day`, in order of depot and site; never more than a depot holds."""
        needs: dict[str, list[_Need]] = defaultdict(list)
        for site in network.sites:
            for need in _needs(site, day, settings):
                needs[site.depot].append(need)
        return [
            shipment for depot in sorted(needs) for shipment in _share(network.depots[depot], needs[depot], day)
        ]


def explain(site: SiteView, day: date, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What was counted at a site on a day, by kit type, and why an order follows or not."""
    counts = _count(site, day)
    return {need.kit_type: need.told() for need in _judge(site, counts, _low(site, counts), settings)}


class _Counts(NamedTuple):
    """Kits of one type that count for a site, and those too near their expiry to count."""

    on_site: int
    on_the_way: int
    past_dnc: int

    @property
    def considered(self) -> int:
        return self.on_site + self.on_the_way


@dataclass(slots=True)
class _Need:
    """One kit type at one site: what counts, what is wanted and what has been granted so far."""

    site: SiteView
    kit_type: str
    level: Level
    counts: _Counts
    why: str
    wanted: int
    granted: Counter[str] = field(default_factory=Counter)
    refused_lots: dict[str, str] = field(default_factory=dict)

    @property
    def cover(self) -> Fraction:
        return Fraction(self.counts.considered, max(self.level.minimum, 1))

    @property
    def missing(self) -> int:
        return self.wanted - self.granted.total()

    def told(self) -> dict[str, Any]:
        return {
            **self.counts._asdict(),
            "considered": self.counts.considered,
            "minimum": self.level.minimum,
            "maximum": self.level.maximum,
            "why": self.why,
            "wanted": self.wanted,
            "granted": dict(self.granted),
            "short": self.missing,
            "lots_refused": self.refused_lots,
        }


def _needs(site: SiteView, day: date, settings: Mapping[str, Any]) -> list[_Need]:
    """The kit types of a site if any is low, else nothing."""
    counts = _count(site, day)
    low = _low(site, counts)
    return _judge(site, counts, low, settings) if low else []


def _low(site: SiteView, counts: Mapping[str, _Counts]) -> frozenset[str]:
    return frozenset(
        kit_type for kit_type, level in site.levels.items() if counts[kit_type].considered < level.minimum
    )


def _judge(
    site: SiteView, counts: Mapping[str, _Counts], low: frozenset[str], settings: Mapping[str, Any]
) -> list[_Need]:
    groups = settings.get("groups", {}) if settings.get("consolidate") else {}
    low_groups = {groups[kit_type] for kit_type in low if kit_type in groups}
    needs = []
    for kit_type, level in sorted(site.levels.items()):
        why = "enough stock"
        if kit_type in low:
            why = "below minimum"
        elif groups.get(kit_type) in low_groups:
            why = "topped up with its blinding group"
        wanted = 0 if why == "enough stock" else max(level.maximum - counts[kit_type].considered, 0)
        needs.append(_Need(site, kit_type, level, counts[kit_type], why, wanted))
    return needs


def _count(site: SiteView, day: date) -> dict[str, _Counts]:
    found = {kit_type: [0, 0, 0] for kit_type in site.levels}
    for kit_type, _, expiry, kits in site.stock:
        if kit_type in found:
            found[kit_type][0 if _counts(site, kit_type, expiry, day) else 2] += kits
    for kit_type, _, expiry, kits, _ in site.on_the_way:
        if kit_type in found:
            found[kit_type][1 if _counts(site, kit_type, expiry, day) else 2] += kits
    return {kit_type: _Counts(*kits) for kit_type, kits in found.items()}


def _counts(site: SiteView, kit_type: str, expiry: date, day: date) -> bool:
    return outlasts(expiry, day, site.dnc_days.get(kit_type, 0))


class _Pile(NamedTuple):
    """Kits of a depot that are alike for a planner, ordered as they are used up."""

    expiry: date
    lot: str
    kit_type: str
    label: str


def _share(depot: DepotView, needs: list[_Need], day: date) -> Iterator[ProposedShipment]:
    left: Counter[_Pile] = Counter()
    for label, stock in depot.stock:
        left[_Pile(stock.expiry, stock.lot, stock.kit_type, label)] += stock.kits
    for target in ("minimum", "maximum"):
        for need in sorted(needs, key=lambda n: (n.cover, n.site.number, n.kit_type)):
            _grant(need, _up_to(need, target), left, day)
    by_site: dict[str, list[_Need]] = defaultdict(list)
    for need in needs:
        by_site[need.site.number].append(need)
    for number in sorted(by_site):
        shipment = _shipment(depot.code, by_site[number], day)
        if shipment.lines:
            yield shipment


def _up_to(need: _Need, target: str) -> int:
    """Kits still to be granted for a need to reach its minimum, or all that is wanted."""
    if target == "maximum":
        return need.missing
    return min(need.missing, max(need.level.minimum - need.counts.considered, 0))


def _grant(need: _Need, kits: int, left: Counter[_Pile], day: date) -> None:
    if kits <= 0:
        return
    arrival = _arrival(need.site, day)
    # Kits with the site's own label go before those that could go anywhere.
    piles = sorted((p for p in left if p.kit_type == need.kit_type), key=lambda p: (p[:3], p.label == ANY_LABEL))
    for pile in piles:
        if rule := _refusal(need.site, pile, arrival):
            need.refused_lots[pile.lot] = rule
            continue
        taken = min(kits, left[pile])
        if taken:
            need.granted[pile.lot] += taken
            left[pile] -= taken
            kits -= taken


def _refusal(site: SiteView, pile: _Pile, arrival: date) -> str | None:
    """The rule that keeps a lot from a site, if any: label, approval, or its do-not-ship window at arrival."""
    if not label_fits(pile.label, site.label_group):
        return "label not for there"
    if site.approved_lots is not None and pile.lot not in site.approved_lots:
        return "lot not approved there"
    if not outlasts(pile.expiry, arrival, site.dns_days.get(pile.kit_type, 0)):
        return "do not ship"
    return None


def _arrival(site: SiteView, day: date) -> date:
    return site.calendar.dispatch_on(day, site.past_cut_off) + timedelta(days=site.lead_time_days)


def _shipment(depot: str, needs: list[_Need], day: date) -> ProposedShipment:
    site = needs[0].site
    lines = [ProposedLine(need.kit_type, lot, kits) for need in needs for lot, kits in sorted(need.granted.items())]
    return ProposedShipment(
        depot=depot,
        site=site.number,
        lines=tuple(lines),
        dispatch_on=site.calendar.dispatch_on(day, site.past_cut_off),
        trace={
            "planner": MinMax.name,
            "day": day.isoformat(),
            "arrival": _arrival(site, day).isoformat(),
            "rule": "considered = on_site + on_the_way; if considered < minimum: wanted = maximum - considered",
            "kit_types": {need.kit_type: need.told() for need in needs},
        },
    )
