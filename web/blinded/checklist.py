"""The checklist of going live: every line with its evidence and the place where it is done; two people sign it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.go_live import go_live_checklist, version_going_live
from irt.reads.restore_tests import RestoreTested, restore_tests
from irt.services.record_restore_test import RecordRestoreTest, record_restore_test
from irt.services.sign_checklist import SignChecklist, sign_checklist
from irt.states.table import words
from irt.study.activation import ChecklistLine
from irt.study.checklist import Checklist
from web.api.limits import NUMBER_MAX
from web.blinded.activation import NAVIGATION
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_in, study_of
from web.blinded.typed import day_in, hash_in, signing_in, whole_in
from web.forms import Fields

_P, _LINE = Permission, ChecklistLine
_PLACES: Mapping[ChecklistLine, tuple[str, frozenset[Permission]]] = {
    _LINE.VERSION: ("/versions", frozenset({_P.CONFIGURE_STUDY, _P.APPROVE_STUDY})),
    _LINE.RANDOMIZATION: ("/approvals", frozenset({_P.APPROVE_STUDY, _P.LOAD_KITS, _P.FREEZE_RANDOMIZATION})),
    _LINE.KIT_LISTS: ("/approvals", frozenset({_P.APPROVE_STUDY, _P.LOAD_KITS, _P.FREEZE_RANDOMIZATION})),
    _LINE.SUPPLY: ("/network", frozenset({_P.ACTIVATE_SITE})),
    _LINE.LABELS: ("/labels", frozenset({_P.WRITE_LABELS, _P.APPROVE_LABELS})),
    _LINE.GATE: ("/gates", frozenset({_P.VIEW_GATE})),
    _LINE.PEOPLE: ("/access", frozenset({_P.VIEW_ACCESS})),
    _LINE.CONFLICTS: ("/access", frozenset({_P.VIEW_ACCESS})),
    _LINE.APPROVALS: ("/activation", frozenset({_P.VIEW_STUDY_LIFE})),
    _LINE.CODE_BREAKS: ("/unblinding", frozenset({_P.VIEW_UNBLINDING})),
    _LINE.ANCHOR: ("/history", frozenset({_P.VIEW_AUDIT})),
}
"""Where a line is done or read, and whose page that is. Lines without one are done by a command, or here."""


@dataclass(frozen=True)
class ChecklistView(BlindedView):
    """The lines, where each is done, and the two forms; `role` empty: the reader does not sign."""

    study_id: int
    found: Checklist
    places: Mapping[ChecklistLine, str]
    restored: tuple[RestoreTested, ...]
    role: str
    signed_before: bool
    may_record: bool
    code_needed: bool
    today: date
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


class ChecklistPages(Controller):
    """The checklist of one study's version."""

    path = "/checklist"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], version: FromQuery[int] = 0) -> Response[Any]:
        """The newest approved version's, or that of the version named."""
        study_id = study_of(desk, Permission.VIEW_STUDY_LIFE)
        return go("/switch") if study_id is None else _page(desk, study_id, min(version, NUMBER_MAX))

    @post("/", sync_to_thread=True)
    def sign(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Signs the lines as they were shown."""
        study_id, version = study_in(data), whole_in(data.get("version", ""), "the version")
        try:
            digest = hash_in(data, "digest")
            ask = SignChecklist(study_id=study_id, version=version, hash=digest, signing=signing_in(data))
            desk.press(sign_checklist, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, version, data, refusal)
        return go(f"/checklist?version={version}")

    @post("/restored", sync_to_thread=True)
    def record(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Records a test of restoring a back-up."""
        study_id = study_in(data)
        try:
            ask = RecordRestoreTest(
                tested_on=day_in(data.get("tested_on", ""), desk.now.date()),
                words=_words_in(data),
                trail_before=hash_in(data, "trail_before"),
                trail_after=hash_in(data, "trail_after"),
                document_hash=hash_in(data, "document_hash"),
                signing=signing_in(data),
            )
            desk.press(record_restore_test, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, 0, data, refusal)
        return go("/checklist")


def _words_in(data: Mapping[str, str]) -> str:
    typed = data.get("words", "").strip()
    if not 1 <= len(typed) <= 600:
        raise BadInput("Say in at most 600 characters what was restored. Nothing was signed.")
    return typed


def _page(
    desk: Desk,
    study_id: int,
    version: int,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    actor = desk.who.actor
    actor.require_whole(Permission.VIEW_STUDY_LIFE, study_id)
    grant = actor.grant_for(Permission.SIGN_GATE, study_id, None)
    with desk.store.reading_past_wall() as connection:
        number = version or version_going_live(connection, study_id)
        found = go_live_checklist(connection, study_id, number, desk.now)
        restored = restore_tests(connection)
    with desk.store.reading() as connection:
        code_needed = code_will_be_needed(connection, actor, study_id)
    view = ChecklistView(
        study_id=study_id,
        found=found,
        places=_places(desk, study_id, number),
        restored=restored,
        role=words(grant.role) if grant else "",
        signed_before=any(each.account_id == actor.account_id for each in found.signers),
        may_record=actor.grant_for(Permission.MANAGE_ACCOUNTS, None, None) is not None,
        code_needed=code_needed,
        today=desk.now.date(),
        command_key=desk.key(),
        typed={name: value for name, value in (typed or {}).items() if name not in ("password", "code")},
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page(
        "life/checklist.html", view, "Checklist of going live", NAVIGATION, study_id=study_id, status_code=status
    )


def _places(desk: Desk, study_id: int, version: int) -> Mapping[ChecklistLine, str]:
    """Pages of lines that the reader may open; acceptance has one for each version, leak reports for each study."""
    actor = desk.who.actor
    here = {
        _LINE.ACCEPTANCE: (f"/versions/{study_id}/{version}/acceptance", frozenset({_P.VIEW_STUDY_LIFE})),
        _LINE.LEAKS: (f"/studies/{study_id}/leak-reports", frozenset({_P.VIEW_GATE})),
    }
    return {
        line: href
        for line, (href, permissions) in {**_PLACES, **here}.items()
        if any(actor.grant_for(permission, study_id, None) for permission in permissions)
    }
