"""The log of unblinding as blinded people may read it, who knows whose treatment, seals, and practices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.roles import Permission
from irt.blinding.unblinding import Path
from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_code_break_tests import SiteTested, code_break_tests, due_sites
from irt.reads.blinded_planned_unblindings import PlanLine, planned_unblindings
from irt.reads.blinded_unblinding_log import (
    KnownSubject,
    LogLine,
    PackSeals,
    blinded_log,
    known_subjects,
    pack_seals,
    reads_all,
)
from irt.services.log_reading import LogReading, log_reading
from irt.services.practise_code_break import PractiseSeal, practise_seal
from irt.services.remind_of_practice import RemindOfPractice, remind_of_practice
from irt.states.records import Mode
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_in, study_of
from web.blinded.typed import signing_in
from web.downloads import table_answer, table_in
from web.forms import Fields

HEADS = ("Path", "Record", "Time (UTC)", "Site", "Subject", "Person", "Category", "Said", "Still owed")
PATHS = {
    Path.EMERGENCY: "Code break",
    Path.SAFETY: "Safety case",
    Path.PLANNED: "Planned",
    Path.PHARMACIST: "Pharmacist",
    Path.ACCIDENT: "Accident",
}


class Written(Protocol):
    """A line of either log, as a file has it."""

    @property
    def path(self) -> Path: ...
    @property
    def record(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def site(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def person(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def said(self) -> str: ...
    @property
    def open(self) -> str: ...


@dataclass(frozen=True)
class LogView(BlindedView):
    """The log; `full`: the reader may open the whole one, which is an unblinded page."""

    study_id: int
    lines: tuple[LogLine, ...]
    known: tuple[KnownSubject, ...]
    seals: tuple[PackSeals, ...]
    plans: tuple[PlanLine, ...]
    untested: int
    full: bool
    plans_lists: bool
    command_key: str
    paths: tuple[tuple[Path, str], ...] = tuple(PATHS.items())


@dataclass(frozen=True)
class TestsView(BlindedView):
    """Every site with its practices; `reminds`: the reader may ask sites to practise."""

    study_id: int
    sites: tuple[SiteTested, ...]
    due: tuple[SiteTested, ...]
    reminds: bool
    practises: bool
    command_key: str
    pack: str = ""
    refusal: str = ""


class UnblindingPages(Controller):
    """The log of one study, and its practices."""

    path = "/unblinding"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """What happened, what is still owed, and what does not add up."""
        study_id = _study(desk)
        if study_id is None:
            return go("/switch")
        actor = desk.who.actor
        with desk.store.reading() as connection:
            view = LogView(
                study_id=study_id,
                lines=blinded_log(connection, actor, study_id, desk.now),
                known=known_subjects(connection, actor, study_id),
                seals=pack_seals(connection, actor, study_id),
                plans=planned_unblindings(connection, study_id) if reads_all(actor, study_id) else (),
                untested=len(due_sites(code_break_tests(connection, actor, study_id, desk.now))),
                full=may(desk, Permission.ASSESS_CASE, study_id) or may(desk, Permission.PLAN_UNBLINDING, study_id),
                plans_lists=may(desk, Permission.PLAN_UNBLINDING, study_id),
                command_key=desk.key(),
            )
        return desk.page("unblinding/log.html", view, "Unblinding", "Unblinding", study_id=study_id)

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """The log as a file."""
        study_id, suffix = study_in(data), table_in(data)
        require_log(desk, study_id)
        with desk.store.reading() as connection:
            lines = blinded_log(connection, desk.who.actor, study_id, desk.now)
        note_log(desk, study_id, "unblinding log", len(lines))
        return table_answer(
            "unblinding-log", mode_of_study(desk, study_id), desk.now, HEADS, rows_of(lines), suffix
        )

    @get("/tests", sync_to_thread=True)
    def tests(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Sites that never practised come first."""
        study_id = _study(desk)
        return go("/switch") if study_id is None else _tests(desk, study_id)

    @post("/tests/remind", sync_to_thread=True)
    def remind(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Asks every site that has to practise."""
        study_id = study_in(data)
        try:
            desk.press(remind_of_practice, RemindOfPractice(study_id=study_id), data.get("command_key", ""))
        except Refusal as refusal:
            return _tests(desk, study_id, refusal)
        return go("/unblinding/tests")

    @post("/tests/seal", sync_to_thread=True)
    def seal(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Books that the practice seal of a pack was opened, by what it said."""
        study_id, pack = study_in(data), data.get("pack", "").strip()
        ask = PractiseSeal(study_id=study_id, pack=pack, read=data.get("read", "")[:100], signing=signing_in(data))
        try:
            desk.press(practise_seal, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _tests(desk, study_id, refusal, pack)
        return go("/unblinding/tests")


def rows_of(lines: Iterable[Written]) -> Iterable[tuple[object, ...]]:
    """Lines as a file has them."""
    for line in lines:
        when = f"{line.at:%Y-%m-%dT%H:%M:%SZ}"
        place = (line.site, line.subject, line.person)
        yield (PATHS[line.path], line.record, when, *place, line.category, line.said, line.open)


def require_log(desk: Desk, study_id: int) -> None:
    """NotAllowed unless the person may read the log of the study, or of a site of it."""
    desk.who.actor.require(Permission.VIEW_UNBLINDING, study_id)


def note_log(desk: Desk, study_id: int, what: str, rows: int) -> None:
    """A line in the audit trail for the file that left."""
    ask = LogReading(study_id=study_id, what=what, permission=Permission.VIEW_UNBLINDING, rows=rows)
    desk.press(log_reading, ask, desk.key())


def mode_of_study(desk: Desk, study_id: int) -> Mode:
    """The environment of the study, for the name of a file."""
    return next((place.mode for place in desk.who.places if place.study_id == study_id), Mode.TEST)


def _study(desk: Desk) -> int | None:
    study_id = study_of(desk, Permission.VIEW_UNBLINDING)
    if study_id is not None:
        require_log(desk, study_id)
    return study_id


def _tests(desk: Desk, study_id: int, refusal: Refusal | None = None, pack: str = "") -> Response[Any]:
    require_log(desk, study_id)
    actor = desk.who.actor
    with desk.store.reading() as connection:
        sites = code_break_tests(connection, actor, study_id, desk.now)
    view = TestsView(
        study_id=study_id,
        sites=tuple(sorted(sites, key=lambda site: not site.due)),
        due=due_sites(sites),
        reminds=may(desk, Permission.DECIDE_UNBLINDING, study_id),
        practises=may(desk, Permission.BREAK_CODE, study_id),
        command_key=desk.key(),
        pack=pack,
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page(
        "unblinding/tests.html", view, "Practised code breaks", "Unblinding", study_id=study_id, status_code=status
    )
