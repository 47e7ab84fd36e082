"""Incidents and serious breaches: noted when they become known, assessed, acted on, reported, closed, signed."""

from datetime import datetime

from sqlalchemy import Table, bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput, NotFound
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.states.incident import INCIDENT, IncidentEvent, IncidentStatus
from irt.states.table import next_status
from irt.tables.columns import table_of
from irt.tables.incident import Incident, IncidentStep
from irt.tables.study import Site
from irt.tables.subject import Subject

SAID_MAX = 2000
NAMED_MAX = 100


class NoteIncident(SQLModel):
    """What happened, since when it is known, and whom and which sites it touches, by number."""

    study_id: int
    what: str = Field(min_length=1, max_length=SAID_MAX)
    known_at: datetime
    happened_at: datetime | None = None
    subjects: list[str] = Field(default=[], max_length=NAMED_MAX)
    sites: list[str] = Field(default=[], max_length=NAMED_MAX)


class StepIncident(SQLModel):
    """An assessment, an action or a report under an incident, and what is said of it."""

    study_id: int
    number: str
    event: IncidentEvent
    said: str = Field(min_length=1, max_length=SAID_MAX)


class CloseIncident(SQLModel):
    """What came of an incident in the end, and what was typed to sign."""

    study_id: int
    number: str
    said: str = Field(min_length=1, max_length=SAID_MAX)
    signing: Signing = Field(exclude=True)


class IncidentChanged(SQLModel):
    """The incident, and where it stands now."""

    number: str
    status: IncidentStatus


_INCIDENTS, _STEPS = table_of(Incident), table_of(IncidentStep)
_SUBJECTS, _SITES = table_of(Subject), table_of(Site)
_COUNT = select(func.count().label("count")).where(_INCIDENTS.c.study_id == bindparam("study_id"))
_NUMBERED = select(_INCIDENTS).where(
    _INCIDENTS.c.study_id == bindparam("study_id"), _INCIDENTS.c.number == bindparam("number")
)
_EVENTS = select(_STEPS.c.event).where(_STEPS.c.incident_id == bindparam("incident_id")).order_by(_STEPS.c.id)


def note_incident(work: Work, ask: NoteIncident) -> IncidentChanged:
    """Begins an incident; BadInput where it is said to be known later than now, or after it was known."""
    work.actor.require(Permission.RECORD_INCIDENT, ask.study_id)
    sponsor_id = lock_row(work, ask.study_id)
    what = _words(ask.what)
    known_at, happened_at = _aware(ask.known_at), None if ask.happened_at is None else _aware(ask.happened_at)
    if known_at > work.at or (happened_at is not None and happened_at > known_at):
        raise BadInput("It became known after it happened and before now. Nothing was booked. Check the times.")
    subjects = _known(work, _SUBJECTS, "subject", ask.study_id, ask.subjects)
    sites = _known(work, _SITES, "site", ask.study_id, ask.sites)
    number = f"I-{int(work.one('study', _COUNT, study_id=ask.study_id)['count']) + 1:04}"
    told = {"what": what, "known_at": known_at, "happened_at": happened_at, "subjects": subjects, "sites": sites}
    work.append(
        Incident,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        number=number,
        at=work.at,
        account_id=work.actor.account_id,
        **told,
    )
    moments = {"known_at": known_at.isoformat(), "happened_at": happened_at and happened_at.isoformat()}
    work.audit(AuditDraft("incident_noted", "incident", number, ask.study_id, new={**told, **moments}))
    return IncidentChanged(number=number, status=IncidentStatus.OPEN)


def step_incident(work: Work, ask: StepIncident) -> IncidentChanged:
    """Assesses, acts on or reports an incident; TransitionRefused where its life has no such step."""
    work.actor.require(Permission.RECORD_INCIDENT, ask.study_id)
    if ask.event in (IncidentEvent.ASSESS_SERIOUS, IncidentEvent.ASSESS_NOT_SERIOUS, IncidentEvent.REPORT):
        work.actor.require(Permission.DECIDE_INCIDENT, ask.study_id)
    if ask.event is IncidentEvent.CLOSE:
        raise BadInput("An incident is closed with a signature. Nothing was booked.")
    return _step(work, ask.study_id, ask.number, ask.event, _words(ask.said), None)


def close_incident(work: Work, ask: CloseIncident) -> IncidentChanged:
    """Signs what came of it; not before it was assessed, and if it is a serious breach, reported."""
    work.actor.require(Permission.DECIDE_INCIDENT, ask.study_id)
    return _step(work, ask.study_id, ask.number, IncidentEvent.CLOSE, _words(ask.said), ask.signing)


def _step(
    work: Work, study_id: int, number: str, event: IncidentEvent, said: str, signing: Signing | None
) -> IncidentChanged:
    sponsor_id = lock_row(work, study_id)
    row = work.one("incident", _NUMBERED, study_id=study_id, number=number)
    before = IncidentStatus.OPEN
    for step in work.rows(_EVENTS, incident_id=row["id"]):
        before = next_status(INCIDENT, before, IncidentEvent(step["event"]))
    status = next_status(INCIDENT, before, event)
    signature_id = None
    if signing is not None:
        grant = work.actor.require(Permission.DECIDE_INCIDENT, study_id)
        content = {"what": row["what"], "known_at": row["known_at"], "said": said}
        signable = Signable(Meaning.CLOSE_INCIDENT, "incident", number, content, study_id)
        signature_id = sign_record(work, signing, signable, grant)
    work.append(
        IncidentStep,
        sponsor_id=sponsor_id,
        study_id=study_id,
        incident_id=row["id"],
        event=event,
        said=said,
        signature_id=signature_id,
        at=work.at,
        account_id=work.actor.account_id,
    )
    new = {"event": event, "status": status, "signature": signature_id}
    work.audit(
        AuditDraft(
            act="incident_closed" if signature_id else "incident_followed",
            record_kind="incident",
            record=number,
            study_id=study_id,
            old={"status": before},
            new={name: value for name, value in new.items() if value is not None},
            reason=said,
        )
    )
    return IncidentChanged(number=number, status=status)


def _known(work: Work, table: Table, what: str, study_id: int, numbers: list[str]) -> list[str]:
    """The numbers, each once and in order; NotFound where one is not of the study."""
    wanted = sorted({number.strip() for number in numbers} - {""})
    found = {
        row["number"]
        for row in work.rows(select(table.c.number).where(table.c.study_id == study_id, table.c.number.in_(wanted)))
    }
    for number in wanted:
        if number not in found:
            raise NotFound(f"{number} is no {what} of this study. Nothing was booked. Check the number.")
    return wanted


def _words(said: str) -> str:
    if not said.strip():
        raise BadInput("Say what it is about. Nothing was booked.")
    return said.strip()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise BadInput("A time without a zone can be read in many ways. Nothing was booked. Add the zone.")
    return moment
