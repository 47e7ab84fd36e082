"""Release of a blinded lot by the qualified person, and its approval for countries, each under a signature."""

from datetime import date

from sqlalchemy import RowMapping, bindparam, or_, select, update
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.actor import Grant
from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import held, locking, move_kits
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.supply_study import SupplyStudy, lock_study
from irt.services.work import Work
from irt.states.kit import KitEvent, Quality
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit, LotApproval


class ReleaseLot(SQLModel):
    """The lot to release on a day, for the countries named, or wherever the study runs where none is."""

    study_id: int
    lot: str
    on_day: date
    countries: list[str] = []
    signing: Signing = Field(exclude=True)


class LotReleased(SQLModel):
    """The lot and how many of its kits may be used from now on."""

    lot: str
    kits: int


class ApproveLot(SQLModel):
    """A released lot to approve for one more country."""

    study_id: int
    lot: str
    country: str
    signing: Signing = Field(exclude=True)


class LotApproved(SQLModel):
    """The lot and the country that may now receive it."""

    lot: str
    country: str


class RouteToFollow(Refusal):
    """The study has routes: a lot is released step by step."""

    def __init__(self, lot: str) -> None:
        super().__init__(
            "This study releases lots step by step. Nothing was changed. "
            f"Sign the next step of lot {lot} on its route."
        )


class AlreadyReleased(Refusal):
    """A lot is released once; more countries are approvals of their own."""


class NotReleased(Refusal):
    """Countries are approved for released lots only."""


class AlreadyApproved(Refusal):
    """The lot may be used in that country already."""


class LotExpired(Refusal):
    """A lot past its expiry is not released."""


_LOTS, _KITS, _APPROVALS = table_of(BlindedLot), table_of(Kit), table_of(LotApproval)
_LOT = (
    select(_LOTS.c.id, _LOTS.c.expiry, _LOTS.c.released_on)
    .where(_LOTS.c.study_id == bindparam("study_id"), _LOTS.c.number == bindparam("number"))
    .with_for_update(key_share=True)
)
_APPROVED = select(_APPROVALS.c.id).where(
    _APPROVALS.c.blinded_lot_id == bindparam("lot_id"),
    or_(_APPROVALS.c.country.is_(None), _APPROVALS.c.country == bindparam("country")),
    _APPROVALS.c.ended_by_id.is_(None),
)
_AT_ONCE = 5000
_UNRELEASED = locking(_KITS.c.blinded_lot_id == bindparam("lot_id"), _KITS.c.quality == Quality.UNRELEASED).limit(
    _AT_ONCE
)


def release_lot(work: Work, ask: ReleaseLot) -> LotReleased:
    """Signs the release, makes the unreleased kits of a lot usable and approves the lot for its countries."""
    grant = work.actor.require(Permission.RELEASE_LOT, ask.study_id)
    study = lock_study(work, ask.study_id)
    lot = _without_route(work, study, ask.lot)
    if lot["released_on"] is not None:
        raise AlreadyReleased(f"Lot {ask.lot} was released on {lot['released_on']}. Nothing was changed.")
    if ask.on_day > lot["expiry"]:
        raise LotExpired(f"Lot {ask.lot} expired on {lot['expiry']}. It was not released.")
    _require_countries(study, ask.countries)
    signature_id = _sign(work, ask, lot, release_content(ask, lot["expiry"]), grant)
    mark_released(work, lot["id"], ask.on_day)
    countries: list[str | None] = [*ask.countries] or [None]
    for country in countries:
        approve_country(work, study, lot["id"], country, signature_id)
    kits = release_kits(work, lot["id"])
    work.audit(
        AuditDraft(
            act="lot_released",
            record_kind="lot",
            record=ask.lot,
            study_id=study.id,
            new={
                "released_on": ask.on_day.isoformat(),
                "countries": ask.countries or "all",
                "kits": kits,
                "signature": signature_id,
            },
        )
    )
    return LotReleased(lot=ask.lot, kits=kits)


def approve_lot(work: Work, ask: ApproveLot) -> LotApproved:
    """Signs the approval of a released lot for one more country, and books it."""
    grant = work.actor.require(Permission.RELEASE_LOT, ask.study_id)
    study = lock_study(work, ask.study_id)
    lot = _without_route(work, study, ask.lot)
    if lot["released_on"] is None:
        raise NotReleased(f"Lot {ask.lot} is not released yet. Nothing was changed. Release it first.")
    if work.row(_APPROVED, lot_id=lot["id"], country=ask.country):
        raise AlreadyApproved(f"Lot {ask.lot} is approved for {ask.country} already. Nothing was changed.")
    _require_countries(study, [ask.country])
    signature_id = _sign(work, ask, lot, {"country": ask.country, "expiry": lot["expiry"].isoformat()}, grant)
    approve_country(work, study, lot["id"], ask.country, signature_id)
    work.audit(
        AuditDraft(
            act="lot_approved",
            record_kind="lot",
            record=ask.lot,
            study_id=study.id,
            new={"country": ask.country, "signature": signature_id},
        )
    )
    return LotApproved(lot=ask.lot, country=ask.country)


def release_content(ask: ReleaseLot, expiry: date) -> dict[str, object]:
    """What is signed: the day, the countries (none: all), and the expiry on the label as it was read."""
    return {
        "released_on": ask.on_day.isoformat(),
        "countries": sorted(ask.countries) or "all",
        "expiry": expiry.isoformat(),
    }


def _sign(
    work: Work, ask: ReleaseLot | ApproveLot, lot: RowMapping, content: dict[str, object], grant: Grant
) -> int:
    meaning = Meaning.RELEASE_LOT if lot["released_on"] is None else Meaning.APPROVE
    return sign_record(work, ask.signing, Signable(meaning, "lot", ask.lot, content, ask.study_id), grant)


def _require_countries(study: SupplyStudy, countries: list[str]) -> None:
    known = {country.code for country in study.definition.countries}
    for country in countries:
        if country not in known:
            raise BadInput(f"{country} is not a country of this study. Nothing was changed. Choose another one.")


def lot_to_release(work: Work, study: SupplyStudy, number: str) -> RowMapping:
    """The lot, locked: its id, expiry and day of release; NotFound where the study has none of that number."""
    return work.one("lot", _LOT, study_id=study.id, number=number)


def _without_route(work: Work, study: SupplyStudy, number: str) -> RowMapping:
    if study.definition.release_routes:
        raise RouteToFollow(number)
    return lot_to_release(work, study, number)


def mark_released(work: Work, lot_id: int, day: date) -> None:
    """From that day on the lot is in use somewhere."""
    work.run(update(_LOTS).where(_LOTS.c.id == lot_id).values(released_on=day))


def approve_country(work: Work, study: SupplyStudy, lot_id: int, country: str | None, signature_id: int) -> None:
    """The lot may be used there from now on; with no country, wherever the study runs."""
    work.append(
        LotApproval,
        **study.owner,
        blinded_lot_id=lot_id,
        country=country,
        signature_id=signature_id,
        at=work.at,
    )


def release_kits(work: Work, lot_id: int) -> int:
    """Makes the unreleased kits of a lot usable; how many there were."""
    released = 0
    while kits := [held(row) for row in work.rows(_UNRELEASED, lot_id=lot_id)]:
        released += len(move_kits(work, kits, KitEvent.RELEASE))
    return released
