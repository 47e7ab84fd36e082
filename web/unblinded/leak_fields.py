"""The fields that a kept leak report names: blinded people would know from them what to look at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.reads.unblinded_leak_reports import LeakFieldLine, WholeLeakReport, whole_leak_report
from irt.services.log_reading import LogReading, log_reading
from web.api.limits import NUMBER_MAX
from web.blinded.activation import NAVIGATION
from web.blinded.desk import Desk
from web.blinded.unblinding import mode_of_study
from web.downloads import MEDIA_TYPES, file_answer, file_name, table_answer, table_in
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page

_MAY = Permission.VIEW_GATE
HEADS = tuple(LeakFieldLine.__dataclass_fields__)


@dataclass(frozen=True)
class LeakFieldsView(UnblindedView):
    """One report with its fields."""

    study_id: int
    report: WholeLeakReport
    command_key: str


class LeakFieldPages(Controller):
    """The fields of one kept report."""

    path = "/studies/{study_id:int}/leak-reports/{number:int}/fields"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int]) -> Response[str]:
        """Those that tell, then those that come closest; it is written down."""
        report = _read(desk, study_id, number)
        view, title = LeakFieldsView(study_id, report, desk.key()), f"Fields of leak report {number}"
        return secret_page(desk, "leaks/fields.html", view, title, NAVIGATION, study_id)

    @post("/export", status_code=200, sync_to_thread=True)
    def take(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int], data: Fields
    ) -> Response[str] | Response[str | bytes]:
        """The report as JSON, byte for byte as it was kept, or its fields as a table."""
        report, mode = _read(desk, study_id, number), mode_of_study(desk, study_id)
        name = f"UNBLINDED_leak_report_{number}"
        if data.get("format") == "json":
            return file_answer(report.text, file_name(name, mode, desk.now, "json"), MEDIA_TYPES["json"])
        return table_answer(name, mode, desk.now, HEADS, _rows(report.fields), table_in(data))


def _read(desk: Desk, study_id: int, number: int) -> WholeLeakReport:
    require_unblinded(desk, _MAY, study_id)
    with desk.store.reading() as connection:
        report = whole_leak_report(connection, study_id, min(number, NUMBER_MAX))
    ask = LogReading(study_id=study_id, what=f"fields of leak report {number}", permission=_MAY, rows=1)
    desk.press(log_reading, ask, desk.key())
    return report


def _rows(lines: Iterable[LeakFieldLine]) -> Iterator[tuple[object, ...]]:
    for one in lines:
        told = {name: getattr(one, name) for name in HEADS} | {"also": "; ".join(one.also)}
        yield tuple(told.values())
