"""Kit lists before their second person: the lots of each, which tell what is inside the kits."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select

from irt.blinding.two_persons import ApprovalKind
from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.reads.blinded_approvals import ApprovalLine, approvals_of_kind
from irt.tables.columns import table_of
from irt.tables.secret import ApprovalMatter, ManufacturingLot


@dataclass(frozen=True)
class LotListed(UnblindedView):
    """One lot of a kit list."""

    lot: str
    blinded_lot: str
    kit_type: str
    kits: int
    expiry: date
    depot: str
    label_group: str | None
    numbers: int
    block_kits: int | None = None


@dataclass(frozen=True)
class KitListRecord(UnblindedView):
    """A kit list with its lots; `loaded`: its kits exist already."""

    approval: ApprovalLine
    lots: tuple[LotListed, ...]
    content: tuple[dict[str, Any], ...]
    loaded: bool

    @property
    def kits(self) -> int:
        """Kits of the whole list."""
        return sum(lot.kits for lot in self.lots)


_MATTERS, _MADE = table_of(ApprovalMatter), table_of(ManufacturingLot)
_CONTENT = select(_MATTERS.c.content).where(_MATTERS.c.approval_id == bindparam("approval_id"))
_KNOWN = select(_MADE.c.id).where(
    _MADE.c.study_id == bindparam("study_id"), _MADE.c.number.in_(bindparam("lots", expanding=True))
)


def kit_list(connection: Connection, study_id: int, approval_id: int) -> KitListRecord:
    """One kit list that was put before a second person; NotFound where the study has no such list."""
    found = approvals_of_kind(connection, study_id, ApprovalKind.KIT_LIST)
    approval = next((line for line in found if line.approval_id == approval_id), None)
    content = connection.execute(_CONTENT, {"approval_id": approval_id}).scalar()
    if approval is None or content is None:
        raise NotFound("No such kit list in this study. Check the address, or open the list.")
    lots = tuple(_lot(lot) for lot in content["lots"])
    known = connection.execute(_KNOWN, {"study_id": study_id, "lots": [lot.lot for lot in lots]}).first()
    return KitListRecord(approval, lots, tuple(content["lots"]), known is not None)


def _lot(listed: dict[str, Any]) -> LotListed:
    return LotListed(
        lot=listed["lot"],
        blinded_lot=listed["blinded_lot"],
        kit_type=listed["kit_type"],
        kits=listed["kits"],
        expiry=date.fromisoformat(listed["expiry"]),
        depot=listed["depot"],
        label_group=listed["label_group"],
        numbers=len(listed["numbers"]),
        block_kits=listed.get("block_kits"),
    )
