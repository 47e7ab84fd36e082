"""Plans side by side by blinding group: how often they send, how much, where, when, and its carbon; no cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.views import BlindedView
from irt.reads.blinded_network import network_depots, network_sites
from irt.reads.blinded_plans import BlindedPlanLine, blinded_plans
from optimization.live.carbon import carbon_factors
from optimization.story.groups_sent import (
    WEEK_DAYS,
    GroupsSent,
    SentChange,
    SentFigures,
    Stands,
    kits_by_week,
    sent_changes,
    sent_figures,
    sent_grams,
)
from optimization.story.plan_changes import ChangeKind
from web.blinded.desk import Desk, desk_of
from web.blinded.plan_opened import (
    BlindedPlanHead,
    OpenGroups,
    chosen_groups,
    head_of,
    open_groups,
    plan_page,
    posted_groups,
    taken_away,
)
from web.charts import Series
from web.forms import Fields

BESIDE_MAX = 6
CHANGES_SHOWN = 30
_WITH = "with-"


@dataclass(frozen=True)
class SentRow(BlindedView):
    """One measure of all plans, in their order; whole numbers, means or days."""

    group: str
    measure: str
    values: tuple[float | int | date | None, ...]

    @property
    def against_first(self) -> float | None:
        """The last plan's difference to the first one as a share of it; None where it has none."""
        first, last = self.values[0], self.values[-1]
        if not isinstance(first, (int, float)) or not isinstance(last, (int, float)) or not first:
            return None
        return (last - first) / first


@dataclass(frozen=True)
class ChangeRow(BlindedView):
    """A consignment that differs: before and after, in words."""

    kind: ChangeKind
    place: str
    storage: str
    before: str
    after: str
    day: date


@dataclass(frozen=True)
class BlindedCompareView(BlindedView):
    """The plan beside others, and what it changes against the first of them."""

    head: BlindedPlanHead
    others: Sequence[BlindedPlanLine]
    chosen: Sequence[int]
    names: Sequence[str]
    rows: Sequence[SentRow]
    groups: Sequence[str]
    kits: Sequence[tuple[str, Sequence[float]]]
    weeks: Sequence[Series]
    lanes: Sequence[tuple[str, Sequence[float]]]
    carbon_source: str
    kinds: Sequence[tuple[str, int, int]]
    changes: Sequence[ChangeRow]
    changed: int


class BlindedPlanComparePages(Controller):
    """A plan beside others, by blinding group."""

    path = "/supply/plans/{number:int}/compare"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """Beside those ticked; without any, beside the one before it."""
        opened = chosen_groups(desk, number)
        lines = _lines(desk, opened)
        chosen = _asked(desk.request.query_params, lines, number) or _before(lines, number)
        return plan_page(desk, opened, "compare", _view(desk, opened, lines, chosen))

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """The table as a file; that it was taken is written down."""
        opened = posted_groups(desk, data, number)
        plans = _plans(desk, opened, _asked(data, _lines(desk, opened), number))
        carbon = _carbon(desk, plans)
        rows = [(row.group, row.measure, *row.values) for row in _rows(plans, carbon)]
        rows += [("Carbon by lane, kg CO2e", lane, *kg) for lane, kg in _by_lane(carbon)]
        return taken_away(desk, opened, data, "comparison", ("Group", "Measure", *map(_called, plans)), rows)


def _view(
    desk: Desk, opened: OpenGroups, lines: Sequence[BlindedPlanLine], chosen: Sequence[int]
) -> BlindedCompareView:
    plans = _plans(desk, opened, chosen)
    groups = sorted(opened.names, key=lambda code: opened.names[code])
    told = [sent_figures(one.sent) for one in plans]
    carbon = _carbon(desk, plans)
    changes = sent_changes(plans[0].sent, opened.sent) if len(plans) > 1 else ()
    return BlindedCompareView(
        head=head_of(desk, opened),
        others=[line for line in lines if line.number != opened.plan.line.number],
        chosen=chosen,
        names=[_called(one) for one in plans],
        rows=_rows(plans, carbon),
        groups=[opened.names[code] for code in groups],
        kits=[
            (_called(one), [float(each.kits.get(code, 0)) for code in groups])
            for one, each in zip(plans, told, strict=True)
        ],
        weeks=_weeks(plans),
        lanes=_by_lane(carbon),
        carbon_source=carbon_factors(opened.study.outlook.carbon).source,
        kinds=_kinds(changes),
        changes=[_change(opened, one) for one in changes[:CHANGES_SHOWN]],
        changed=len(changes),
    )


def _plans(desk: Desk, opened: OpenGroups, chosen: Sequence[int]) -> list[OpenGroups]:
    return [*(open_groups(desk, opened.study_id, number) for number in chosen), opened]


def _lines(desk: Desk, opened: OpenGroups) -> Sequence[BlindedPlanLine]:
    with desk.store.reading() as connection:
        return blinded_plans(connection, opened.study_id)


