"""Kept leak reports as everybody may know them: verdict, figures and day; the fields have a page of their own."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_leak_reports import KeptLeakReport, LeakFigures, leak_report, leak_reports
from web.api.limits import NUMBER_MAX
from web.blinded.activation import NAVIGATION
from web.blinded.desk import Desk, desk_of
from web.blinded.unblinding import mode_of_study
from web.downloads import MEDIA_TYPES, file_answer, file_name, table_answer, table_in

MAY = Permission.VIEW_GATE
_OF_REPORT = ("number", "version", "version_hash", "release", "at", "person", "linted_with", "report_hash")
_OF_FIGURES = tuple(LeakFigures.__dataclass_fields__)
HEADS = (*_OF_REPORT, *_OF_FIGURES)


@dataclass(frozen=True)
class LeakReportsView(BlindedView):
    """All reports of a study, the newest first."""

    study_id: int
    reports: tuple[KeptLeakReport, ...]


@dataclass(frozen=True)
class LeakReportView(BlindedView):
    """One report; `fields`: whether the reader may open the fields."""

    study_id: int
    it: KeptLeakReport
    fields: bool


class LeakReportPages(Controller):
    """Kept leak reports of one study."""

    path = "/studies/{study_id:int}/leak-reports"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def list_all(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[str]:
        """Each with its verdict."""
        desk.who.actor.require(MAY, study_id)
        with desk.store.reading() as connection:
            view = LeakReportsView(study_id, leak_reports(connection, study_id))
        return desk.page("leaks/reports.html", view, "Leak reports", NAVIGATION, study_id=study_id)

    @get("/table", sync_to_thread=True)
    def take_all(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], format: FromQuery[str] = "csv"
    ) -> Response[str | bytes]:
        """All of them as a table."""
        desk.who.actor.require(MAY, study_id)
        with desk.store.reading() as connection:
            reports = leak_reports(connection, study_id)
        mode = mode_of_study(desk, study_id)
        return table_answer("leak_reports", mode, desk.now, HEADS, _rows(reports), table_in({"format": format}))

    @get("/{number:int}", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int]) -> Response[str]:
        """One report."""
        it = _report(desk, study_id, number)
        view = LeakReportView(study_id, it, desk.who.actor.unblinded_in(study_id))
        return desk.page("leaks/report.html", view, f"Leak report {it.number}", NAVIGATION, study_id=study_id)

    @get("/{number:int}/file", sync_to_thread=True)
    def take(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[int],
        format: FromQuery[str] = "csv",
    ) -> Response[str] | Response[str | bytes]:
        """The same as a table, or as JSON."""
        it, mode = _report(desk, study_id, number), mode_of_study(desk, study_id)
        name = f"leak_report_{it.number}"
        if format == "json":
            told = json.dumps(asdict(it), default=str, indent=1)
            return file_answer(told, file_name(name, mode, desk.now, "json"), MEDIA_TYPES["json"])
        return table_answer(name, mode, desk.now, HEADS, _rows([it]), table_in({"format": format}))


def _report(desk: Desk, study_id: int, number: int) -> KeptLeakReport:
    desk.who.actor.require(MAY, study_id)
    with desk.store.reading() as connection:
        return leak_report(connection, study_id, min(number, NUMBER_MAX))


def _rows(reports: Iterable[KeptLeakReport]) -> Iterator[tuple[object, ...]]:
    for it in reports:
        for one in it.figures:
            yield *(getattr(it, name) for name in _OF_REPORT), *(getattr(one, name) for name in _OF_FIGURES)
