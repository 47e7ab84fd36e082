"""Labels counted one by one: each that was issued is on a kit, spoiled or destroyed, or nothing is booked."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.errors import Refusal
from irt.services.move_kits import HeldKit
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.expiry import RelabelledKit, Relabelling


class LabelCounts(SQLModel):
    """Every label of one piece of work beside those on kits."""

    labels_issued: int = Field(ge=0)
    labels_spoiled: int = Field(default=0, ge=0)
    labels_destroyed: int = Field(default=0, ge=0)


class LabelsDoNotAddUp(Refusal):
    """A label is not accounted for."""

    def __init__(self, issued: int, accounted: int) -> None:
        super().__init__(
            f"{issued} labels were issued, {accounted} are accounted for: used, spoiled and destroyed. Nothing was "
            "booked. Count again; a label that cannot be found must not be on a kit that nobody names."
        )


class SecondPersonMissing(Refusal):
    """Who put the labels on does not check them."""

    def __init__(self) -> None:
        super().__init__(
            "You put these labels on, so somebody else has to check them. Nothing was booked. Ask a colleague."
        )


_DONE = table_of(Relabelling)
_SO_FAR = select(func.count()).where(_DONE.c.study_id == bindparam("study_id"))


def refuse_miscounted(counts: LabelCounts, used: int) -> None:
    """LabelsDoNotAddUp where a label is missing, or one too many was counted."""
    accounted = used + counts.labels_spoiled + counts.labels_destroyed
    if accounted != counts.labels_issued:
        raise LabelsDoNotAddUp(counts.labels_issued, accounted)


def book_labels(
    work: Work,
    owner: Mapping[str, int],
    kits: Sequence[HeldKit],
    counts: LabelCounts,
    used: int,
    **facts: Any,
) -> str:
    """Records the labels put on these kits by this person, and gives the number under which they are checked."""
    number = f"B-{work.connection.execute(_SO_FAR, {'study_id': owner['study_id']}).scalar_one() + 1:04d}"
    relabelling_id = work.record(
        Relabelling,
        **owner,
        number=number,
        labels_issued=counts.labels_issued,
        labels_used=used,
        labels_spoiled=counts.labels_spoiled,
        labels_destroyed=counts.labels_destroyed,
        at=work.at,
        account_id=work.actor.account_id,
        **facts,
    )
    lines = ({**owner, "relabelling_id": relabelling_id, "kit_id": kit.id} for kit in kits)
    work.record_all(RelabelledKit, lines)
    return number
