"""Min/max resupply: where stock that counts falls below the minimum, order up to the maximum.

Kits count while on site and not past their do-not-count window, or on their way. In a blinded study every type of
a blinding group is topped up as soon as one is low, so that the size of a shipment follows from what blinded people
can count themselves. A depot that cannot serve all fills sites up to their minimum first, then up to their maximum,
each time the site with the lowest cover first, then by site number; within a type the lot that expires first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from irt.study.course import KitsOf
from irt.supply.expiry import outlasts
from irt.supply.imports import USED_UP
from irt.supply.kit_selection import ANY_LABEL, label_fits
from irt.supply.planner import (
    NOTHING,
    DepotView,
    Level,
    NetworkView,
    ProposedLine,
    ProposedShipment,
    SiteView,
)
from irt.supply.protection import Due, protected

STOPPED = "supply stopped"
ENOUGH = "enough stock"
TOPPED_UP = "topped up with its blinding group"
BELOW = "below minimum"


class MinMax:
    """The plain trigger and resupply level.

    Settings: `groups`, kit type -> blinding group, and `consolidate`, whether groups are topped up together.
    """

    name = "min_max"

    def plan(self, network: NetworkView, day: date, settings: Mapping[str, Any]) -> list[ProposedShipment]:
        """Shipments to propose on `day`, in order of depot and site; never more than a depot holds."""
        needs = (need for site in network.sites for need in needs_of(site, day, settings))
        return share_out(network, needs, day, Formula(self.name, RULE))


RULE = "considered = on_site + on_the_way; if considered < minimum: wanted = maximum - considered"


class Formula(NamedTuple):
    """Which planner speaks, and its rule in one line."""

    planner: str
    rule: str


def explain(site: SiteView, day: date, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What was counted at a site on a day, by kit type, and why an order follows or not."""
    return {need.kit_type: need.told() for need in judged(site, day, settings)}


def judged(
    site: SiteView, day: date, settings: Mapping[str, Any], basis: Mapping[str, Mapping[str, Any]] = NOTHING
) -> list["Need"]:
    """Every kit type of a site, wanted or not; `basis` is told with each type."""
    counts = _count(site, day)
    needs = _judge(site, counts, frozenset() if site.stopped(day) else _low(site, counts), settings)
    for need in needs:
        need.basis = basis.get(need.kit_type, NOTHING)
        if site.stopped(day):
            need.why = STOPPED
        _bar(need)
    return needs


def needs_of(
    site: SiteView, day: date, settings: Mapping[str, Any], basis: Mapping[str, Mapping[str, Any]] = NOTHING
) -> list["Need"]:
    """The kit types of a site if any is low and supply has not stopped, else nothing."""
    if site.stopped(day) or not _low(site, _count(site, day)):
        return []
    return judged(site, day, settings, basis)


def considered(site: SiteView, day: date, kit_types: Iterable[str] | None = None) -> dict[str, int]:
    """Kits that count at a site, by kit type: of those with levels there, or of the types named."""
    return {kit_type: counts.considered for kit_type, counts in _count(site, day, kit_types).items()}


def needs_by_hand(site: SiteView, day: date, wanted: Mapping[str, int], why: str) -> list["Need"]:
    """Kits that somebody wants there, whatever counts as stock."""
    counts = _count(site, day, wanted)
    needs = [
        Need(site, kit_type, Level(kits, kits), counts[kit_type], why, kits)
        for kit_type, kits in sorted(wanted.items())
    ]
    for need in needs:
        _bar(need)
    return needs


def _bar(need: "Need") -> None:
    """What may not travel there now is not wanted, and says so."""
    if reason := need.site.barred.get(need.kit_type):
        need.why, need.wanted = reason, 0


def share_out(network: NetworkView, needs: Iterable["Need"], day: date, formula: Formula) -> list[ProposedShipment]:
    """What each depot can send of what is wanted from it, in order of depot and site."""
    by_depot: dict[str, list[Need]] = defaultdict(list)
    import_left = dict(network.import_left)
    for need in needs:
        by_depot[need.site.depot].append(need)
    return [
        shipment
        for depot in sorted(by_depot)
        for shipment in _share(network.depots[depot], by_depot[depot], day, formula, import_left)
    ]


class _Counts(NamedTuple):
    """Kits of one type that count for a site, and those too near their expiry to count."""

    on_site: int
    on_the_way: int
    past_dnc: int

    @property
    def considered(self) -> int:
        return self.on_site + self.on_the_way


@dataclass(slots=True)
class Need:
    """One kit type at one site: what counts, what is wanted and what has been granted so far."""

    site: SiteView
    kit_type: str
    level: Level
    counts: _Counts
    why: str
    wanted: int = 0
    basis: Mapping[str, Any] = field(default_factory=dict)
    granted: Counter[str] = field(default_factory=Counter)
    by_label: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused_lots: dict[str, str] = field(default_factory=dict)
    limit: str = ""

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
            **self.basis,
            "why": self.why,
            "wanted": self.wanted,
            "granted": dict(self.granted),
            "short": self.missing,
            "lots_refused": self.refused_lots,
            **({"limit": self.limit} if self.limit else {}),
        }


def _low(site: SiteView, counts: Mapping[str, _Counts]) -> frozenset[str]:
    return frozenset(
        kit_type for kit_type, level in site.levels.items() if counts[kit_type].considered < level.minimum
    )


