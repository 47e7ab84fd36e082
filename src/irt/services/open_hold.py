"""Opening a hold: one line that blocks every use of the kits at once; a job then moves them, wherever they are."""

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.holds import IN_FORCE, Cover
from irt.services.audit_draft import AuditDraft
from irt.services.jobs import enqueue_job
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.supply_study import lock_row
from irt.services.vendor_notices import notice_for_depots
from irt.services.work import Work
from irt.states.hold import HoldAct, HoldKind
from irt.states.records import JobKind
from irt.states.vendor_message import NoticeCause
from irt.tables.columns import table_of
from irt.tables.hold import KitHold
from irt.tables.kit import BlindedLot, Kit
from irt.tables.secret import HoldCause, ManufacturingLot
from irt.tables.shipment import Shipment
from irt.tables.study import Site, Study


class OpenHold(SQLModel):
    """What to recall, set apart or practise on: exactly one of a lot, a range of kits, a shipment and a site.

    A lot is a blinded one, or a manufacturing one, which stands for the whole blinded lot it is part of.
    """

    study_id: int
    kind: HoldKind
    lot: str | None = None
    first_kit: str | None = None
    last_kit: str | None = None
    shipment: str | None = None
    site: str | None = None
    reason: str
    signing: Signing = Field(exclude=True)


class HoldOpened(SQLModel):
    """The hold's number, what it is over, how many kits that is, and the job that finds and moves them."""

    number: str
    over: str
    kits: int
    job_id: int


class AlreadyOnHold(Refusal):
    """The same kits are under such a hold already."""

    def __init__(self, number: str, over: str) -> None:
        super().__init__(f"{over} is under hold {number} already. Nothing was changed. See that hold.")


_LOTS, _BULK, _SHIPMENTS = table_of(BlindedLot), table_of(ManufacturingLot), table_of(Shipment)
_SITES, _KITS, _HOLDS, _STUDIES = table_of(Site), table_of(Kit), table_of(KitHold), table_of(Study)
_NAMED = {
    table.name: select(table.c.id, table.c.number).where(
        table.c.study_id == bindparam("study_id"), table.c.number == bindparam("number")
    )
    for table in (_LOTS, _SHIPMENTS, _SITES)
}
_BULK_LOT = (
    select(_BULK.c.id, _BULK.c.blinded_lot_id, _LOTS.c.number)
    .join(_LOTS, _LOTS.c.id == _BULK.c.blinded_lot_id)
    .where(_BULK.c.study_id == bindparam("study_id"), _BULK.c.number == bindparam("number"))
)
_SO_FAR = select(func.count()).where(_HOLDS.c.study_id == bindparam("study_id"), _HOLDS.c.act == HoldAct.OPEN)
_SAME = select(_HOLDS.c.number).where(
    _HOLDS.c.study_id == bindparam("study_id"),
    IN_FORCE,
    _HOLDS.c.kind == bindparam("kind"),
    *(
        _HOLDS.c[name].is_not_distinct_from(bindparam(name))
        for name in ("blinded_lot_id", "first_kit", "last_kit", "shipment_id", "site_id")
    ),
)
COUNT_HOLDS = (
    update(_STUDIES)
    .where(_STUDIES.c.id == bindparam("of_study"))
    .values(open_holds=_STUDIES.c.open_holds + bindparam("more"))
)


