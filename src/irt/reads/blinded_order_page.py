"""The order an investigator is about to sign, as it will be bound to the signature."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from irt.audit.signature import Meaning
from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_dispensing import visit_facts, weight_decides
from irt.reads.blinded_orders import SignedOrder, waiting_order
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import not_found
from irt.reads.blinded_subject import subject_here
from irt.reads.blinded_subject_tasks import kits_expected
from irt.states.subject import ON_STUDY_TREATMENT, SubjectStatus
from irt.states.table import words


@dataclass(frozen=True)
class OrderView(BlindedView):
    """An order about to be signed, exactly as it will be bound; or the one that waits already."""

    study_id: int
    site_id: int
    study: str
    zone: str
    address: str
    subject: str
    visit: str
    occurrence: int
    visit_name: str
    planned: date | None
    first: date | None
    last: date | None
    dose_level: str
    dose: str
    kits_expected: int | None
    asks_weight: bool
    last_dispensed_on: date | None
    outstanding: int
    printed_role: str
    meaning: str
    code_needed: bool
    signed: SignedOrder | None
    possible: bool


def order_page(
    connection: Connection, actor: Actor, study_id: int, number: str, code: str, occurrence: int, now: datetime
) -> OrderView:
    """What the investigator reads before signing; NotFound where the study has no such dispensing visit."""
    subject = subject_here(connection, actor, study_id, number, Permission.SIGN_ORDER)
    if not any(visit.code == code and visit.dispenses for visit in subject.study.visits):
        raise not_found("dispensing visit")
    grant = actor.require(Permission.SIGN_ORDER, study_id, subject.site.site_id)
    visit = visit_facts(connection, subject, code, occurrence, now)
    weight_open = subject.study.identity.blinding == "open"
    return OrderView(
        study_id=study_id,
        site_id=subject.site.site_id,
        study=subject.site.study,
        zone=subject.site.zone,
        address=subject.address,
        subject=subject.number,
        visit=code,
        occurrence=occurrence,
        visit_name=visit.name,
        planned=visit.planned,
        first=visit.first,
        last=visit.last,
        dose_level=subject.dose_level or "",
        dose=subject.dose,
        kits_expected=kits_expected(subject.study, code, subject.dose_level),
        asks_weight=code not in subject.study.second_checks and (weight_open or weight_decides(subject, code)),
        last_dispensed_on=visit.last_dispensed_on,
        outstanding=visit.outstanding,
        printed_role=words(grant.role),
        meaning=Meaning.ORDER_DISPENSING,
        code_needed=code_will_be_needed(connection, actor, study_id),
        signed=waiting_order(connection, subject.id, code, occurrence),
        possible=subject.study.conduct.order_required
        and subject.status in {*ON_STUDY_TREATMENT, SubjectStatus.RUN_IN},
    )
