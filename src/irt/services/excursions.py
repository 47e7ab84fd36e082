"""Excursions as services open and step them."""

from typing import Any

from sqlalchemy import bindparam, func, select, update

from irt.errors import IntegrityFault
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work
from irt.states.records import EXCURSION, ExcursionEvent, ExcursionStatus
from irt.tables.columns import table_of
from irt.tables.shipment import Excursion

_EXCURSIONS = table_of(Excursion)
_SO_FAR = select(func.count(_EXCURSIONS.c.id)).where(_EXCURSIONS.c.study_id == bindparam("study_id"))
DECIDED = (
    ExcursionStatus.ACCEPTED,
    ExcursionStatus.REJECTED,
    ExcursionStatus.PARTLY_ACCEPTED,
    ExcursionStatus.CLOSED,
)


def open_excursion(
    work: Work, place: str, status: ExcursionStatus, zone: str, told: dict[str, Any], **facts: Any
) -> tuple[int, str]:
    """An excursion of its own life, apart from the kits'; its id and number."""
    so_far = work.connection.execute(_SO_FAR, {"study_id": facts["study_id"]}).scalar()
    if so_far is None:
        raise IntegrityFault("counting gave no number")
    number = f"X-{so_far + 1:04d}"
    excursion_id = work.record(Excursion, number=number, status=status, opened_at=work.at, **facts)
    work.audit(
        AuditDraft(
            act="excursion_opened",
            record_kind="excursion",
            record=number,
            study_id=facts["study_id"],
            site_id=facts.get("site_id"),
            zone=zone,
            new={"place": place, **told},
        )
    )
    return excursion_id, number


def step_excursion(work: Work, excursion_id: int, status: ExcursionStatus, event: ExcursionEvent) -> None:
    """Takes an excursion a step where its life has one; else it stays as it is."""
    after = EXCURSION.get((status, event), status)
    if after != status:
        work.run(update(_EXCURSIONS).where(_EXCURSIONS.c.id == excursion_id).values(status=after))