def _judge(
    site: SiteView, counts: Mapping[str, _Counts], low: frozenset[str], settings: Mapping[str, Any]
) -> list[Need]:
    groups = settings.get("groups", {}) if settings.get("consolidate") else {}
    low_groups = {groups[kit_type] for kit_type in low if kit_type in groups}
    needs = []
    for kit_type, level in sorted(site.levels.items()):
        why = ENOUGH
        if kit_type in low:
            why = BELOW
        elif groups.get(kit_type) in low_groups:
            why = TOPPED_UP
        needs.append(Need(site, kit_type, level, counts[kit_type], why))
        if why == BELOW:
            needs[-1].wanted = _missing(needs[-1])
    for group in sorted(low_groups):
        _protect([need for need in needs if groups.get(need.kit_type) == group], settings)
    return needs


def _protect(needs: list[Need], settings: Mapping[str, Any]) -> None:
    """What is wanted of one blinding group, so that the order tells no arm."""
    due = {need.kit_type: Due(_missing(need), need.counts.considered, need.why == BELOW) for need in needs}
    at_site = needs[0].site.kits_of is KitsOf.AT_SITE
    block = settings.get("block_at_site" if at_site else "block", NOTHING)
    wanted = protected(settings.get("protection", "top_up"), due, settings.get("least_kits", 0), block)
    for need in needs:
        need.wanted = wanted[need.kit_type]


def _missing(need: Need) -> int:
    return max(need.level.maximum - need.counts.considered, 0)


def _count(site: SiteView, day: date, kit_types: Iterable[str] | None = None) -> dict[str, _Counts]:
    found = {kit_type: [0, 0, 0] for kit_type in (site.levels if kit_types is None else kit_types)}
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


def _share(
    depot: DepotView, needs: list[Need], day: date, formula: Formula, import_left: dict[str, int]
) -> Iterator[ProposedShipment]:
    left: Counter[_Pile] = Counter()
    for label, stock in depot.stock:
        left[_Pile(stock.expiry, stock.lot, stock.kit_type, label)] += stock.kits
    for target in ("minimum", "maximum"):
        for need in sorted(needs, key=lambda n: (n.cover, n.site.number, n.kit_type)):
            _grant(need, _may_import(need, _up_to(need, target), import_left), left, day, import_left)
    by_site: dict[str, list[Need]] = defaultdict(list)
    for need in needs:
        by_site[need.site.number].append(need)
    for number in sorted(by_site):
        shipment = _shipment(depot.code, by_site[number], day, formula)
        if shipment.lines:
            yield shipment


def _up_to(need: Need, target: str) -> int:
    """Kits still to be granted for a need to reach its minimum, or all that is wanted."""
    if target == "maximum":
        return need.missing
    return min(need.missing, max(need.level.minimum - need.counts.considered, 0))


def _may_import(need: Need, kits: int, import_left: Mapping[str, int]) -> int:
    """So many of these kits as licences still cover."""
    key = need.site.import_keys.get(need.kit_type)
    if key is None or kits <= import_left[key]:
        return kits
    need.limit = USED_UP
    return import_left[key]


def _grant(need: Need, kits: int, left: Counter[_Pile], day: date, import_left: dict[str, int]) -> None:
    if kits <= 0:
        return
    arrival = _arrival(need.site, day)
    # Kits with the site's own label go before those that could go anywhere.
    piles = sorted(
        (p for p in left if p.kit_type == need.kit_type), key=lambda p: (p[:3], p.label == ANY_LABEL, p.label)
    )
    for pile in piles:
        if rule := _refusal(need.site, pile, arrival):
            need.refused_lots[pile.lot] = rule
            continue
        taken = min(kits, left[pile])
        if taken:
            need.granted[pile.lot] += taken
            if need.site.labels:
                need.by_label[pile.lot, pile.label] += taken
            left[pile] -= taken
            kits -= taken
            if key := need.site.import_keys.get(need.kit_type):
                import_left[key] -= taken


def _refusal(site: SiteView, pile: _Pile, arrival: date) -> str | None:
    """The rule that keeps a lot from a site, if any: label, approval, or its do-not-ship window at arrival."""
    if pile.label not in site.labels and not label_fits(pile.label, site.label_group):
        return "label not for there"
    if site.approved_lots is not None and pile.lot not in site.approved_lots:
        return "lot not approved there"
    if not outlasts(pile.expiry, arrival, site.dns_days.get(pile.kit_type, 0)):
        return "do not ship"
    return None


def _arrival(site: SiteView, day: date) -> date:
    return site.calendar.dispatch_on(day, site.past_cut_off) + timedelta(days=site.lead_time_days)


def _lines(need: Need) -> Iterator[ProposedLine]:
    if need.by_label:
        for (lot, label), kits in sorted(need.by_label.items()):
            yield ProposedLine(need.kit_type, lot, kits, label)
    else:
        for lot, kits in sorted(need.granted.items()):
            yield ProposedLine(need.kit_type, lot, kits)


def _shipment(depot: str, needs: list[Need], day: date, formula: Formula) -> ProposedShipment:
    site = needs[0].site
    lines = [line for need in needs for line in _lines(need)]
    return ProposedShipment(
        depot=depot,
        site=site.number,
        lines=tuple(lines),
        dispatch_on=site.calendar.dispatch_on(day, site.past_cut_off),
        trace={
            "planner": formula.planner,
            "day": day.isoformat(),
            "arrival": _arrival(site, day).isoformat(),
            "rule": formula.rule,
            "kit_types": {need.kit_type: need.told() for need in needs},
        },
    )
