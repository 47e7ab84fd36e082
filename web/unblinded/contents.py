"""The unblinded pharmacist's view: what is in the site's kits, and what a subject is given. Readings are logged."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import DataClass, Permission
from irt.blinding.views import UnblindedView
from irt.errors import NotAllowed
from irt.reads.blinded_sites import WorkSite, not_found, sites_reached
from irt.reads.unblinded_contents import (
    KnownKit,
    SubjectTreatment,
    TreatedSubject,
    TypeStock,
    by_type,
    known_kits,
    subject_treatment,
    treated_subjects,
)
from irt.services.look_at_treatment import LookAtTreatment, look_at_treatment
from web.blinded.desk import Desk, go
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import secret_page

KITS_SHOWN = 100


@dataclass(frozen=True)
class ContentsView(UnblindedView):
    """One site's stock by type and kit by kit, a page at a time, and its subjects."""

    study_id: int
    site: str
    types: tuple[TypeStock, ...]
    kits: tuple[KnownKit, ...]
    total: int
    subjects: tuple[TreatedSubject, ...]
    page: int
    last_page: int


@dataclass(frozen=True)
class TreatmentView(UnblindedView):
    """One subject's treatment."""

    treatment: SubjectTreatment
    site: str


class ContentsPages(Controller):
    """Stock and treatment at one site."""

    path = "/contents"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], page: FromQuery[int] = 1) -> Response[Any]:
        """What is in the kits of the site chosen, and its subjects with their arms."""
        sites = [site for site in _sites(desk, Permission.VIEW_STOCK) if _here(desk, site)]
        if len(sites) != 1:
            return go("/switch")
        (site,) = sites
        with desk.store.reading() as connection:
            kits = known_kits(connection, site, desk.now)
            subjects = treated_subjects(connection, site)
        _log(desk, site, None, len(kits))
        last_page = max((len(kits) + KITS_SHOWN - 1) // KITS_SHOWN, 1)
        shown = min(max(page, 1), last_page)
        view = ContentsView(
            study_id=site.study_id,
            site=site.site,
            types=by_type(kits),
            kits=kits[(shown - 1) * KITS_SHOWN : shown * KITS_SHOWN],
            total=len(kits),
            subjects=subjects,
            page=shown,
            last_page=last_page,
        )
        return secret_page(desk, "contents/contents.html", view, "Contents", "Contents", site.study_id)

    @get("/{study_id:int}/subjects/{number:str}", sync_to_thread=True)
    def show_subject(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]
    ) -> Response[str]:
        """One subject's arm and every kit assigned, with what is inside."""
        sites = _sites(desk, Permission.VIEW_SUBJECTS)
        with desk.store.reading() as connection:
            for site in sites:
                if site.study_id == study_id and number in {s.number for s in treated_subjects(connection, site)}:
                    treatment = subject_treatment(connection, site, number)
                    break
            else:
                raise not_found("subject")
        _log(desk, site, number, len(treatment.kits))
        view = TreatmentView(treatment, site.site)
        return secret_page(desk, "contents/subject.html", view, f"Treatment {number}", "Contents", study_id)


def _sites(desk: Desk, permission: Permission) -> list[WorkSite]:
    """The sites where a role of the person allows the act and shows arms; NotAllowed without any."""
    actor = desk.who.actor
    with desk.store.reading() as connection:
        reached = sites_reached(connection, actor, permission)
    found = [site for site in reached if actor.sees(DataClass.ARM, permission, site.study_id, site.site_id)]
    if not found:
        raise NotAllowed("Your role cannot see this. Ask the study coordinator.")
    return found


def _here(desk: Desk, site: WorkSite) -> bool:
    return desk.who.study_id in (None, site.study_id) and desk.who.site_id in (None, site.site_id)


def _log(desk: Desk, site: WorkSite, subject: str | None, rows: int) -> None:
    ask = LookAtTreatment(study_id=site.study_id, site=site.site, subject=subject, rows=rows)
    desk.press(look_at_treatment, ask, desk.key())
