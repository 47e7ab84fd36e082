"""What waits for a second person; each is read and signed on a page of its own."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide

from irt.blinding.actor import Actor
from irt.blinding.roles import DataClass, Permission
from irt.blinding.two_persons import ApprovalKind
from irt.blinding.views import BlindedView
from irt.errors import NotAllowed
from irt.reads.blinded_approvals import ApprovalLine, approvals_waiting, may_decide
from irt.reads.blinded_drafts import VersionLine, drafts_to_approve
from web.blinded.desk import Desk, desk_of

DECIDES = (Permission.APPROVE_STUDY, Permission.LOAD_KITS, Permission.FREEZE_RANDOMIZATION)
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


class ApprovalPages(Controller):
    """The inbox of approvals."""

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
            *(_randomization_list(line, actor) for line in lists if _shows_lists(line, actor)),
            *(_change(line, actor) for line in lists if line.kind == ApprovalKind.OPERATIONAL_CHANGE),
        ]
        view = ApprovalsView(tuple(sorted(found, key=lambda one: one.asked_at, reverse=True)))
        return desk.page("approvals/approvals.html", view, "Approvals", "Approvals")


def _version(line: VersionLine, account_id: int) -> Waiting:
    return Waiting(
        what=line.words,
        kind="study version",
        asked_by=line.loaded_by,
        asked_at=line.loaded_at,
        href=f"/versions/{line.study_id}/{line.number}",
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


def _shows_lists(line: ApprovalLine, actor: Actor) -> bool:
    """Whether it is a randomization list, and the reader one of those whom the room lets in."""
    return line.kind == ApprovalKind.RANDOMIZATION_LIST and actor.sees(
        DataClass.LISTS, Permission.FREEZE_RANDOMIZATION, line.study_id
    )


def _randomization_list(line: ApprovalLine, actor: Actor) -> Waiting:
    return Waiting(
        what=f"{line.record[:1].upper()}{line.record[1:]}",
        kind="randomization list",
        asked_by=line.asked_by,
        asked_at=line.asked_at,
        href=f"/randomization/lists/{line.approval_id}?study={line.study_id}",
        mine=not may_decide(actor, line),
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
