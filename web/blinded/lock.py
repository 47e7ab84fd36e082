"""The lock of a study: what keeps it open, asked for by one person, set or lifted by another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_lock import CONDITION_WORDS, StudyLock, lock_of
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.lock_study import (
    AskStudyLock,
    AskStudyUnlock,
    DecideStudyLock,
    ask_study_lock,
    ask_study_unlock,
    decide_study_lock,
)
from irt.services.reveal_seed import DeclareEnd, End, declare_end
from irt.states.table import words
from web.blinded.activation import NAVIGATION
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_in, study_of
from web.blinded.typed import reason_in, signing_in, whole_in
from web.forms import Fields


@dataclass(frozen=True)
class LockView(BlindedView):
    """Where the study stands; `role` empty: the reader may not lock it. Passwords are never given back.

    `declares`: the role in which the reader may declare the clinical database locked.
    """

    lock: StudyLock
    role: str
    declares: str
    own: bool
    code_needed: bool
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    words: Mapping[str, str] = field(default_factory=lambda: CONDITION_WORDS)


class LockPages(Controller):
    """The lock of one study."""

    path = "/lock"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Conditions, steps, and the form or panel that comes next."""
        study_id = study_of(desk, Permission.VIEW_STUDY_LIFE)
        return go("/switch") if study_id is None else _page(desk, study_id)

    @post("/", sync_to_thread=True)
    def act(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Declares the database locked, asks for the lock or a correction, or decides what was asked for."""
        study_id = study_in(data)
        try:
            _press(desk, study_id, data, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal)
        return go("/lock")


def _press(desk: Desk, study_id: int, data: Mapping[str, str], key: str) -> None:
    act = data.get("act", "")
    if act == "declare":
        desk.press(declare_end, DeclareEnd(study_id=study_id, end=End.LOCKED, signing=signing_in(data)), key)
    elif act == "ask":
        agreed = {name: data.get(f"agreed_{name}", "").strip() for name in CONDITION_WORDS}
        given = {name: why for name, why in agreed.items() if why}
        desk.press(ask_study_lock, AskStudyLock(study_id=study_id, reason=reason_in(data), agreed=given), key)
    elif act == "lift":
        desk.press(ask_study_unlock, AskStudyUnlock(study_id=study_id, correction=reason_in(data)), key)
    elif act in ("decide", "drop"):
        decision = DecideStudyLock(
            study_id=study_id,
            number=whole_in(data.get("number", ""), "the request"),
            granted=act == "decide",
            seen=data.get("digest", ""),
            reason=reason_in(data) if act == "drop" else None,
            signing=signing_in(data),
        )
        desk.press(decide_study_lock, decision, key)
    else:
        raise BadInput("The step is missing. Nothing was done. Press a button of the page.")


def _page(
    desk: Desk, study_id: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[str]:
    actor = desk.who.actor
    actor.require_whole(Permission.VIEW_STUDY_LIFE, study_id)
    grant = actor.grant_for(Permission.LOCK_STUDY, study_id, None)
    declares = actor.grant_for(Permission.APPROVE_STUDY, study_id, None)
    with desk.store.reading() as connection:
        lock = lock_of(connection, study_id)
        code_needed = code_will_be_needed(connection, actor, study_id)
    view = LockView(
        lock=lock,
        role=words(grant.role) if grant else "",
        declares=words(declares.role) if declares else "",
        own=lock.waiting is not None and lock.waiting.person_id == actor.account_id,
        code_needed=code_needed,
        command_key=desk.key(),
        typed={name: value for name, value in (typed or {}).items() if name not in ("password", "code")},
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page("life/lock.html", view, "Lock of the study", NAVIGATION, study_id=study_id, status_code=status)
