"""A physical count: everything on the shelf is scanned blind, then compared with the record."""

from enum import StrEnum
from typing import Any

from sqlalchemy import and_, bindparam, or_
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import HeldKit, held, locking, move_kits
from irt.services.shipments import take_out_of_parcel
from irt.services.site_kits import can_move
from irt.services.supply_study import SupplySite, site_numbered
from irt.services.work import Work
from irt.states.kit import Accountability, Assignment, Custody, KitEvent
from irt.tables.columns import table_of
from irt.tables.kit import Kit, StockCount


class CountStock(SQLModel):
    """Every number scanned at the site; a reason for each difference, asked for after the comparison."""

    study_id: int
    site: str
    scanned: list[str]
    reasons: dict[str, str] = Field(default={}, description="kit number -> reason")


class Difference(StrEnum):
    """How a number differs from the record."""

    NOT_FOUND = "not_found"
    FOUND_AGAIN = "found_again"
    FROM_ELSEWHERE = "from_elsewhere"
    NOT_RECEIVED = "not_received"
    ALREADY_GIVEN = "already_given"
    UNKNOWN_NUMBER = "unknown_number"


class StockCounted(SQLModel):
    """How many kits matched, and each difference with its reason."""

    matched: int
    differences: list[dict[str, str]]


class DifferencesUnexplained(Refusal):
    """The count differs from the record and no reason is given yet."""

    def __init__(self, differences: dict[str, Difference]) -> None:
        told = ", ".join(f"{number} ({str(kind).replace('_', ' ')})" for number, kind in differences.items())
        super().__init__(
            f"The count differs from the record: {told}. Nothing was booked. Look again, then give a reason for "
            "each difference."
        )
        self.differences = differences


_KITS = table_of(Kit)
# One statement for all, so that two counts at once lock kits in one order.
_CONCERNED = locking(
    or_(
        and_(
            _KITS.c.custody == Custody.SITE,
            _KITS.c.place_id == bindparam("site_id"),
            _KITS.c.accountability == Accountability.NONE,
        ),
        and_(_KITS.c.study_id == bindparam("study_id"), _KITS.c.number.in_(bindparam("numbers", expanding=True))),
    ),
)


def count_stock(work: Work, ask: CountStock) -> StockCounted:
    """Kits not found go missing, kits found that the record has elsewhere go into quarantine here."""
    site = site_numbered(work, ask.study_id, ask.site)
    work.actor.require(Permission.COUNT_STOCK, ask.study_id, site.id)
    scanned = sorted(set(ask.scanned))
    if len(scanned) != len(ask.scanned):
        raise BadInput("A number was scanned twice. Nothing was booked. Scan each kit once.")
    kits = {row["number"]: held(row) for row in work.rows(_CONCERNED, **_concerned(site, ask))}
    expected = {number for number, kit in kits.items() if _is_expected(kit, site)}
    differences = {
        **dict.fromkeys(sorted(expected - set(scanned)), Difference.NOT_FOUND),
        **{number: _difference(kits.get(number), site) for number in scanned if number not in expected},
    }
    unexplained = {n: kind for n, kind in differences.items() if not ask.reasons.get(n, "").strip()}
    if unexplained:
        raise DifferencesUnexplained(unexplained)
    for number, kind in differences.items():
        _book(work, site, kits.get(number), kind, ask.reasons[number])
    return _record(work, ask, site, len(expected & set(scanned)), differences)


def _concerned(site: SupplySite, ask: CountStock) -> dict[str, Any]:
    return {"study_id": ask.study_id, "site_id": site.id, "numbers": sorted(ask.scanned)}


def _is_expected(kit: HeldKit, site: SupplySite) -> bool:
    here = (kit.state.custody, kit.place_id) == (Custody.SITE, site.id)
    return here and kit.state.accountability == Accountability.NONE


def _difference(kit: HeldKit | None, site: SupplySite) -> Difference:
    if kit is None:
        return Difference.UNKNOWN_NUMBER
    if kit.state.custody == Custody.UNKNOWN:
        return Difference.FOUND_AGAIN
    if kit.state.custody == Custody.SHIPMENT:
        return Difference.NOT_RECEIVED
    if kit.state.accountability != Accountability.NONE:
        return Difference.ALREADY_GIVEN
    return Difference.FROM_ELSEWHERE


_MOVED = {
    Difference.NOT_FOUND: (KitEvent.GO_MISSING,),
    Difference.FROM_ELSEWHERE: (KitEvent.GO_MISSING, KitEvent.FIND_AT_SITE),
    Difference.FOUND_AGAIN: (KitEvent.FIND_AT_SITE,),
}
"""What a difference does to the kit; a parcel is received, and a returned kit verified, by acts of their own."""


def _book(work: Work, site: SupplySite, kit: HeldKit | None, kind: Difference, reason: str) -> None:
    if kit is not None and kind == Difference.FROM_ELSEWHERE and kit.state.assignment == Assignment.RESERVED:
        take_out_of_parcel(work, kit.id, "found_elsewhere")
    for event in _MOVED.get(kind, ()):
        if kit is not None and can_move(kit, event):
            place = site.id if event == KitEvent.FIND_AT_SITE else None
            (kit,) = move_kits(work, [kit], event, place_id=place, reason=reason)


def _record(
    work: Work, ask: CountStock, site: SupplySite, matched: int, differences: dict[str, Difference]
) -> StockCounted:
    told: list[dict[str, Any]] = [
        {"number": number, "difference": str(kind), "reason": ask.reasons[number].strip()}
        for number, kind in sorted(differences.items())
    ]
    work.append(
        StockCount,
        sponsor_id=site.sponsor_id,
        study_id=ask.study_id,
        site_id=site.id,
        matched=matched,
        differences=told,
        scanned=ask.scanned,
        at=work.at,
        account_id=work.actor.account_id,
    )
    work.audit(
        AuditDraft(
            act="stock_counted",
            record_kind="site",
            record=site.number,
            study_id=ask.study_id,
            site_id=site.id,
            zone=site.zone,
            new={"matched": matched, "differences": told},
        )
    )
    return StockCounted(matched=matched, differences=told)
