"""A controlled drug is handed over by two people: the second signs in the request that books it."""

from collections.abc import Sequence

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.services.controlled_drugs import controlled_among
from irt.services.dispensings import LockedDispensing
from irt.services.sign_record import Signable
from irt.services.witness import Witnessing, note_witness, sign_as_witness
from irt.services.work import Work
from irt.states.kit import KitEvent


def witness_hand_over(
    work: Work, dispensing: LockedDispensing, given: Sequence[str], witness: Witnessing | None
) -> None:
    """WitnessMissing where one of these kits is controlled at the site and nobody signs beside who gives it.

    The study's definition is in memory, so other studies ask nothing.
    """
    subject = dispensing.subject
    if not subject.definition.controlled_in(subject.site.country):
        return
    kits = [dispensing.id_of(number) for number in given]
    controlled = controlled_among(work, subject.definition, kits, subject.site.country)
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
    note_witness(work, subject.owner, controlled, KitEvent.HAND_OVER, signature_id)
