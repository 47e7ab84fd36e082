"""What an inspector asks for: the time machine, reviews of the history, incidents, reports, copies of sites."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from litestar.params import PathParameter, QueryParameter

from irt.blinding.roles import DataClass, Permission
from irt.errors import NotAllowed, NotFound
from irt.reads.blinded_directory import refuse_unreached
from irt.reads.blinded_incidents import IncidentLine, incidents_of
from irt.reads.blinded_past import Past, past_of
from irt.reads.blinded_sheets import REPORTS, sheet_of
from irt.reads.blinded_site_copies import SiteCopy, site_copies
from irt.reads.blinded_trail_reviews import TrailToReview, trail_to_review
from irt.reads.unblinded_past import PastTreatments, past_treatments
from irt.services.incidents import close_incident, note_incident, step_incident
from irt.services.review_trail import review_trail
from web.api.operations import Caller, Now, Records, StudyId, command, question, unblinded_question
from web.api.readings import write_down

_SIGNING = {"password": "the signer's password", "code": "123456"}
UserName = Annotated[
    str, QueryParameter(pattern=r"^[^\x00-\x1f]{1,100}$", description="Whose eyes to look through.")
]
Instant = Annotated[datetime | None, QueryParameter(description="The instant; now where it is left out.")]
ReportName = Annotated[
    str, PathParameter(pattern="^[a-z-]{1,40}$", description=f"One of: {', '.join(sorted(REPORTS))}.")
]


@dataclass(frozen=True)
class IncidentsListed:
    """Every incident of a study, the newest first."""

    items: tuple[IncidentLine, ...]


@dataclass(frozen=True)
class ReportShown:
    """A report as a table: its title, its columns, its rows in words."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class SiteCopiesListed:
    """When each site that the token's owner reaches last took its own copy."""

    items: tuple[SiteCopy, ...]


@question("/studies/{study_id:int}/time-machine", Permission.VIEW_ACCESS, "What a person could see at an instant")
def look_back(
    study_id: StudyId, caller: Caller, store: Records, now: Now, person: UserName, at: Instant = None
) -> Past:
    """Roles then, what they showed, the state of every record they reached, and the history they could read."""
    instant = now if at is None else at if at.tzinfo else at.replace(tzinfo=UTC)
    with store.reading() as connection:
        refuse_unreached(connection, caller, study_id)
        return past_of(connection, caller, study_id, person, min(instant, now))


@unblinded_question(
    "/studies/{study_id:int}/time-machine/treatments",
    Permission.VIEW_RANDOMIZATION,
    DataClass.LISTS,
    "What a person could see of treatments at an instant",
)
def look_back_at_treatments(
    study_id: StudyId, caller: Caller, store: Records, now: Now, person: UserName, at: Instant = None
) -> PastTreatments:
    """Lists, arms, what kits and lots held, and what was learned one by one; for who sees all of it now."""
    instant = min(now if at is None else at if at.tzinfo else at.replace(tzinfo=UTC), now)
    with store.reading() as connection:
        found = past_treatments(connection, caller, study_id, person, instant)
    details = {"person": person, "at": instant.isoformat()}
    rows = sum(kind.total for kind in found.kinds)
    write_down(store, caller, now, study_id, "treatments at an instant", rows, details=details)
    return found


@question("/studies/{study_id:int}/trail-reviews", Permission.VIEW_ACCESS, "Reviews of the audit trail")
def list_trail_reviews(study_id: StudyId, caller: Caller, store: Records, now: Now) -> TrailToReview:
    """What waits for a review, by act, with the hash that a reviewer signs; and every review so far."""
    caller.require(Permission.VIEW_ACCESS, study_id)
    caller.require(Permission.VIEW_AUDIT, study_id)
    with store.reading() as connection:
        return trail_to_review(connection, study_id, now)


@question("/studies/{study_id:int}/incidents", Permission.VIEW_INCIDENTS, "Incidents and serious breaches")
def list_incidents(study_id: StudyId, caller: Caller, store: Records, now: Now) -> IncidentsListed:
    """Each with its steps and until when it has to be reported."""
    caller.require(Permission.VIEW_INCIDENTS, study_id)
    with store.reading() as connection:
        return IncidentsListed(incidents_of(connection, study_id, now))


@question("/studies/{study_id:int}/reports/{report:str}", Permission.VIEW_AUDIT, "A report of the records")
def show_report(study_id: StudyId, report: ReportName, caller: Caller, store: Records, now: Now) -> ReportShown:
    """The table as the page Records gives it."""
    if report not in REPORTS:
        raise NotFound("There is no such report. Nothing was taken.")
    with store.reading() as connection:
        refuse_unreached(connection, caller, study_id)
        grant = caller.require(REPORTS[report].permission, study_id)
        caller.require(Permission.VIEW_AUDIT, study_id)
        if grant.site_id is not None:
            raise NotAllowed("Reports are of the whole study. Take your site's own copy on the page Records.")
        sheet = sheet_of(connection, report, study_id, now)
    return ReportShown(sheet.title, sheet.heads, tuple(tuple(map(_text, row)) for row in sheet.rows))


@question("/studies/{study_id:int}/site-copies", Permission.VIEW_AUDIT, "Which sites took their own copy")
def list_site_copies(study_id: StudyId, caller: Caller, store: Records, now: Now) -> SiteCopiesListed:
    """By site number; a copy is due every thirty days, and once more after the study's end."""
    with store.reading() as connection:
        refuse_unreached(connection, caller, study_id)
        found = site_copies(connection, study_id, now)
    return SiteCopiesListed(
        tuple(one for one in found if caller.grant_for(Permission.VIEW_AUDIT, study_id, one.site_id))
    )


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


_INCIDENT = {"study_id": 1, "number": "I-0001"}
OPERATIONS = (
    look_back,
    look_back_at_treatments,
    list_trail_reviews,
    command(
        *("/trail-reviews/sign", review_trail, Permission.REVIEW_TRAIL, "Sign a review of the audit trail"),
        {
            "study_id": 1,
            "up_to": 120,
            "hash": "0" * 64,
            "looked_at": "All refusals and corrections.",
            "findings": "Nothing to follow up.",
            "signing": _SIGNING,
        },
    ),
    list_incidents,
    command(
        *("/incidents/note", note_incident, Permission.RECORD_INCIDENT, "Note an incident"),
        {
            "study_id": 1,
            "what": "A refrigerator at site 1001 was open over night.",
            "known_at": "2026-06-16T07:30:00Z",
            "sites": ["1001"],
        },
    ),
    command(
        *("/incidents/write", step_incident, Permission.RECORD_INCIDENT, "Assess, act on or report an incident"),
        {**_INCIDENT, "event": "assess_not_serious", "said": "No kit was warm; nobody was harmed."},
    ),
    command(
        *("/incidents/close", close_incident, Permission.DECIDE_INCIDENT, "Close an incident with a signature"),
        {**_INCIDENT, "said": "The door has an alarm now.", "signing": _SIGNING},
    ),
    show_report,
    list_site_copies,
)
