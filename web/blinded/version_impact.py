"""What one amendment changes, as blinded people read it: as it was signed, or as of today; and as a table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_impact import AmendmentImpact
from irt.services.foresee_amendment import impact_read
from irt.study.impact import SubjectChange
from irt.supply.orders_ahead import OrdersDiffer
from web.blinded.desk import Desk, desk_of
from web.blinded.one_study import may
from web.blinded.unblinding import mode_of_study
from web.blinded.versions import door_of
from web.downloads import table_answer, table_in

HEADS = ("part", "place", "what", "before", "after")


@dataclass(frozen=True)
class ImpactView(BlindedView):
    """An impact; `kept`: as its approver read it; `by_type`: the reader may see kit types."""

    impact: AmendmentImpact
    kept: bool
    by_type: bool
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
        impact, kept = impact_read(desk.store, desk.who.actor, desk.now, study_id, number, today=today)
        view = ImpactView(impact, kept, may(desk, Permission.VIEW_IMPACT_BY_TYPE, study_id))
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
        impact, _ = impact_read(desk.store, desk.who.actor, desk.now, study_id, number, today=today)
        mode = mode_of_study(desk, study_id)
        return table_answer(
            f"impact_of_version_{number}", mode, desk.now, HEADS, _rows(impact), table_in({"format": format})
        )


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
    yield from order_rows(impact.orders or ())


def order_rows(orders: Iterable[OrdersDiffer]) -> Iterator[tuple[object, ...]]:
    """Orders that differ as rows under HEADS, each day with its kits."""
    for one in orders:
        before, after = ("; ".join(f"{day} {kits}" for day, kits in each) for each in (one.before, one.after))
        yield "orders", one.site, one.what, before, after
