"""What waits for a second person: study versions, read and signed here; the rest on pages of its own."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.audit.signature import Meaning
from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.two_persons import ApprovalKind
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotAllowed, Refusal
from irt.reads.blinded_approvals import ApprovalLine, approvals_waiting, may_decide
from irt.reads.blinded_drafts import VersionLine, VersionRecord, drafts_to_approve, version_record
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.approve_version import ApproveVersion, WithdrawVersion, approve_version, withdraw_version
from irt.states.records import VersionStatus
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import reason_in, signing_in
from web.forms import Fields

DECIDES = (Permission.APPROVE_STUDY, Permission.LOAD_KITS)
"""Whoever holds one of these finds the page in the navigation."""


@dataclass(frozen=True)
class Waiting(BlindedView):
    """One thing that waits, where to read it, and whether this reader may decide it."""

    what: str
    kind: str
    asked_by: str
    asked_at: Any
    href: str
    mine: bool


@dataclass(frozen=True)
class ApprovalsView(BlindedView):
    """What waits, newest first."""

    waiting: tuple[Waiting, ...]


@dataclass(frozen=True)
class VersionView(BlindedView):
    """One version with the panel that signs its approval; passwords are never given back."""

    record: VersionRecord
    draft: bool
    oneself: bool
    role: str
    code_needed: bool
    meaning: str
    command_key: str
    refusal: str = ""


class ApprovalPages(Controller):
    """Approvals, and study versions among them."""

    path = "/approvals"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[str]:
        """Everything that waits for a second person and concerns this one."""
        actor = desk.who.actor
        if not any(g.covers(permission, g.study_id, None) for g in actor.grants for permission in DECIDES):
            raise NotAllowed("Your role cannot do this. Ask the study coordinator.")
        with desk.store.reading() as connection:
            drafts = drafts_to_approve(connection, actor)
            lists = approvals_waiting(connection, actor)
        found = [
            *(_version(line, actor.account_id) for line in drafts),
            *(_kit_list(line, not may_decide(actor, line)) for line in lists if line.kind == ApprovalKind.KIT_LIST),
            *(_change(line, actor) for line in lists if line.kind == ApprovalKind.OPERATIONAL_CHANGE),
        ]
        view = ApprovalsView(tuple(sorted(found, key=lambda one: one.asked_at, reverse=True)))
        return desk.page("approvals/approvals.html", view, "Approvals", "Approvals")

    @get("/versions/{study_id:int}/{number:int}", sync_to_thread=True)
    def show_version(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int]
    ) -> Response[str]:
        """One version: its specification, its digest, its signature panel."""
        return _page(desk, study_id, number)

    @post("/versions/{study_id:int}/{number:int}", sync_to_thread=True)
    def decide_version(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int], data: Fields
    ) -> Response[Any]:
        """Signs the approval, or sets the draft aside with a reason."""
        key = data.get("command_key", "")
        try:
            if data.get("decision") == "withdraw":
                aside = WithdrawVersion(study_id=study_id, version=number, reason=reason_in(data))
                desk.press(withdraw_version, aside, key)
            elif data.get("decision") == "sign":
                signed = ApproveVersion(study_id=study_id, version=number, signing=signing_in(data))
                desk.press(approve_version, signed, key)
            else:
                raise BadInput("The decision is missing. Nothing was decided. Press a button of the page.")
        except Refusal as refusal:
            return _page(desk, study_id, number, refusal)
        return go(f"/approvals/versions/{study_id}/{number}")


def _version(line: VersionLine, account_id: int) -> Waiting:
    return Waiting(
        what=line.words,
        kind="study version",
        asked_by=line.loaded_by,
        asked_at=line.loaded_at,
        href=f"/approvals/versions/{line.study_id}/{line.number}",
        mine=line.loaded_by_id == account_id,
    )


def _kit_list(line: ApprovalLine, mine: bool) -> Waiting:
    return Waiting(
        what=f"{line.record[:1].upper()}{line.record[1:]}",
        kind="kit list",
        asked_by=line.asked_by,
        asked_at=line.asked_at,
        href=f"/kit-lists/{line.study_id}/{line.approval_id}",
        mine=mine,
    )


def _change(line: ApprovalLine, actor: Actor) -> Waiting:
    return Waiting(
        what=f"{line.record[:1].upper()}{line.record[1:]}",
        kind="operational change",
        asked_by=line.asked_by,
        asked_at=line.asked_at,
        href=f"/network/{line.study_id}",
        mine=not may_decide(actor, line),
    )


def _page(desk: Desk, study_id: int, number: int, refusal: Refusal | None = None) -> Response[str]:
    actor = desk.who.actor
    may_load = actor.grant_for(Permission.CONFIGURE_STUDY, study_id, None)
    grant = actor.require(Permission.CONFIGURE_STUDY if may_load else Permission.APPROVE_STUDY, study_id)
    with desk.store.reading() as connection:
        record = version_record(connection, study_id, number)
        code_needed = code_will_be_needed(connection, actor, study_id)
    view = VersionView(
        record=record,
        draft=record.line.status == VersionStatus.DRAFT,
        oneself=may_load is not None or record.line.loaded_by_id == actor.account_id,
        role=words(grant.role),
        code_needed=code_needed,
        meaning=Meaning.APPROVE,
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
    )
    return desk.page(
        "approvals/version.html",
        view,
        record.line.words,
        "Approvals",
        study_id=study_id,
        status_code=refusal.status_code if refusal else 200,
    )
