"""Kits at a depot that will never be used: set apart by one person and confirmed by another, then destroyed."""

from collections.abc import Sequence

from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.actor import Grant
from irt.blinding.roles import Permission
from irt.errors import BadInput, NotAllowed, NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import HeldKit, lock_kits_by_number, move_kits
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.supply_study import depot_ids
from irt.services.verify_kits import KitsVerified, refuse_usable, verified_by
from irt.services.work import Work
from irt.states.kit import Custody, KitEvent


class VerifyDepotKits(SQLModel):
    """Kits at one depot, rejected, recalled, damaged or past their date, that somebody looked at."""

    study_id: int
    depot: str
    kits: list[str] = Field(min_length=1)
    signing: Signing = Field(exclude=True)


class SameDepotVerifier(Refusal):
    """Who set kits apart does not confirm it."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"You set kit {number} apart, so another person of the depot has to confirm it. Nothing was booked."
        )


_ACTS = {KitEvent.VERIFY: "depot_kits_verified", KitEvent.MONITOR: "depot_kits_confirmed"}


def verify_depot_kits(work: Work, ask: VerifyDepotKits) -> KitsVerified:
    """One person of the depot signs that the kits are there and never to be used; nobody is sent them any more."""
    grant, depot_id = _at_depot(work, ask)
    signature_id = _sign(work, ask, grant, KitEvent.VERIFY)
    kits = _kits_at(work, ask, depot_id)
    refuse_usable(work, kits)
    return _book(work, ask, kits, KitEvent.VERIFY, signature_id)


def confirm_depot_kits(work: Work, ask: VerifyDepotKits) -> KitsVerified:
    """Another person of the depot signs; from now on quality may book their destruction."""
    grant, depot_id = _at_depot(work, ask)
    signature_id = _sign(work, ask, grant, KitEvent.MONITOR)
    kits = _kits_at(work, ask, depot_id)
    who = verified_by(work, kits)
    for kit in kits:
        if who.get(kit.id) == work.actor.account_id:
            raise SameDepotVerifier(kit.number)
    return _book(work, ask, kits, KitEvent.MONITOR, signature_id)


def _at_depot(work: Work, ask: VerifyDepotKits) -> tuple[Grant, int]:
    """The grant by which this person works at the depot, and the depot's id."""
    work.actor.require(Permission.FULFIL_SHIPMENT, ask.study_id)
    depot_id = depot_ids(work, ask.study_id).get(ask.depot)
    if depot_id is None:
        raise BadInput(f"{ask.depot} is not a depot of this study. Nothing was booked. Check its code.")
    grant = work.actor.grant_at_depot(Permission.FULFIL_SHIPMENT, ask.study_id, depot_id)
    if grant is None:
        raise NotAllowed("You work at another depot. Nothing was booked. Ask that depot.")
    return grant, depot_id


def _sign(work: Work, ask: VerifyDepotKits, grant: Grant, event: KitEvent) -> int:
    content = {"kits": sorted(ask.kits), "depot": ask.depot, "for": event}
    record = f"{len(set(ask.kits))} kits"
    return sign_record(
        work, ask.signing, Signable(Meaning.VERIFY_RETURNS, "depot kits", record, content, ask.study_id), grant
    )


def _kits_at(work: Work, ask: VerifyDepotKits, depot_id: int) -> list[HeldKit]:
    """The kits, locked; NotFound, as for an unknown number, where one lies elsewhere."""
    kits = lock_kits_by_number(work, ask.study_id, ask.kits)
    for kit in kits:
        if (kit.state.custody, kit.place_id) != (Custody.DEPOT, depot_id):
            raise NotFound(
                f"{kit.number} is not a kit at this depot. Scan the code on the kit, or type its digits."
            )
    return kits


def _book(
    work: Work, ask: VerifyDepotKits, kits: Sequence[HeldKit], event: KitEvent, signature_id: int
) -> KitsVerified:
    move_kits(work, kits, event)
    numbers = sorted(kit.number for kit in kits)
    work.audit(
        AuditDraft(
            act=_ACTS[event],
            record_kind="depot",
            record=ask.depot,
            study_id=ask.study_id,
            new={"kits": numbers, "signature": signature_id},
        )
    )
    return KitsVerified(kits=numbers)
