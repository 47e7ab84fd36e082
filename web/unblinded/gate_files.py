"""What of a gate's run may be taken away: tables, the record that is signed, and the report; it is written down."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from litestar import Controller, Response, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.reads.unblinded_gates import GateRunShown, gate_courses, gate_results, gate_run_shown
from irt.services.log_reading import LogReading, log_reading
from irt.states.records import Mode
from simulation.run.table import read_table
from web.blinded.desk import Desk
from web.downloads import MEDIA_TYPES, csv_text, file_answer, file_name, warning_of
from web.forms import Fields
from web.frame import mode_of
from web.reports.file import report_file
from web.reports.paper import report_paper
from web.unblinded.gate_runs import shown_report
from web.unblinded.open_desk import open_desk_of
from web.unblinded.plan_runs import posted_plan_study
from web.unblinded.secret_page import require_unblinded, whole_study

KINDS = {
    "csv": ("csv", "_{}"),
    "parquet": ("parquet", "_{}"),
    "courses": ("parquet", "_{}_courses"),
    "json": ("json", ""),
    "html": ("html", ""),
    "pdf": ("pdf", ""),
}
"""What a button asks for: how its file ends, and what its name says of the scenario."""


class GateFilePages(Controller):
    """Files of one run."""

    path = "/gates/{gate:int}/runs/{run:int}/take"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @post("/", status_code=200, sync_to_thread=True)
    def take(
        self, desk: NamedDependency[Desk], gate: FromPath[int], run: FromPath[int], data: Fields
    ) -> Response[Any]:
        """One file; that it was taken is written down."""
        study_id = posted_plan_study(desk, data, Permission.VIEW_GATE)
        require_unblinded(desk, Permission.VIEW_GATE, study_id)
        with desk.store.reading() as connection:
            shown = gate_run_shown(connection, study_id, gate, run)
        suffix = data.get("format", "")
        content = _content(desk, study_id, gate, shown, data)
        mode = _mode(desk, study_id)
        ask = LogReading(
            study_id=study_id, what=f"gate {gate} run {run} {suffix}", permission=Permission.VIEW_GATE, rows=1
        )
        desk.press(log_reading, ask, desk.key())
        ending, part = KINDS[suffix]
        name = f"gate_{gate}_run_{run}{part.format(data.get('scenario', ''))}"
        return file_answer(content, file_name(name, mode, desk.now, ending), MEDIA_TYPES[ending])


def _content(desk: Desk, study_id: int, gate: int, shown: GateRunShown, data: Mapping[str, str]) -> str | bytes:
    """The file's content; BadInput for a kind that there is not, or a run without a verdict."""
    suffix = data.get("format", "")
    if suffix not in KINDS or shown.record is None:
        raise BadInput("There is no such file of this run. Nothing was taken. Press a button of the page.")
    if suffix == "json":
        return json.dumps({"record_hash": shown.record_hash, "record": shown.record}, indent=2)
    if suffix == "courses":
        return _courses(desk, study_id, gate, shown, data)
    if suffix in ("csv", "parquet"):
        with desk.store.reading() as connection:
            found = gate_results(connection, study_id, gate, shown.line.number, data.get("scenario", ""))
        return found if suffix == "parquet" else _csv(found)
    return _report(desk, study_id, gate, shown, suffix)


def _courses(desk: Desk, study_id: int, gate: int, shown: GateRunShown, data: Mapping[str, str]) -> bytes:
    with desk.store.reading() as connection:
        tables = gate_courses(connection, study_id, gate, shown.line.number)
    scenario = data.get("scenario", "")
    if scenario not in tables:
        raise BadInput(
            f"No trials of {scenario} by site and week are there yet. Nothing was taken. Look again later."
        )
    return tables[scenario]


def _csv(table: bytes) -> str:
    read = read_table(BytesIO(table))
    return csv_text(read.column_names, zip(*(column.to_pylist() for column in read.columns), strict=True))


def _report(desk: Desk, study_id: int, gate: int, shown: GateRunShown, suffix: str) -> str | bytes:
    report, unread = shown_report(desk, study_id, gate, shown)
    if report is None:
        raise BadInput(unread)
    mode, line, place = _mode(desk, study_id), shown.line, whole_study(desk, study_id)
    study = "" if place is None else f"{place.study_name} ({place.protocol})"
    signed = f"{line.signed_by}, {line.signed_at:%d %b %Y %H:%M:%S} UTC" if line.signed_at else "not signed"
    facts = (
        ("Study", study),
        ("Run", f"gate {gate}, run {line.number}, by {line.started_by}"),
        ("Record", shown.record_hash),
        ("Signature", signed),
    )
    mark = warning_of(mode)
    if suffix == "html":
        return report_file(report, facts, mark)
    return report_paper(report, desk.now, study, desk.who.printed_name, mark, facts)


def _mode(desk: Desk, study_id: int) -> Mode:
    return mode_of(desk.who, whole_study(desk, study_id), desk.request.app.state.installation.settings.mode)
