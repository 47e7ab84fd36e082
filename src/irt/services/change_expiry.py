"""Another expiry date for a blinded lot: an earlier one holds everywhere at once, a later one kit by kit.

A later date is approved country by country, and a kit keeps its old one until its new label was checked by a second
person. Both act on the whole blinded lot, so that kits that look alike keep looking alike.
"""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput, NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.supply_study import SupplyStudy, lock_study
from irt.services.vendor_notices import notice_for_depots
from irt.services.work import Work
from irt.states.vendor_message import NoticeCause
from irt.tables.columns import table_of
from irt.tables.expiry import ExpiryApproval, ExpiryChange
from irt.tables.kit import BlindedLot, Kit


class ChangeExpiry(SQLModel):
    """The lot's new last day of use, and why; the countries where a later date may be labelled from now on."""

    study_id: int
    lot: str
    expiry: date
    countries: list[str] = []
    reason: str
    signing: Signing = Field(exclude=True)


class ExpiryChanged(SQLModel):
    """The change's number, and how many kits have the new date at once: none where it is later."""

    number: str
    lot: str
    old_expiry: date
    expiry: date
    kits: int


class ApproveExtension(SQLModel):
    """One more country where the later date may be labelled."""

    study_id: int
    number: str
    country: str
    signing: Signing = Field(exclude=True)


class ExtensionApproved(SQLModel):
    """The change and its country."""

    number: str
    country: str


class SameExpiry(Refusal):
    """The date is the one the lot has."""


