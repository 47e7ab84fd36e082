"""A controlled drug is handed over by two people: the second signs in the request that books it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.services.controlled_drugs import controlled_among
from irt.services.dispensings import LockedDispensing
from irt.services.sign_record import Signable
from irt.services.witness import Witnessing, note_witness, sign_as_witness
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.tables.columns import table_of
from irt.tables.kit import Kit

_KITS = table_of(Kit)
_NAMED = select(_KITS.c.id).where(_KITS.c.study_id == bindparam("study_id"), _KITS.c.number == bindparam("number"))


def witness_hand_over(
    work: Work, dispensing: LockedDispensing, given: Sequence[str], witness: Witnessing | None
) -> None:
    """WitnessMissing where one of these kits is controlled at the site and nobody signs beside who gives it.

    The study's definition is in memory, so other studies ask nothing.
    """
    if not _controlled_here(dispensing):
        return
    _witness(work, dispensing, {number: dispensing.id_of(number) for number in given}, KitEvent.HAND_OVER, witness)


def witness_other_kit(work: Work, dispensing: LockedDispensing, given: str, witness: Witnessing | None) -> None:
    """The same where another kit than the assigned one was given: that kit is not of the dispensing."""
    if not _controlled_here(dispensing):
        return
    row = work.row(_NAMED, study_id=dispensing.subject.study_id, number=given)
    if row is not None:
        _witness(work, dispensing, {given: row["id"]}, KitEvent.HAND_OVER_WRONGLY, witness)


def _controlled_here(dispensing: LockedDispensing) -> bool:
    subject = dispensing.subject
    return bool(subject.definition.controlled_in(subject.site.country))


def _witness(
    work: Work,
    dispensing: LockedDispensing,
    given: Mapping[str, int],
    event: KitEvent,
    witness: Witnessing | None,
) -> None:
    subject = dispensing.subject
    controlled = controlled_among(work, subject.definition, given.values(), subject.site.country)
    if not controlled:
        return
    content = {"visit": dispensing.visit, "occurrence": dispensing.occurrence, "kits": sorted(given)}
    signable = Signable(
        Meaning.WITNESS,
        "subject",
        subject.number,
        content,
        subject.study_id,
        site_id=subject.site.id,
        zone=subject.site.zone,
    )
    signature_id = sign_as_witness(work, witness, signable, Permission.RECEIVE_SHIPMENT, "this site")
    note_witness(work, subject.owner, controlled, event, signature_id)
