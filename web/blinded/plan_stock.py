"""The stock to come at a site by blinding group, with its band: from what blinded people may know alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.views import BlindedView
from irt.reads.blinded_outlook import SiteOutlook, site_outlook, supplied_sites
from irt.study.blinded import BlindedStudy
from irt.study.group_courses import courses_of_groups
from optimization.live.bands import StockBand, band_of, coming_by_day
from optimization.live.forecast import Promise, study_demand
from optimization.live.network import prior_of
from web.blinded.desk import Desk, desk_of
from web.blinded.plan_opened import (
    BlindedPlanHead,
    OpenGroups,
    chosen_groups,
    head_of,
    plan_page,
    posted_groups,
    taken_away,
)
from web.forms import Fields

_HEADS = ("Site", "Blinding group", "Day", "Arrive", "Expected", "5 %", "95 %")


@dataclass(frozen=True)
class StockDay(BlindedView):
    """One day at a site: kits that arrive, and the stock at its end, expected, with many and with few taken."""

    day: date
    arrive: int
    expected: float
    low: int
    high: int


@dataclass(frozen=True)
class BlindedStockView(BlindedView):
    """The stock to come at one site, of one blinding group; `why_none` where it is not foreseen."""

    head: BlindedPlanHead
    places: Sequence[tuple[str, str]]
    names: Sequence[tuple[str, str]]
    place: str
    name: str
    there: int
    days: Sequence[StockDay]
    why_none: str

    @property
    def title(self) -> str:
        """What the picture shows."""
        return f"Expected stock at {dict(self.places)[self.place]}, {dict(self.names)[self.name]}"

    @property
    def lowest(self) -> StockDay:
        """The first day with the least stock to be expected."""
        return min(self.days, key=lambda one: one.expected)

    @property
    def deliveries(self) -> list[tuple[int, int]]:
        """Days with arrivals, counted from the first one shown, and how many kits arrive."""
        return [(ahead, one.arrive) for ahead, one in enumerate(self.days) if one.arrive]

    @property
    def told(self) -> list[StockDay]:
        """The days with arrivals, the end of each week, and the last day."""
        last = len(self.days) - 1
        return [one for ahead, one in enumerate(self.days) if one.arrive or ahead % 7 == 6 or ahead == last]


class BlindedPlanStockPages(Controller):
    """The stock of a plan's sites by blinding group."""

    path = "/supply/plans/{number:int}/stock"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        number: FromPath[int],
        place: FromQuery[str] = "",
        name: FromQuery[str] = "",
    ) -> Response[Any]:
        """One site and one blinding group."""
        opened = chosen_groups(desk, number)
        return plan_page(desk, opened, "stock", _view(desk, opened, place, name))

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """Day by day as a file; that it was taken is written down."""
        opened = posted_groups(desk, data, number)
        view = _view(desk, opened, data.get("place", ""), data.get("name", ""))
        group = opened.names.get(view.name, view.name)
        rows = [
            (view.place, group, one.day, one.arrive, round(one.expected, 1), one.low, one.high) for one in view.days
        ]
        return taken_away(desk, opened, data, "stock", _HEADS, rows)


def _view(desk: Desk, opened: OpenGroups, place: str, name: str) -> BlindedStockView:
    with desk.store.reading() as connection:
        places = [
            (number, f"Site {number} · {country}")
            for number, country in supplied_sites(connection, opened.study_id)
        ]
    names = sorted(opened.names.items(), key=lambda one: one[1])
    place = place if place in dict(places) else next((number for number, _ in places), "")
    name = name if name in opened.names else names[0][0]
    days = _days(desk, opened)
    with desk.store.reading() as connection:
        found = site_outlook(connection, opened.study_id, opened.study, place, desk.now.date(), len(days))
    why_none = _why_none(opened.study, found, days)
    return BlindedStockView(
        head=head_of(desk, opened),
        places=places,
        names=names,
        place=place,
        name=name,
        there=found.there.get(name, 0) if found else 0,
        days=() if why_none or found is None else _told(opened, found, place, name, days),
        why_none=why_none,
    )


def _days(desk: Desk, opened: OpenGroups) -> list[date]:
    """From today to the plan's last day."""
    line, today = opened.plan.line, desk.now.date()
    last = line.day + timedelta(days=line.horizon_days - 1)
    return [today + timedelta(days=ahead) for ahead in range((last - today).days + 1)]


def _why_none(study: BlindedStudy, found: SiteOutlook | None, days: Sequence[date]) -> str:
    if not days:
        return "The days of this plan are over."
    if found is None:
        return "No depot supplies a site of this study now."
    if courses_of_groups(study) is None:
        return "What subjects take is not the same for all of them in this study, so it is not foreseen here."
    return ""


def _told(opened: OpenGroups, found: SiteOutlook, place: str, name: str, days: Sequence[date]) -> list[StockDay]:
    arrive = _arriving(opened, found.coming, place, name, days)
    band = _band(opened.study, found, place, name, [arrive[0] + found.there.get(name, 0), *arrive[1:]])
    return [StockDay(*row) for row in zip(days, arrive, band.expected, band.low, band.high, strict=True)]


def _band(study: BlindedStudy, found: SiteOutlook, place: str, name: str, coming: Sequence[int]) -> StockBand:
    courses, outlook = courses_of_groups(study), study.outlook
    if courses is None:
        raise ValueError("a band was asked for where no course is the same for all")
    prior = prior_of(outlook.subjects_per_month, outlook.rate_shape)
    demand = study_demand(found.sites, Promise(Fraction(1), courses, 1, prior))
    site = next(one for one in found.sites if one.number == place)
    return band_of(demand, site, [name], coming)


def _arriving(
    opened: OpenGroups, coming: Mapping[tuple[str, date], int], place: str, name: str, days: Sequence[date]
) -> list[int]:
    """Kits that are on their way by the day they are due, and those the plan still sends."""
    due = [(on_day, kits) for (group, on_day), kits in coming.items() if group == name]
    for one in opened.plan.consignments:
        if one.place == place and not one.to_depot and not one.shipment and one.dispatch_on >= days[0]:
            due.append((one.expected_on, one.by_group.get(name, 0)))
    return coming_by_day(due, days)
