"""Who has access to a study, to read, to take away, and to sign once it was looked through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.access import WORDS, AccessFinding
from irt.blinding.conflicts import Side, matrix, side_of
from irt.blinding.roles import SEES, DataClass, Permission, Role
from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.access import Access, AccessOfStudy, access_to, history_of_access
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.log_reading import LogReading, log_reading
from irt.services.review_access import ReviewAccess, review_access
from irt.states.records import Mode
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_in, study_of
from web.blinded.typed import signing_in
from web.downloads import table_answer, table_in
from web.forms import Fields

HEADS = (
    *("User name", "Name", "Role", "Where", "From (UTC)", "Until (UTC)", "Taken back (UTC)"),
    *("Given by", "Reason", "Last sign-in (UTC)", "To look at"),
)


@dataclass(frozen=True)
class AccessView(BlindedView):
    """The roles in force; `role`: in which the reader signs, empty where they only read."""

    found: AccessOfStudy
    role: str
    code_needed: bool
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    words: Mapping[AccessFinding, str] = field(default_factory=lambda: WORDS)


@dataclass(frozen=True)
class AccessHistoryView(BlindedView):
    """Every role ever held, newest first."""

    study_id: int
    protocol: str
    lines: tuple[Access, ...]
    now: datetime
    command_key: str


@dataclass(frozen=True)
class ConflictsView(BlindedView):
    """Role by role: its side, what it sees, and what it excludes for ever."""

    excluded: Mapping[Role, frozenset[Role]] = field(default_factory=matrix)
    sides: Mapping[Role, Side] = field(default_factory=lambda: {role: side_of(role) for role in Role})
    sees: Mapping[Role, tuple[str, ...]] = field(
        default_factory=lambda: {
            role: tuple(kind.name for kind in DataClass if kind in SEES[role]) for role in Role
        }
    )


class AccessPages(Controller):
    """Access to one study."""

    path = "/access"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Every role in force, what to look at first among them by name."""
        study_id = study_of(desk, Permission.VIEW_ACCESS)
        return go("/switch") if study_id is None else _page(desk, study_id)

    @get("/history", sync_to_thread=True)
    def history(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Every role that anybody ever held in the study, and what became of it."""
        study_id = study_of(desk, Permission.VIEW_ACCESS)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.VIEW_ACCESS, study_id)
        with desk.store.reading() as connection:
            found = access_to(connection, study_id, desk.now)
            lines = tuple(reversed(history_of_access(connection, study_id, desk.now)))
        view = AccessHistoryView(study_id, found.protocol, lines, desk.now, desk.key())
        return desk.page("people/access_history.html", view, "History of access", "Access", study_id=study_id)

    @get("/conflicts", sync_to_thread=True)
    def conflicts(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Which roles exclude which; the rule itself draws the table."""
        study_id = study_of(desk, Permission.VIEW_ACCESS)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.VIEW_ACCESS, study_id)
        return desk.page(
            "people/conflicts.html", ConflictsView(), "Conflicts of roles", "Access", study_id=study_id
        )

    @post("/review", sync_to_thread=True)
    def review(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Signs that the roles were looked through."""
        study_id = study_in(data)
        try:
            ask = ReviewAccess(
                study_id=study_id,
                hash=data.get("digest", ""),
                outcome=data.get("outcome", "").strip()[:500] or "All as it should be.",
                signing=signing_in(data),
            )
            desk.press(review_access, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal)
        return go("/access")

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """The roles in force, or with `all` every role anybody ever held, as a file."""
        study_id, suffix, ever = study_in(data), table_in(data), data.get("which") == "all"
        desk.who.actor.require(Permission.VIEW_ACCESS, study_id)
        with desk.store.reading() as connection:
            found = access_to(connection, study_id, desk.now)
            lines = history_of_access(connection, study_id, desk.now) if ever else found.lines
        what = "history of access" if ever else "access"
        ask = LogReading(study_id=study_id, what=what, permission=Permission.VIEW_ACCESS, rows=len(lines))
        desk.press(log_reading, ask, data.get("command_key", ""))
        name = f"{what.replace(' ', '-')}-{found.protocol}"
        return table_answer(name, Mode(found.mode), desk.now, HEADS, map(row_of, lines), suffix)


def _seen(role: Role) -> tuple[str, ...]:
    return tuple(kind.name for kind in DataClass if kind in SEES[role])


def row_of(line: Access) -> tuple[object, ...]:
    """A line as a file has it."""
    moments = (line.since, line.ends_at, line.revoked_at)
    to_look_at = " ".join(WORDS[each] for each in line.findings)
    return (
        *(line.username, line.printed_name, words(line.role), line.where),
        *map(_moment, moments),
        *(line.granted_by, line.reason, _moment(line.last_sign_in), to_look_at),
    )


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _page(
    desk: Desk, study_id: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[str]:
    desk.who.actor.require(Permission.VIEW_ACCESS, study_id)
    with desk.store.reading() as connection:
        found = access_to(connection, study_id, desk.now)
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    signs = may(desk, Permission.REVIEW_ACCESS, study_id)
    view = AccessView(
        found=found,
        role=words(desk.who.actor.require(Permission.REVIEW_ACCESS, study_id).role) if signs else "",
        code_needed=code_needed,
        command_key=desk.key(),
        typed={name: value for name, value in (typed or {}).items() if name not in ("password", "code")},
        refusal=refusal.sentence if refusal else "",
    )
    status_code = refusal.status_code if refusal else 200
    return desk.page("people/access.html", view, "Access", "Access", study_id=study_id, status_code=status_code)
