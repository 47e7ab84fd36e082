"""The supply manager's overview: figures, stock against levels, depots, what will expire."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.reads.blinded_depots import DepotLine, depot_lines
from irt.reads.blinded_supply import ExpiryMonth, SupplyFigures, expiry_months, supply_figures, unused_kits
from irt.reads.unblinded_depots import DepotStock, depot_stock
from irt.reads.unblinded_supply import SiteLevels, StockAgainstLevels
from web.blinded.desk import Desk, go
from web.blinded.one_study import study_of
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page

SITES_SHOWN = 25


@dataclass(frozen=True)
class OverviewView(UnblindedView):
    """Everything on the overview; sites a page at a time, low ones first."""

    figures: SupplyFigures
    sites: tuple[SiteLevels, ...]
    low: int
    all_sites: int
    page: int
    last_page: int
    depots: tuple[DepotLine, ...]
    months: tuple[ExpiryMonth, ...]
    search: str

    def month_words(self) -> list[str]:
        """The months as the picture names them; the last one holds all later ones."""
        words = [f"{one.month:%b}" for one in self.months]
        return [*words[:-1], f"{words[-1]}+"]


@dataclass(frozen=True)
class DepotsView(UnblindedView):
    """What depots could ship, by type and lot."""

    depots: tuple[DepotStock, ...]


class SupplyPages(Controller):
    """The overview."""

    path = "/supply"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], page: FromQuery[int] = 1, search: FromQuery[str] = ""
    ) -> Response[Any]:
        """The overview of the study; blinded planners have their own."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.VIEW_SUPPLY, study_id)
        if not desk.who.actor.unblinded_in(study_id):
            return go("/supply/plan")
        require_unblinded(desk, Permission.VIEW_SUPPLY, study_id)
        view = _view(desk, study_id, max(page, 1), search.strip())
        return secret_page(desk, "supply/overview.html", view, "Supply overview", "Supply", study_id)

    @get("/depots", sync_to_thread=True)
    def depots(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Free kits at depots, by type and lot."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        if study_id is None:
            return go("/switch")
        require_unblinded(desk, Permission.VIEW_SUPPLY, study_id)
        with desk.store.reading() as connection:
            view = DepotsView(depot_stock(connection, study_id))
        return secret_page(desk, "supply/depots.html", view, "Stock at depots", "Supply", study_id)


def _view(desk: Desk, study_id: int, page: int, search: str) -> OverviewView:
    with desk.store.reading() as connection:
        unused = unused_kits(connection, study_id)
        figures = supply_figures(connection, study_id, desk.now, unused)
        levels = StockAgainstLevels(connection, study_id, desk.now)
        depots = depot_lines(connection, study_id, unused)
        months = expiry_months(unused, desk.now)
    wanted = search.casefold()
    found = [one for one in levels.sites if wanted in f"{one.site.number} {one.name} {one.site.country}".casefold()]
    last_page = max((len(found) + SITES_SHOWN - 1) // SITES_SHOWN, 1)
    page = min(page, last_page)
    return OverviewView(
        figures=figures,
        sites=levels.told(found[(page - 1) * SITES_SHOWN : page * SITES_SHOWN]),
        low=sum(one.low for one in levels.sites),
        all_sites=len(found),
        page=page,
        last_page=last_page,
        depots=depots,
        months=months,
        search=search,
    )
