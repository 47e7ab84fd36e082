"""The stock that a site is to expect if a plan is carried out: what lies there, what comes, what is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from irt.blinding.views import UnblindedView
from irt.reads.asking import Asking
from irt.reads.inventory import network_view
from irt.reads.unblinded_definition import definition_in_force
from irt.supply.planner import SiteView
from irt.supply.planners import settings_to_optimize
from optimization.live.bands import StockBand, coming_by_day, stock_band
from web.blinded.desk import Desk
from web.unblinded.open_plan import OpenPlan


@dataclass(frozen=True)
class ForecastView(UnblindedView):
    """Each day from today to the plan's last, with the band; days with arrivals, counted from the first."""

    days: Sequence[date]
    band: StockBand
    deliveries: Sequence[tuple[int, int]]


def stock_forecast(desk: Desk, opened: OpenPlan, place: str, kits: Sequence[str]) -> ForecastView | None:
    """The forecast of today for these kit types; None where the plan is over or the place is no open site."""
    today = desk.now.date()
    last = opened.day(opened.problem.horizon_days - 1)
    days = [today + timedelta(days=ahead) for ahead in range((last - today).days + 1)]
    with desk.store.reading() as connection:
        definition = definition_in_force(connection, opened.study_id)
        network = network_view(
            connection, Asking(opened.study_id, definition, today, desk.now, ahead_days=len(days))
        )
    site = next((one for one in network.sites if one.number == place), None)
    if site is None or not days:
        return None
    coming = _coming(opened, site, kits, days)
    settings = settings_to_optimize(definition)
    there = sum(one.kits for one in site.stock if one.kit_type in kits)
    band = stock_band(network.sites, place, kits, [coming[0] + there, *coming[1:]], settings)
    return ForecastView(days, band, [(ahead, number) for ahead, number in enumerate(coming) if number])


def _coming(opened: OpenPlan, site: SiteView, kits: Sequence[str], days: Sequence[date]) -> list[int]:
    """Kits that are on their way by the day they are due, and those the plan still sends."""
    due = [(one.due, one.kits) for one in site.on_the_way if one.kit_type in kits]
    for leg in opened.shown.consignments:
        if leg.place == site.number and not leg.shipment and leg.dispatch_on >= days[0]:
            due += [(leg.expected_on, line["kits"]) for line in leg.lines if line["kit_type"] in kits]
    return coming_by_day(due, days)