def _asked(typed: Mapping[str, Any], lines: Sequence[BlindedPlanLine], number: int) -> list[int]:
    """The plans that are ticked, oldest first."""
    known = sorted(line.number for line in lines if line.number != number)
    return [other for other in known if f"{_WITH}{other}" in typed][:BESIDE_MAX]


def _before(lines: Sequence[BlindedPlanLine], number: int) -> list[int]:
    """The plan before this one, if there is one."""
    return [line.number for line in lines if line.number < number][:1]


def _called(one: OpenGroups) -> str:
    return f"Plan {one.plan.line.number}"


def _carbon(desk: Desk, plans: Sequence[OpenGroups]) -> list[dict[str, int]]:
    """Grams by lane of each plan, by the factors of today."""
    outlook, study_id = plans[-1].study.outlook, plans[-1].study_id
    with desk.store.reading() as connection:
        depots, sites = network_depots(connection, study_id), network_sites(connection, study_id)
    places = {site.number: Stands(site.country) for site in sites}
    places |= {depot.code: Stands(depot.country, not depot.supplied_by) for depot in depots}
    factors = carbon_factors(outlook.carbon)
    return [sent_grams(one.sent, places, factors, outlook.shipper_kits) for one in plans]


def _by_lane(carbon: Sequence[Mapping[str, int]]) -> list[tuple[str, list[float]]]:
    """Kilograms of every lane that any of the plans uses, by its name."""
    lanes = sorted({lane for told in carbon for lane in told})
    return [(lane, [_kg(told.get(lane, 0)) for told in carbon]) for lane in lanes]


def _kg(grams: int) -> float:
    return round(grams / 1_000, 1)


def _rows(plans: Sequence[OpenGroups], carbon: Sequence[Mapping[str, int]]) -> list[SentRow]:
    """Every measure in the order of the table."""
    told, names = [sent_figures(one.sent) for one in plans], plans[-1].names
    return [
        _row("What leaves", "Consignments", (one.consignments for one in told)),
        _row("What leaves", "Consignments to sites", (one.to_sites for one in told)),
        _row("What leaves", "Consignments to depots", (one.to_depots for one in told)),
        _row("What leaves", "Sites that are sent something", (one.places for one in told)),
        *_kits_rows(told, names),
        _row("Footprint", "Carbon, kg CO₂e", (_kg(sum(each.values())) for each in carbon)),
        _row("When", "First leaves", (one.first for one in told)),
        _row("When", "Last leaves", (one.last for one in told)),
        _row("When", "Became shipments", (_shipped(one) for one in plans)),
    ]


def _kits_rows(told: Sequence[SentFigures], names: Mapping[str, str]) -> list[SentRow]:
    groups = sorted({group for one in told for group in one.kits}, key=lambda code: names.get(code, code))
    return [
        *(
            _row("Kits to sites", names.get(group, group), (one.kits.get(group, 0) for one in told))
            for group in groups
        ),
        _row("Kits to sites", "In a consignment, in the mean", (round(one.kits_each, 1) for one in told)),
    ]


def _row(group: str, measure: str, values: Iterable[float | int | date | None]) -> SentRow:
    return SentRow(group, measure, tuple(values))


def _shipped(one: OpenGroups) -> int:
    return sum(bool(sent.shipment) for sent in one.plan.consignments)


def _weeks(plans: Sequence[OpenGroups]) -> list[Series]:
    """Kits to sites added up, by weeks from the first day of all of them."""
    first = min(one.plan.line.day for one in plans)
    told = []
    for one in plans:
        ends = (one.plan.line.day - first).days + one.plan.line.horizon_days
        weeks = -(-ends // WEEK_DAYS)
        added = kits_by_week(one.sent, first, weeks)
        told.append(Series(_called(one), [(0.0, 0.0), *((week + 1.0, float(n)) for week, n in enumerate(added))]))
    return told


def _kinds(changes: Sequence[SentChange]) -> list[tuple[str, int, int]]:
    """By kind: how many consignments, and the difference in kits."""
    return [
        (
            str(kind),
            sum(one.kind is kind for one in changes),
            sum(_number(one.after) - _number(one.before) for one in changes if one.kind is kind),
        )
        for kind in ChangeKind
    ]


def _number(one: GroupsSent | None) -> int:
    return 0 if one is None else one.number


def _change(opened: OpenGroups, one: SentChange) -> ChangeRow:
    shown = one.shown
    place = f"{'Depot' if shown.to_depot else 'Site'} {shown.place}"
    before, after = (_words(opened, each, one.kind) for each in (one.before, one.after))
    return ChangeRow(one.kind, place, shown.storage, before, after, shown.leaves)


def _words(opened: OpenGroups, one: GroupsSent | None, kind: ChangeKind) -> str:
    if one is None:
        return "–"
    kits = opened.words(dict(one.kits))
    return kits if kind is ChangeKind.OTHER_KITS else f"{one.leaves:%-d %b}: {kits}"
