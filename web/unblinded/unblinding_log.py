"""The whole log of unblinding: all five paths, for the safety desk and the unblinded statistician."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.unblinding import Path
from irt.blinding.views import UnblindedView
from irt.errors import NotAllowed
from irt.reads.unblinded_unblinding_log import FullLine, full_log, reads_whole_log
from web.blinded.desk import Desk
from web.blinded.one_study import study_in
from web.blinded.unblinding import HEADS, PATHS, mode_of_study, note_log, rows_of
from web.downloads import table_answer, table_in
from web.forms import Fields
from web.unblinded.open_desk import case_desk_of
from web.unblinded.secret_page import secret_page


@dataclass(frozen=True)
class FullLogView(UnblindedView):
    """Every line, newest first."""

    study_id: int
    lines: tuple[FullLine, ...]
    command_key: str
    paths: tuple[tuple[Path, str], ...] = tuple(PATHS.items())


class FullLogPages(Controller):
    """The log that blinded people do not read."""

    path = "/unblinding/full"
    dependencies = {"desk": Provide(case_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study: FromQuery[int] = 0) -> Response[Any]:
        """All five paths; that it was read is written down."""
        lines = _lines(desk, study)
        note_log(desk, study, "whole unblinding log", len(lines))
        view = FullLogView(study, lines, desk.key())
        return secret_page(desk, "unblinding/full.html", view, "Unblinding, all paths", "Unblinding", study)

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """The same as a file."""
        study_id, suffix = study_in(data), table_in(data)
        lines = _lines(desk, study_id)
        note_log(desk, study_id, "whole unblinding log", len(lines))
        mode = mode_of_study(desk, study_id)
        return table_answer("UNBLINDED-unblinding-log", mode, desk.now, HEADS, rows_of(lines), suffix)


def _lines(desk: Desk, study_id: int) -> tuple[FullLine, ...]:
    desk.who.actor.require(Permission.VIEW_UNBLINDING, study_id)
    if not reads_whole_log(desk.who.actor, study_id):
        raise NotAllowed("Your role cannot see this. Ask the study coordinator.")
    with desk.store.reading() as connection:
        return full_log(connection, desk.who.actor, study_id, desk.now)