class ExtensionOver(Refusal):
    """The change is not the lot's latest, or not an extension."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Change {number} does not extend the lot's date any more: a later change counts. Nothing was booked. "
            "Look at the lot's latest change."
        )


_LOTS, _KITS = table_of(BlindedLot), table_of(Kit)
_CHANGES, _APPROVALS = table_of(ExpiryChange), table_of(ExpiryApproval)
_LOT = (
    select(_LOTS.c.id, _LOTS.c.expiry)
    .where(_LOTS.c.study_id == bindparam("study_id"), _LOTS.c.number == bindparam("number"))
    .with_for_update(key_share=True)
)
_LATEST = (
    select(_CHANGES).where(_CHANGES.c.blinded_lot_id == bindparam("lot_id")).order_by(_CHANGES.c.id.desc()).limit(1)
)
_SO_FAR = select(func.count()).where(_CHANGES.c.study_id == bindparam("study_id"))
_NUMBERED = select(_CHANGES, _LOTS.c.number.label("lot")).where(
    _LOTS.c.id == _CHANGES.c.blinded_lot_id,
    _CHANGES.c.study_id == bindparam("study_id"),
    _CHANGES.c.number == bindparam("number"),
)
_SHORTEN = (
    update(_KITS)
    .where(_KITS.c.blinded_lot_id == bindparam("lot_id"), _KITS.c.expiry > bindparam("day"))
    .values(expiry=bindparam("day"))
)
_LONGER = (
    select(func.count())
    .select_from(_KITS)
    .where(_KITS.c.blinded_lot_id == bindparam("lot_id"), _KITS.c.expiry > bindparam("day"))
)
_APPROVED = select(_APPROVALS.c.id).where(
    _APPROVALS.c.change_id == bindparam("change_id"), _APPROVALS.c.country == bindparam("country")
)


def change_expiry(work: Work, ask: ChangeExpiry) -> ExpiryChanged:
    """Signs the lot's new date. Earlier: every kit has it now, wherever it is. Later: kits wait for labels."""
    grant = work.actor.require(Permission.RELEASE_LOT, ask.study_id)
    reason = need_reason(ask.reason)
    study = lock_study(work, ask.study_id)
    lot = work.one("lot", _LOT, study_id=study.id, number=ask.lot)
    latest = work.row(_LATEST, lot_id=lot["id"])
    old: date = latest["new_expiry"] if latest else lot["expiry"]
    later = _refuse_senseless(study, ask, old)
    number = f"E-{work.connection.execute(_SO_FAR, {'study_id': study.id}).scalar_one() + 1:04d}"
    # Not the reason, which is told to unblinded readers alone: a hash of it could be guessed back to it.
    content = {"lot": ask.lot, "old": old.isoformat(), "new": ask.expiry.isoformat()}
    countries = sorted(set(ask.countries))
    signable = Signable(Meaning.APPROVE, "expiry", number, {**content, "countries": countries}, study.id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    dates = {"old_expiry": old, "new_expiry": ask.expiry}
    change_id = _record(work, study, number, lot["id"], dates, signature_id)
    work.record_all(
        ExpiryApproval,
        (
            {**study.owner, "change_id": change_id, "country": code, "signature_id": signature_id, "at": work.at}
            for code in countries
        ),
    )
    kits = 0 if later else _shorten(work, lot["id"], ask.expiry)
    if not later:
        notice_for_depots(work, study.owner, NoticeCause.EXPIRY, ask.lot)
    work.audit(
        AuditDraft(
            act="expiry_extended" if later else "expiry_shortened",
            record_kind="lot",
            record=ask.lot,
            study_id=study.id,
            old={"expiry": old.isoformat()},
            new={
                "expiry": ask.expiry.isoformat(),
                "change": number,
                "countries": countries,
                "kits": kits,
                "signature": signature_id,
            },
            secret={"reason": reason},
        )
    )
    return ExpiryChanged(number=number, lot=ask.lot, old_expiry=old, expiry=ask.expiry, kits=kits)


def approve_extension(work: Work, ask: ApproveExtension) -> ExtensionApproved:
    """Signs that kits in one more country may be labelled with the later date."""
    grant = work.actor.require(Permission.RELEASE_LOT, ask.study_id)
    study = lock_study(work, ask.study_id)
    change = extension_in_force(work, study.id, ask.number)
    _refuse_strange(study, [ask.country])
    if work.row(_APPROVED, change_id=change["id"], country=ask.country):
        raise BadInput(f"Change {ask.number} is approved for {ask.country} already. Nothing was changed.")
    content = {"country": ask.country, "new": change["new_expiry"].isoformat()}
    signable = Signable(Meaning.APPROVE, "expiry", ask.number, content, study.id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    facts = {"change_id": change["id"], "country": ask.country, "signature_id": signature_id, "at": work.at}
    work.append(ExpiryApproval, **study.owner, **facts)
    work.audit(
        AuditDraft(
            act="extension_approved",
            record_kind="lot",
            record=change["lot"],
            study_id=study.id,
            new={"change": ask.number, "country": ask.country, "signature": signature_id},
        )
    )
    return ExtensionApproved(number=ask.number, country=ask.country)


def extension_in_force(work: Work, study_id: int, number: str) -> Any:
    """The row of an extension that is its lot's latest change; ExtensionOver where another one counts."""
    change = work.row(_NUMBERED, study_id=study_id, number=number)
    if change is None:
        raise NotFound(f"There is no change of expiry {number} in this study. Check the number.")
    latest = work.one("change", _LATEST, lot_id=change["blinded_lot_id"])
    if latest["id"] != change["id"] or change["new_expiry"] <= change["old_expiry"]:
        raise ExtensionOver(number)
    return change


def _refuse_senseless(study: SupplyStudy, ask: ChangeExpiry, old: date) -> bool:
    """Whether the date is later; SameExpiry and BadInput where the change cannot be meant."""
    if ask.expiry == old:
        raise SameExpiry(f"Lot {ask.lot} has the date {old:%d %b %Y} already. Nothing was changed.")
    later = ask.expiry > old
    if ask.countries and not later:
        raise BadInput("An earlier date holds in every country at once. Nothing was changed. Name no country.")
    _refuse_strange(study, ask.countries)
    return later


def _refuse_strange(study: SupplyStudy, countries: list[str]) -> None:
    known = {country.code for country in study.definition.countries}
    for country in countries:
        if country not in known:
            raise BadInput(f"{country} is not a country of this study. Nothing was changed. Choose another one.")


def _record(
    work: Work, study: SupplyStudy, number: str, lot_id: int, dates: dict[str, date], signature_id: int
) -> int:
    return work.record(
        ExpiryChange,
        **study.owner,
        **dates,
        number=number,
        blinded_lot_id=lot_id,
        signature_id=signature_id,
        at=work.at,
        account_id=work.actor.account_id,
    )


def _shorten(work: Work, lot_id: int, day: date) -> int:
    """The earlier date on the lot and on every kit that had a later one."""
    kits = int(work.connection.execute(_LONGER, {"lot_id": lot_id, "day": day}).scalar_one())
    work.run(update(_LOTS).where(_LOTS.c.id == lot_id).values(expiry=day))
    work.run(_SHORTEN, {"lot_id": lot_id, "day": day})
    return kits
