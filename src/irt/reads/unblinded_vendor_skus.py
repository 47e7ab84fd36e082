"""What depots that may know kit types call them in their own systems, and what is proposed of it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select

from irt.audit.operational_change import change_hash
from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.reads.unblinded_proposals import CHANGES, proposals_of
from irt.study.operations import ChangeKind
from irt.tables.columns import table_of
from irt.tables.secret import VendorSku
from irt.tables.study import Depot


@dataclass(frozen=True)
class SkuLine(UnblindedView):
    """One kit type's code at one depot."""

    depot: str
    kit_type: str
    code: str
    effective_from: date


@dataclass(frozen=True)
class ProposedSku(UnblindedView):
    """A code that somebody proposed. `seen`: the hash that a decision is bound to."""

    change_id: int
    depot: str
    kit_type: str
    code: str
    effective_from: date
    reason: str
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    granted: bool | None
    seen: str


_SKUS, _DEPOTS = table_of(VendorSku), table_of(Depot)
_LINES = (
    select(_SKUS, _DEPOTS.c.code.label("depot"))
    .join(_DEPOTS, _DEPOTS.c.id == _SKUS.c.depot_id)
    .where(_SKUS.c.study_id == bindparam("study_id"))
    .order_by(_DEPOTS.c.code, _SKUS.c.kit_type, _SKUS.c.effective_from.desc(), _SKUS.c.id.desc())
)
_PROPOSED = proposals_of(ChangeKind.VENDOR_SKU).where(CHANGES.c.id == bindparam("change_id"))


def vendor_skus(connection: Connection, study_id: int) -> tuple[SkuLine, ...]:
    """Every code there is or was, by depot and kit type, the latest first."""
    rows = connection.execute(_LINES, {"study_id": study_id})
    return tuple(SkuLine(row.depot, row.kit_type, row.code, row.effective_from) for row in rows)


def proposed_sku(connection: Connection, study_id: int, change_id: int) -> ProposedSku:
    """One proposal of a kit type's code; NotFound where it is none."""
    row = connection.execute(_PROPOSED, {"study_id": study_id, "change_id": change_id}).mappings().first()
    if row is None:
        raise NotFound("No such proposal in this study. Check its number.")
    secret = row["content"]["secret"]
    return ProposedSku(
        change_id=row["id"],
        depot=row["facts"]["depot"],
        **secret,
        effective_from=row["effective_from"],
        reason=row["reason"],
        asked_by_id=row["asked_by_id"],
        asked_by=row["printed_name"],
        asked_at=row["asked_at"],
        granted=row["granted"],
        seen=change_hash(row["kind"], row["record"], row["facts"], row["effective_from"], secret),
    )
