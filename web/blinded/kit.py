"""One kit at a site: what it is on the label, what happened to it, and the report of damage or loss."""

from dataclasses import dataclass, replace
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.labels.label import COPY, svg_label
from irt.labels.sheet import sheet_of
from irt.reads.blinded_labels import Wanted, label_of_site_kit
from irt.reads.blinded_stock import KitHistory, kit_history
from irt.reads.blinded_storage import KitBudget, kit_budget
from irt.services.report_kit import Report, ReportKit, report_kit
from irt.states.kit import DisplayStatus
from web.blinded.desk import Desk, desk_of, go
from web.downloads import MEDIA_TYPES
from web.forms import Fields
from web.my_sites import sites_of

_WORDS = {
    Report.DAMAGED: "Damaged: it must not be used",
    Report.MISSING: "Missing: it is not where it should be",
    Report.FOUND: "Found again: it goes to quarantine until a quality decision",
}
_OUT_OF_USE = {DisplayStatus.DAMAGED, DisplayStatus.DESTROYED}


@dataclass(frozen=True)
class KitView(BlindedView):
    """One kit; `reports` are those that are possible now."""

    history: KitHistory
    budget: KitBudget
    reports: tuple[tuple[str, str], ...]
    command_key: str
    refusal: str = ""
    report: str = ""
    reason: str = ""
    done: bool = False


class KitPages(Controller):
    """A kit's own page."""

    path = "/stock/{study_id:int}/kits/{number:str}"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], study_id: int, number: str, done: FromQuery[bool] = False
    ) -> Response[str]:
        """The kit with its history."""
        found = _find(desk, study_id, number)
        view = KitView(found, _budget(desk, found), _reports(desk, found), desk.key(), done=done)
        return _page(desk, found, view)

    @get("/label/{paper:str}", sync_to_thread=True)
    def print_label(self, desk: NamedDependency[Desk], study_id: int, number: str, paper: str) -> Response[bytes]:
        """A copy of the kit's label, marked as one, as svg or pdf."""
        _find(desk, study_id, number)
        with desk.store.reading() as connection:
            labels = label_of_site_kit(connection, study_id, number, Wanted(mark=COPY))
        if paper == "pdf":
            content = sheet_of(labels, f"Label {number}", desk.now)
        elif paper == "svg":
            lines = tuple(line for label in labels for line in label.lines)
            content = svg_label(replace(labels[0], lines=lines))
        else:
            raise NotFound("There is no such label. Go back to the kit.")
        return Response(content, media_type=MEDIA_TYPES[paper], headers={"cache-control": "no-store"})

    @post("/report", sync_to_thread=True)
    def report(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Fields) -> Response[Any]:
        """Books damage, loss or finding, with the reason."""
        found = _find(desk, study_id, number)
        try:
            desk.press(report_kit, _ask(found, data), data.get("command_key", ""))
        except Refusal as refusal:
            view = KitView(
                found,
                _budget(desk, found),
                _reports(desk, found),
                desk.key(),
                refusal.sentence,
                data.get("report", ""),
                data.get("reason", ""),
            )
            return _page(desk, found, view, refusal.status_code)
        return go(f"/stock/{study_id}/kits/{number}?done=true")


def _find(desk: Desk, study_id: int, number: str) -> KitHistory:
    with desk.store.reading() as connection:
        sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
        return kit_history(connection, sites, study_id, number, desk.now)


def _budget(desk: Desk, found: KitHistory) -> KitBudget:
    kit = found.kit
    with desk.store.reading() as connection:
        sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
        version = next(site.version for site in sites if site.site_id == kit.site_id)
        return kit_budget(connection, kit.study_id, version, kit.number)


def _ask(found: KitHistory, data: dict[str, str]) -> ReportKit:
    report = data.get("report", "")
    if report not in list(Report):
        raise BadInput("Say what happened to the kit. Nothing was booked.")
    return ReportKit(
        study_id=found.kit.study_id,
        site=found.kit.site,
        kit=found.kit.number,
        report=Report(report),
        reason=data.get("reason", ""),
    )


def _reports(desk: Desk, found: KitHistory) -> tuple[tuple[str, str], ...]:
    """What the person may report of the kit as it stands."""
    kit = found.kit
    if desk.who.actor.grant_for(Permission.REPORT_KIT, kit.study_id, kit.site_id) is None:
        return ()
    if kit.status == DisplayStatus.MISSING:
        possible = [Report.FOUND]
    elif kit.here:
        possible = [Report.MISSING] if kit.status in _OUT_OF_USE else [Report.DAMAGED, Report.MISSING]
    else:
        possible = []
    return tuple((str(report), _WORDS[report]) for report in possible)


def _page(desk: Desk, found: KitHistory, view: KitView, status_code: int = 200) -> Response[str]:
    kit = found.kit
    return desk.page(
        "stock/kit.html",
        view,
        f"Kit {kit.number}",
        "Stock",
        study_id=kit.study_id,
        site_id=kit.site_id,
        status_code=status_code,
    )