def open_hold(work: Work, ask: OpenHold) -> HoldOpened:
    """Signs and opens a hold: from its commit on no kit under it is released, sent, received as usable or given.

    Why, and a manufacturing lot that was named, stand in the second chain and in a table of its own alone.
    """
    grant = work.actor.require(Permission.DECIDE_QUALITY, ask.study_id)
    reason = need_reason(ask.reason)
    sponsor_id = lock_row(work, ask.study_id)
    cover, over, bulk_id = _cover(work, ask)
    if same := work.row(_SAME, kind=ask.kind, **_columns(cover)):
        raise AlreadyOnHold(same["number"], over)
    kits = int(work.connection.execute(select(func.count()).select_from(_KITS).where(cover.kits)).scalar_one())
    if not kits:
        raise BadInput(f"{over} holds no kit of this study. Nothing was opened. Check what is meant.")
    so_far = work.connection.execute(_SO_FAR, {"study_id": ask.study_id}).scalar_one()
    number = f"H-{so_far + 1:04d}"
    # What is signed is what blinded people may know: a hash of the cause could be guessed back to it.
    content = {"kind": ask.kind, "over": over, "kits": kits}
    signable = Signable(Meaning.DECIDE_QUALITY, "hold", number, content, ask.study_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    job_id = enqueue_job(work, JobKind.HOLD, {"hold": number}, ask.study_id)
    line: dict[str, int | str | None] = {
        "sponsor_id": sponsor_id,
        "number": number,
        "kits": kits,
        "job_id": job_id,
        "signature_id": signature_id,
    }
    _record(work, ask, {**_columns(cover), **line}, bulk_id, reason)
    work.audit(
        AuditDraft(
            act="hold_opened",
            record_kind="hold",
            record=number,
            study_id=ask.study_id,
            new={"kind": ask.kind, "over": over, "kits": kits, "signature": signature_id, "job": job_id},
            secret={"reason": reason, "named_lot": ask.lot or ""},
        )
    )
    return HoldOpened(number=number, over=over, kits=kits, job_id=job_id)


def _record(work: Work, ask: OpenHold, line: dict[str, int | str | None], bulk_id: int | None, reason: str) -> None:
    """The line that blocks, its cause, and the study's count of holds."""
    facts = {"act": HoldAct.OPEN, "kind": ask.kind, "at": work.at, "account_id": work.actor.account_id}
    hold_id = work.record(KitHold, **line, **facts)
    work.append(
        HoldCause,
        sponsor_id=line["sponsor_id"],
        study_id=ask.study_id,
        hold_id=hold_id,
        manufacturing_lot_id=bulk_id,
        reason=reason,
    )
    if ask.kind != HoldKind.DRILL:
        owner = {"sponsor_id": int(line["sponsor_id"] or 0), "study_id": ask.study_id}
        notice_for_depots(work, owner, NoticeCause.HOLD_OPENED, str(line["number"]))
        work.run(COUNT_HOLDS, {"of_study": ask.study_id, "more": 1})


def _columns(cover: Cover) -> dict[str, int | str | None]:
    return {
        "study_id": cover.study_id,
        "blinded_lot_id": cover.blinded_lot_id,
        "first_kit": cover.first_kit,
        "last_kit": cover.last_kit,
        "shipment_id": cover.shipment_id,
        "site_id": cover.site_id,
    }


def _cover(work: Work, ask: OpenHold) -> tuple[Cover, str, int | None]:
    """What the hold is over, in words too, and the manufacturing lot that was named, if one was."""
    ranged = bool(ask.first_kit or ask.last_kit)
    if sum((bool(ask.lot), ranged, bool(ask.shipment), bool(ask.site))) != 1:
        raise BadInput("Name one thing: a lot, a range of kits, a shipment or a site. Nothing was opened.")
    if ask.lot:
        return _over_lot(work, ask.study_id, ask.lot)
    if ranged:
        return *_over_range(ask), None
    if ask.shipment:
        row = work.one("shipment", _NAMED[_SHIPMENTS.name], study_id=ask.study_id, number=ask.shipment)
        return Cover(ask.study_id, shipment_id=row["id"]), f"Shipment {row['number']}", None
    row = work.one("site", _NAMED[_SITES.name], study_id=ask.study_id, number=ask.site)
    return Cover(ask.study_id, site_id=row["id"]), f"Site {row['number']}", None


def _over_lot(work: Work, study_id: int, number: str) -> tuple[Cover, str, int | None]:
    """The blinded lot. Kits of one manufacturing lot alone would show which kits are alike (L21)."""
    if lot := work.row(_NAMED[_LOTS.name], study_id=study_id, number=number):
        return Cover(study_id, blinded_lot_id=lot["id"]), f"Lot {lot['number']}", None
    bulk = work.row(_BULK_LOT, study_id=study_id, number=number)
    if bulk is None:
        raise NotFound(f"{number} is not a lot of this study. Nothing was opened. Check the number.")
    return Cover(study_id, blinded_lot_id=bulk["blinded_lot_id"]), f"Lot {bulk['number']}", bulk["id"]


def _over_range(ask: OpenHold) -> tuple[Cover, str]:
    first, last = (ask.first_kit or "").strip(), (ask.last_kit or "").strip()
    if not first or not last or len(first) != len(last) or first > last:
        raise BadInput("A range goes from a kit number to a later one of the same length. Nothing was opened.")
    return Cover(ask.study_id, first_kit=first, last_kit=last), f"Kits {first} to {last}"
