"""The supply manager's signature under a plan: what leaves today and tomorrow is asked for at once."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.unblinded_plan_signature import plan_signature
from irt.services.approve_plan import ApprovePlan, approve_plan
from irt.services.log_reading import LogReading, log_reading
from irt.services.ship_plan import AHEAD_DAYS
from irt.states.table import words
from web.blinded.desk import Desk, go
from web.blinded.typed import signing_in
from web.downloads import MEDIA_TYPES, file_answer, file_name
from web.forms import Fields
from web.frame import mode_of
from web.unblinded.open_desk import open_desk_of
from web.unblinded.open_plan import OpenPlan, open_plan
from web.unblinded.plan_pages import chosen_plan, plan_page
from web.unblinded.plan_paper import plan_masthead, plan_paper
from web.unblinded.plan_runs import posted_plan_study
from web.unblinded.plan_views import ApproveView, head_of
from web.unblinded.secret_page import require_unblinded, whole_study


class PlanApprovalPages(Controller):
    """The approval of a plan."""

    path = "/supply/optimizer/{number:int}/approve"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def ask(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """The panel."""
        return _page(desk, chosen_plan(desk, number), {})

    @post("/", sync_to_thread=True)
    def sign(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """Signs; the password is checked in this very request."""
        study_id = posted_plan_study(desk, data, Permission.APPROVE_SHIPMENT)
        ask = ApprovePlan(study_id=study_id, plan=number, hash=data.get("digest", ""), signing=signing_in(data))
        try:
            desk.press(approve_plan, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, open_plan(desk, study_id, number), data, refusal)
        return go(f"/supply/optimizer/{number}/approve")


class PlanPaperPages(Controller):
    """A plan on paper."""

    path = "/supply/optimizer/{number:int}/paper"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @post("/", status_code=200, sync_to_thread=True)
    def take(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """The plan with its signature as PDF; that it was taken is written down."""
        study_id = posted_plan_study(desk, data, Permission.VIEW_SUPPLY)
        opened = open_plan(desk, study_id, number)
        place = whole_study(desk, study_id)
        mode = mode_of(desk.who, place, desk.request.app.state.installation.settings.mode)
        with desk.store.reading() as connection:
            signature = plan_signature(connection, study_id, number)
        study = "" if place is None else f"{place.study_name} ({place.protocol})"
        paper = plan_paper(opened, signature, plan_masthead(opened, study, desk.who.printed_name, desk.now, mode))
        ask = LogReading(study_id=study_id, what=f"plan {number} paper", permission=Permission.VIEW_SUPPLY, rows=1)
        desk.press(log_reading, ask, desk.key())
        return file_answer(paper, file_name(f"plan_{number}", mode, desk.now, "pdf"), MEDIA_TYPES["pdf"])


def _page(desk: Desk, opened: OpenPlan, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[str]:
    study_id = opened.study_id
    require_unblinded(desk, Permission.APPROVE_SHIPMENT, study_id)
    with desk.store.reading() as connection:
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    until = desk.now.date() + timedelta(days=AHEAD_DAYS)
    since = date.min if opened.shown.approved_at else desk.now.date()
    due = [one for one in opened.shown.consignments if since <= one.dispatch_on <= until]
    view = ApproveView(
        head=head_of(desk, opened, refusal),
        role=words(desk.who.actor.require(Permission.APPROVE_SHIPMENT, study_id).role),
        code_needed=code_needed,
        due=len(due),
        asked=tuple(one.shipment for one in due if one.shipment),
        left=tuple(one for one in due if not one.shipment),
        typed={"meaning": typed.get("meaning", "")},
    )
    return plan_page(desk, opened, "approve", view, refusal.status_code if refusal else 200)
