"""Enrolment figures: screened and randomized by month and by site."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_enrolment import Enrolment, EnrolmentMonth, EnrolmentSite, enrolment
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_of

MONTHS_DRAWN = 12
SITES_SHOWN = 50


@dataclass(frozen=True)
class EnrolmentView(BlindedView):
    """The figures of a study, the last months drawn, and a page of its sites, those with most subjects first."""

    found: Enrolment
    drawn: tuple[EnrolmentMonth, ...]
    sites: tuple[EnrolmentSite, ...]
    all_sites: int
    page: int
    last_page: int
    search: str

    @property
    def month_words(self) -> list[str]:
        """The months drawn, the year where it begins."""
        return [f"{one.month:%b %y}" if one.month.month == 1 else f"{one.month:%b}" for one in self.drawn]

    @property
    def this_month(self) -> EnrolmentMonth | None:
        """The newest month with anybody in it."""
        return self.found.months[-1] if self.found.months else None


class EnrolmentPages(Controller):
    """Enrolment of one study."""

    path = "/enrolment"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], page: FromQuery[int] = 1, search: FromQuery[str] = ""
    ) -> Response[Any]:
        """The figures of the study."""
        study_id = study_of(desk, Permission.VIEW_ENROLMENT)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.VIEW_ENROLMENT, study_id)
        with desk.store.reading() as connection:
            found = enrolment(connection, study_id)
        view = _view(found, page, search.strip())
        return desk.page("enrolment/enrolment.html", view, "Enrolment", "Enrolment", study_id=study_id)


def _view(found: Enrolment, page: int, search: str) -> EnrolmentView:
    wanted = search.casefold()
    sites = [one for one in found.sites if wanted in f"{one.site} {one.name} {one.country}".casefold()]
    sites.sort(key=lambda one: (-one.randomized, -one.screened, one.site))
    last_page = max((len(sites) + SITES_SHOWN - 1) // SITES_SHOWN, 1)
    page = min(max(page, 1), last_page)
    return EnrolmentView(
        found=found,
        drawn=found.months[-MONTHS_DRAWN:],
        sites=tuple(sites[(page - 1) * SITES_SHOWN : page * SITES_SHOWN]),
        all_sites=len(sites),
        page=page,
        last_page=last_page,
        search=search,
    )
