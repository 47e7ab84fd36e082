"""The delegation log of a site: who may do what there, to read, to print, as a file, and to sign."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.delegation import WORDS, Task
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_delegation import DelegationLine, DelegationLog, delegation_log
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import WorkSite, allowed, not_found
from irt.services.delegate_tasks import DelegateTasks, EndDelegation, delegate_tasks, end_delegation
from irt.services.log_reading import LogReading, log_reading
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import day_in, reason_in, signing_in, whole_in
from web.downloads import table_answer, table_in
from web.forms import Fields
from web.frame import mode_of
from web.my_sites import sites_of

HEADS = (
    *("Line", "User name", "Name", "Tasks", "From", "Until", "Training on file", "Delegated by", "Signed at (UTC)"),
    *("Taken back at (UTC)", "Taken back by", "Why", "Note"),
)
DONE = {"delegated": "The line is signed.", "ended": "The tasks are taken back."}


@dataclass(frozen=True)
class DelegationView(BlindedView):
    """The log of one site; `role`: in which the reader delegates, empty where they only read."""

    site: WorkSite
    log: DelegationLog
    sites: tuple[tuple[str, str], ...]
    tasks: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    today: date
    role: str
    code_needed: bool
    command_key: str
    said: str = ""
    refusal: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


class DelegationPages(Controller):
    """The log, and its two acts."""

    path = "/delegation"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], site: FromQuery[int | None] = None, done: FromQuery[str] = ""
    ) -> Response[str]:
        """Every line, past ones too, and what to look at."""
        return _page(desk, _here(desk, site), said=DONE.get(done, ""))

    @post("/", sync_to_thread=True)
    def delegate(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Signs a line."""
        here = _named(desk, data)
        try:
            desk.press(delegate_tasks, _asked(desk, here, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, here, refusal.status_code, refusal=refusal.sentence, typed=data)
        return go(f"/delegation?site={here.site_id}&done=delegated")

    @post("/end", sync_to_thread=True)
    def end(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Takes tasks back."""
        here = _named(desk, data)
        try:
            line = whole_in(data.get("line", ""), "the line")
            ask = EndDelegation(study_id=here.study_id, delegation_id=line, reason=reason_in(data))
            desk.press(end_delegation, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, here, refusal.status_code, refusal=refusal.sentence)
        return go(f"/delegation?site={here.site_id}&done=ended")

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """The log as a file; taking it is written down."""
        here, suffix = _named(desk, data), table_in(data)
        with desk.store.reading() as connection:
            log = delegation_log(connection, here.site_id, desk.now, here.today(desk.now))
        ask = LogReading(
            study_id=here.study_id,
            site_id=here.site_id,
            what="delegation log, as a file",
            permission=Permission.VIEW_DELEGATION,
            rows=len(log.lines),
        )
        desk.press(log_reading, ask, data.get("command_key", ""))
        mode = mode_of(desk.who, desk.who.place, desk.request.app.state.installation.settings.mode)
        return table_answer(f"delegation {here.site}", mode, desk.now, HEADS, map(row_of, log.lines), suffix)


def row_of(line: DelegationLine) -> tuple[object, ...]:
    """A line as a file has it."""
    return (
        *(line.number, line.username, line.printed_name, "; ".join(line.tasks), line.starts_on, line.ends_on),
        *(line.trained_on, line.signed_by, f"{line.signed_at:%Y-%m-%dT%H:%M:%SZ}"),
        "" if line.ended_at is None else f"{line.ended_at:%Y-%m-%dT%H:%M:%SZ}",
        *(line.ended_by, line.end_reason, line.note),
    )


def _asked(desk: Desk, here: WorkSite, data: Mapping[str, str]) -> DelegateTasks:
    tasks = [task for task in Task if data.get(f"task-{task}") == "yes"]
    if not tasks:
        raise BadInput("No task is chosen. Nothing was signed. Choose at least one.")
    today = here.today(desk.now)
    return DelegateTasks(
        study_id=here.study_id,
        site_id=here.site_id,
        account_id=whole_in(data.get("person", ""), "the person"),
        tasks=tasks,
        starts_on=day_in(data.get("starts_on", ""), today),
        ends_on=day_in(data["ends_on"], today) if data.get("ends_on") else None,
        note=data.get("note", "").strip()[:500],
        signing=signing_in(data),
    )


def _named(desk: Desk, data: Mapping[str, str]) -> WorkSite:
    return _here(desk, whole_in(data.get("site", ""), "the site"))


def _here(desk: Desk, site_id: int | None) -> WorkSite:
    with desk.store.reading() as connection:
        sites = sites_of(connection, desk.who, Permission.VIEW_DELEGATION)
    found = next((site for site in sites if site_id in (None, site.site_id)), None)
    if found is None:
        raise not_found("site")
    return found


def _page(desk: Desk, here: WorkSite, status_code: int = 200, **shown: Any) -> Response[str]:
    actor, today = desk.who.actor, here.today(desk.now)
    may = allowed(actor, Permission.DELEGATE_TASKS, here)
    with desk.store.reading() as connection:
        log = delegation_log(connection, here.site_id, desk.now, today)
        sites = sites_of(connection, desk.who, Permission.VIEW_DELEGATION)
        code_needed = code_will_be_needed(connection, actor, here.study_id)
    others = [person for person in log.staff if person.account_id != actor.account_id]
    typed = shown.pop("typed", {})
    view = DelegationView(
        site=here,
        log=log,
        sites=tuple((str(site.site_id), f"{site.site} · {site.study}") for site in sites),
        tasks=tuple((str(task), said) for task, said in WORDS.items()),
        people=tuple((str(one.account_id), f"{one.printed_name}, {_roles(one.roles)}") for one in others),
        today=today,
        role=words(actor.require(Permission.DELEGATE_TASKS, here.study_id, here.site_id).role) if may else "",
        code_needed=code_needed,
        command_key=desk.key(),
        typed={name: value for name, value in typed.items() if name not in ("password", "code")},
        **shown,
    )
    return desk.page(
        "delegation/delegation.html",
        view,
        "Delegation log",
        "Delegation",
        study_id=here.study_id,
        site_id=here.site_id,
        status_code=status_code,
    )


def _roles(roles: tuple[Any, ...]) -> str:
    return ", ".join(words(role).lower() for role in roles)
