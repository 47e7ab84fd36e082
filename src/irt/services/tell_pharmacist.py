"""Kits that are prepared: the unblinded pharmacist is told that they wait, and nobody else is."""

from collections.abc import Collection

from irt.blinding.audience import Audience
from irt.services.outbox import write_outbox
from irt.services.subjects import LockedSubject
from irt.services.work import Work
from irt.tables.record import Message


def tell_pharmacist(work: Work, subject: LockedSubject, kit_types: Collection[str]) -> None:
    """One message of its own audience where the study has an unblinded pharmacist and a kit is prepared.

    Whether kits are prepared is the same over a blinding group, so that the message tells no arm.
    """
    definition = subject.definition
    if not definition.study.unblinded_pharmacist:
        return
    groups = {group.code for group in definition.blinding_groups if group.preparation is not None}
    if not any(kit.blinding_group in groups for kit in definition.kit_types if kit.code in kit_types):
        return
    body = {"site": subject.site.number, "subject": subject.number}
    write_outbox(work, "preparation_waits", Audience.UNBLINDED_PHARMACIST, body, subject.study_id)
    sentence = f"Kits of subject {subject.number} wait to be prepared."
    facts = {"site_id": subject.site.id, "audience": Audience.UNBLINDED_PHARMACIST, "sentence": sentence}
    work.append(Message, **subject.owner, **facts, at=work.at)
