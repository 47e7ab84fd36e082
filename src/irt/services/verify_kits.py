"""Kits at the end of their life: verified by the site, then by a monitor who is somebody else."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import HeldKit, lock_kits_by_number, move_kits
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.supply_study import SupplySite, site_numbered
from irt.services.work import Work
from irt.states.kit import Accountability, Custody, KitEvent, Quality
from irt.tables.columns import table_of
from irt.tables.kit import Kit, Movement


class VerifyKits(SQLModel):
    """Kits that lie at a site and were looked at: brought back, or never to be used."""

    study_id: int
    site: str
    kits: list[str] = Field(min_length=1)
    signing: Signing = Field(exclude=True)


class KitsVerified(SQLModel):
    """The kits, by number."""

    kits: list[str]


class StillOfUse(Refusal):
    """A kit that may still be given is not accounted for."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Kit {number} may still be given to somebody. Nothing was booked. Only kits that came back, "
            "expired, or may never be used are verified."
        )


class SameVerifier(Refusal):
    """Who verified for the site does not verify as the monitor."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"You verified kit {number} for the site, so another person has to verify it as the monitor. "
            "Nothing was booked."
        )


_KITS, _MOVES = table_of(Kit), table_of(Movement)
_EXPIRIES = select(_KITS.c.id, _KITS.c.expiry).where(_KITS.c.id.in_(bindparam("ids", expanding=True)))
_VERIFIERS = (
    select(_MOVES.c.kit_id, func.max(_MOVES.c.account_id).label("account_id"))
    .where(_MOVES.c.kit_id.in_(bindparam("ids", expanding=True)), _MOVES.c.event == KitEvent.VERIFY)
    .group_by(_MOVES.c.kit_id)
)
_NEVER_USED = (Quality.REJECTED, Quality.RECALLED, Quality.DAMAGED)


def verify_returns(work: Work, ask: VerifyKits) -> KitsVerified:
    """The site signs for kits that came back, expired or may never be used; from now on nobody gets them."""
    site = site_numbered(work, ask.study_id, ask.site)
    grant = work.actor.require(Permission.TAKE_BACK, ask.study_id, site.id)
    signature_id = sign_record(work, ask.signing, _signable(ask, site, "site"), grant)
    kits = _kits_at(work, ask, site)
    refuse_usable(work, kits)
    return _book(work, ask, site, kits, KitEvent.VERIFY, signature_id)


def monitor_returns(work: Work, ask: VerifyKits) -> KitsVerified:
    """The monitor signs for kits that the site has verified; never the same person."""
    site = site_numbered(work, ask.study_id, ask.site)
    grant = work.actor.require(Permission.VERIFY_RETURNS, ask.study_id, site.id)
    signature_id = sign_record(work, ask.signing, _signable(ask, site, "monitor"), grant)
    kits = _kits_at(work, ask, site)
    who = verified_by(work, kits)
    for kit in kits:
        if who.get(kit.id) == work.actor.account_id:
            raise SameVerifier(kit.number)
    return _book(work, ask, site, kits, KitEvent.MONITOR, signature_id)


def refuse_usable(work: Work, kits: Sequence[HeldKit]) -> None:
    """StillOfUse where a kit may still be given: neither spoilt for good, nor past its date, nor brought back."""
    today = work.at.date()
    past = {row["id"] for row in work.rows(_EXPIRIES, ids=[kit.id for kit in kits]) if row["expiry"] < today}
    for kit in kits:
        unused = kit.state.accountability == Accountability.NONE
        if unused and kit.state.quality not in _NEVER_USED and kit.id not in past:
            raise StillOfUse(kit.number)


def verified_by(work: Work, kits: Sequence[HeldKit]) -> dict[int, int]:
    """Kit id -> the account that verified it first."""
    rows = work.rows(_VERIFIERS, ids=sorted(kit.id for kit in kits))
    return {row["kit_id"]: row["account_id"] for row in rows}


def _signable(ask: VerifyKits, site: SupplySite, who: str) -> Signable:
    content = {"kits": sorted(ask.kits), "site": site.number, "for": who}
    record = f"{len(set(ask.kits))} kits"
    return Signable(Meaning.VERIFY_RETURNS, "returns", record, content, ask.study_id, site.id, site.zone)


def _kits_at(work: Work, ask: VerifyKits, site: SupplySite) -> list[HeldKit]:
    """The kits, locked; NotFound, as for an unknown number, where one lies elsewhere."""
    kits = lock_kits_by_number(work, ask.study_id, ask.kits)
    for kit in kits:
        if (kit.state.custody, kit.place_id) != (Custody.SITE, site.id):
            raise NotFound(f"{kit.number} is not a kit at this site. Scan the code on the kit, or type its digits.")
    return kits


def _book(
    work: Work, ask: VerifyKits, site: SupplySite, kits: Sequence[HeldKit], event: KitEvent, signature_id: int
) -> KitsVerified:
    move_kits(work, kits, event)
    numbers = sorted(kit.number for kit in kits)
    work.audit(
        AuditDraft(
            act="returns_verified" if event == KitEvent.VERIFY else "returns_monitored",
            record_kind="site",
            record=site.number,
            study_id=ask.study_id,
            site_id=site.id,
            zone=site.zone,
            new={"kits": numbers, "signature": signature_id},
        )
    )
    return KitsVerified(kits=numbers)
