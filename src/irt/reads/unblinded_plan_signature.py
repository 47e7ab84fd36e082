"""The signature under an approved plan, as its paper shows it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import UnblindedView
from irt.tables.columns import table_of
from irt.tables.plan import PlanApproval, ShipmentPlan
from irt.tables.record import Signature

_PLANS, _APPROVALS, _SIGNATURES = table_of(ShipmentPlan), table_of(PlanApproval), table_of(Signature)
_SIGNED = (
    select(_SIGNATURES)
    .join(_APPROVALS, _APPROVALS.c.signature_id == _SIGNATURES.c.id)
    .join(_PLANS, _PLANS.c.id == _APPROVALS.c.plan_id)
    .where(_PLANS.c.study_id == bindparam("study_id"), _PLANS.c.number == bindparam("number"))
)


@dataclass(frozen=True)
class PlanSignature(UnblindedView):
    """Who signed what, as what, when and how; `record_hash` is of what was signed."""

    printed_name: str
    role: str
    meaning: str
    record_hash: str
    components: str
    at: datetime


def plan_signature(connection: Connection, study_id: int, number: int) -> PlanSignature | None:
    """The signature under a plan; None where it is not approved."""
    row = connection.execute(_SIGNED, {"study_id": study_id, "number": number}).mappings().first()
    names = ("printed_name", "role", "meaning", "record_hash", "components", "at")
    return None if row is None else PlanSignature(**{name: row[name] for name in names})
