"""A planned unblinding before the person who decides on it: whose treatments, for what, to whom; none is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_planned_unblindings import PlanLine, planned_unblindings
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import not_found
from irt.services.plan_unblinding import DecideUnblinding, decide_unblinding
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may
from web.blinded.typed import signing_in
from web.forms import Fields


@dataclass(frozen=True)
class PlanView(BlindedView):
    """One plan; `role` is empty for those who do not decide, and for the one who asked."""

    study_id: int
    plan: PlanLine
    role: str
    code_needed: bool
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    meaning: str = Meaning.DECIDE_UNBLINDING


class PlannedUnblindingPages(Controller):
    """Plans of one study by number."""

    path = "/unblinding/plans/{study_id:int}/{number:str}"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]) -> Response[Any]:
        """The plan, and the panel of whoever decides."""
        return _page(desk, study_id, number)

    @post("/", sync_to_thread=True)
    def decide(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Grants or refuses it under a signature."""
        ask = DecideUnblinding(
            study_id=study_id,
            number=number,
            granted=data.get("decision") != "reject",
            reason=data.get("reason", "").strip()[:1000],
            signing=signing_in(data),
        )
        try:
            desk.press(decide_unblinding, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, number, data, refusal)
        return go(f"/unblinding/plans/{study_id}/{number}")


def _page(
    desk: Desk,
    study_id: int,
    number: str,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response[Any]:
    actor = desk.who.actor
    actor.require(Permission.VIEW_UNBLINDING, study_id)
    with desk.store.reading() as connection:
        plans = planned_unblindings(connection, study_id)
        code_needed = code_will_be_needed(connection, actor, study_id)
    plan = next((one for one in plans if one.number == number), None)
    if plan is None:
        raise not_found("planned unblinding")
    decides = plan.granted is None and plan.account_id != desk.who.account_id
    decides = decides and may(desk, Permission.APPROVE_STUDY, study_id)
    view = PlanView(
        study_id,
        plan,
        words(actor.require(Permission.APPROVE_STUDY, study_id).role) if decides else "",
        code_needed,
        desk.key(),
        {"reason": (typed or {}).get("reason", "")},
        refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page(
        "unblinding/plan.html", view, f"Plan {number}", "Unblinding", study_id=study_id, status_code=status
    )
