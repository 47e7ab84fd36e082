"""What one amendment changes, as blinded people read it: as it was signed, or as of today; and as a table."""

from collections.abc import Iterator
from dataclasses import dataclass

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.reads.blinded_impact import AmendmentImpact, kept_impact, require_whole_impact
from irt.reads.blinded_versions import versions_of
from irt.services.foresee_amendment import foreseen
from irt.study.impact import SubjectChange
from web.blinded.desk import Desk, desk_of
from web.blinded.one_study import may
from web.blinded.unblinding import mode_of_study
from web.blinded.versions import door_of
from web.downloads import table_answer, table_in

HEADS = ("part", "place", "what", "before", "after")


@dataclass(frozen=True)
class ImpactView(BlindedView):
    """An impact; `kept`: as its approver read it."""

    impact: AmendmentImpact
    kept: bool
    unblinded: bool
    changes: tuple[SubjectChange, ...] = tuple(SubjectChange)


class ImpactPages(Controller):
    """The impact of one version."""

    path = "/versions/{study_id:int}/{number:int}/impact"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[int],
        today: FromQuery[bool] = False,
    ) -> Response[str]:
        """Subjects by site, sites, kits by look, orders by look."""
        impact, kept = impact_at(desk, study_id, number, today=today)
        unblinded = desk.who.actor.unblinded_in(study_id) and may(desk, Permission.VIEW_SUPPLY, study_id)
        view = ImpactView(impact, kept, unblinded)
        title = f"Impact of version {number}"
        return desk.page("versions/impact.html", view, title, door_of(desk, study_id), study_id=study_id)

    @get("/table", sync_to_thread=True)
    def take(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[int],
        today: FromQuery[bool] = False,
        format: FromQuery[str] = "csv",
    ) -> Response[str | bytes]:
        """The same as a table."""
        impact, _ = impact_at(desk, study_id, number, today=today)
        mode = mode_of_study(desk, study_id)
        return table_answer(
            f"impact_of_version_{number}", mode, desk.now, HEADS, _rows(impact), table_in({"format": format})
        )


def impact_at(desk: Desk, study_id: int, number: int, *, today: bool) -> tuple[AmendmentImpact, bool]:
    """What was kept with the approval, or what is found today, and which of the two it is."""
    actor = desk.who.actor
    with desk.store.reading() as connection:
        known = {one.number for one in versions_of(connection, actor, study_id) if one.follows}
        require_whole_impact(actor, study_id)
        if number not in known:
            raise NotFound(f"The study has no amendment {number} that you can read. Check the number.")
        kept = None if today else kept_impact(connection, study_id, number)
    return (kept, True) if kept else (foreseen(desk.store, actor, desk.now, study_id, number), False)


def _rows(impact: AmendmentImpact) -> Iterator[tuple[object, ...]]:
    for site in impact.sites:
        yield "site", site.site, "version", site.version, impact.number
        yield "site", site.site, "outcome", "; ".join(site.why), site.outcome
        yield "subjects", site.site, "under way", site.subjects, site.subjects
        for change, count in site.changes.items():
            yield "subjects", site.site, change, 0, count
    for look in impact.looks:
        for place, kits in look.places or (("", 0),):
            yield "kits", place, f"{look.name}: {'; '.join(look.changes)}", kits, kits
    for one in impact.orders or ():
        before, after = ("; ".join(f"{day} {kits}" for day, kits in orders) for orders in (one.before, one.after))
        yield "orders", one.site, one.what, before, after
