"""Incidents and serious breaches of a study: where each stands, every step, and until when it is reported."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import BlindedView
from irt.states.incident import INCIDENT, WORDS, IncidentEvent, IncidentStatus, report_due
from irt.states.table import words
from irt.tables.columns import table_of
from irt.tables.incident import Incident, IncidentStep
from irt.tables.people import Account


@dataclass(frozen=True)
class StepLine(BlindedView):
    """One step under an incident."""

    at: datetime
    person: str
    what: str
    said: str
    signed: bool


@dataclass(frozen=True)
class IncidentLine(BlindedView):
    """One incident; `report_due` is empty where nothing has to be reported any more."""

    number: str
    status: IncidentStatus
    what: str
    happened_at: datetime | None
    known_at: datetime
    noted_at: datetime
    noted_by: str
    subjects: tuple[str, ...]
    sites: tuple[str, ...]
    report_due: datetime | None
    overdue: bool
    steps: tuple[StepLine, ...]

    @property
    def words(self) -> str:
        """The status as a person reads it."""
        return words(self.status)


_INCIDENTS, _STEPS, _ACCOUNTS = table_of(Incident), table_of(IncidentStep), table_of(Account)
_EVERY = (
    select(_INCIDENTS, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _INCIDENTS.c.account_id)
    .where(_INCIDENTS.c.study_id == bindparam("study_id"))
    .order_by(_INCIDENTS.c.id.desc())
)
_EVERY_STEP = (
    select(_STEPS, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _STEPS.c.account_id)
    .where(_STEPS.c.study_id == bindparam("study_id"))
    .order_by(_STEPS.c.id)
)
HEADS = (
    *("Number", "Status", "What", "Happened (UTC)", "Known (UTC)", "Noted (UTC)", "Noted by", "Subjects", "Sites"),
    *("Report until (UTC)", "Overdue", "Steps"),
)


def incidents_of(connection: Connection, study_id: int, now: datetime) -> tuple[IncidentLine, ...]:
    """Every incident of a study with its steps, the newest first (E6-21)."""
    steps: dict[int, list[StepLine]] = defaultdict(list)
    status: dict[int, IncidentStatus] = defaultdict(lambda: IncidentStatus.OPEN)
    for step in connection.execute(_EVERY_STEP, {"study_id": study_id}):
        event, incident = IncidentEvent(step.event), step.incident_id
        status[incident] = INCIDENT[status[incident], event]
        signed = step.signature_id is not None
        steps[incident].append(StepLine(step.at, step.printed_name, WORDS[event], step.said, signed))
    found = []
    for row in connection.execute(_EVERY, {"study_id": study_id}).mappings():
        due = report_due(status[row["id"]], row["known_at"])
        found.append(
            IncidentLine(
                number=row["number"],
                status=status[row["id"]],
                what=row["what"],
                happened_at=row["happened_at"],
                known_at=row["known_at"],
                noted_at=row["at"],
                noted_by=row["printed_name"],
                subjects=tuple(row["subjects"]),
                sites=tuple(row["sites"]),
                report_due=due,
                overdue=due is not None and due <= now,
                steps=tuple(steps[row["id"]]),
            )
        )
    return tuple(found)


def incident_row(line: IncidentLine) -> tuple[object, ...]:
    """An incident as a file has it."""
    steps = " | ".join(f"{_moment(step.at)} {step.person}: {step.what}: {step.said}" for step in line.steps)
    return (
        *(line.number, line.words, line.what, _moment(line.happened_at), _moment(line.known_at)),
        *(_moment(line.noted_at), line.noted_by, " ".join(line.subjects), " ".join(line.sites)),
        *(_moment(line.report_due), "yes" if line.overdue else "", steps),
    )


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
