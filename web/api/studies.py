"""What a token may look at: studies, sites, subjects with their visits."""

from dataclasses import dataclass
from datetime import date, datetime

from irt.blinding.roles import Permission
from irt.reads.blinded_directory import (
    SiteListed,
    StudyListed,
    SubjectListed,
    sites_listed,
    studies_listed,
    subjects_listed,
)
from irt.reads.blinded_subject import SubjectView, VisitLine, subject_here, subject_page
from irt.reads.blinded_visits import VisitState
from irt.states.subject import SubjectStatus
from web.api.operations import After, AfterId, Caller, Limit, Now, Number, Records, StudyId, question


@dataclass(frozen=True)
class StudiesPage:
    """Studies by id; `next` is where the following page begins, null on the last."""

    items: tuple[StudyListed, ...]
    next: int | None


@dataclass(frozen=True)
class SitesPage:
    """Sites by number; `next` is where the following page begins, null on the last."""

    items: tuple[SiteListed, ...]
    next: str | None


@dataclass(frozen=True)
class SubjectsPage:
    """Subjects by number; `next` is where the following page begins, null on the last."""

    items: tuple[SubjectListed, ...]
    next: str | None


@dataclass(frozen=True)
class VisitShown:
    """A visit, planned or held, with the kits of its dispensing."""

    visit: str
    occurrence: int
    name: str
    state: VisitState
    dispenses: bool
    planned_on: date | None
    window_from: date | None
    window_to: date | None
    held_on: date | None
    reason: str | None
    dispensing_id: int | None
    kits: tuple[str, ...]


@dataclass(frozen=True)
class SubjectShown:
    """One subject as a blinded person may know it."""

    study_id: int
    subject: str
    site: str
    status: SubjectStatus
    screening_number: str
    screened_on: date
    run_in_on: date | None
    run_in_ends_on: date | None
    randomization_number: str | None
    randomized_at: datetime | None
    levels: dict[str, str]
    dose_level: str | None
    dose: str
    code_broken_at: datetime | None
    visits: tuple[VisitShown, ...]


@question("/studies", None, "The studies this token reaches")
def list_studies(caller: Caller, store: Records, limit: Limit = 50, after: AfterId = 0) -> StudiesPage:
    """Studies in which the token's owner has a role, by id."""
    with store.reading() as connection:
        items = studies_listed(connection, caller, after, limit)
    return StudiesPage(items, items[-1].study_id if len(items) == limit else None)


@question("/studies/{study_id:int}/sites", None, "The sites of a study")
def list_sites(
    study_id: StudyId,
    caller: Caller,
    store: Records,
    limit: Limit = 50,
    after: After = "",
) -> SitesPage:
    """Sites at which the token's owner has a role, by number."""
    with store.reading() as connection:
        items = sites_listed(connection, caller, study_id, after, limit)
    return SitesPage(items, items[-1].site if len(items) == limit else None)


@question("/studies/{study_id:int}/subjects", Permission.VIEW_SUBJECTS, "The subjects of a study")
def list_subjects(
    study_id: StudyId,
    caller: Caller,
    store: Records,
    site: After = "",
    limit: Limit = 50,
    after: After = "",
) -> SubjectsPage:
    """Subjects at the sites the token reaches, or at the one named, by number."""
    with store.reading() as connection:
        items = subjects_listed(connection, caller, study_id, site, after, limit)
    return SubjectsPage(items, items[-1].subject if len(items) == limit else None)


@question("/studies/{study_id:int}/subjects/{number:str}", Permission.VIEW_SUBJECTS, "One subject with its visits")
def show_subject(
    study_id: StudyId,
    number: Number,
    caller: Caller,
    store: Records,
    now: Now,
) -> SubjectShown:
    """The subject's status, randomization number, factor levels and visits; never its treatment."""
    with store.reading() as connection:
        level = subject_here(connection, caller, study_id, number).dose_level
        return _shown(subject_page(connection, caller, study_id, number, now), level)


def _shown(view: SubjectView, dose_level: str | None) -> SubjectShown:
    return SubjectShown(
        study_id=view.study_id,
        subject=view.number,
        site=view.site,
        status=view.status,
        screening_number=view.screening_number,
        screened_on=view.screened_on,
        run_in_on=view.run_in_on,
        run_in_ends_on=view.run_in_ends,
        randomization_number=view.randomization_number or None,
        randomized_at=view.randomized_at,
        levels=dict(view.levels),
        dose_level=dose_level,
        dose=view.dose,
        code_broken_at=view.code_broken_at,
        visits=tuple(_visit(line) for line in view.visits),
    )


def _visit(line: VisitLine) -> VisitShown:
    visit = line.visit
    return VisitShown(
        visit=visit.code,
        occurrence=visit.occurrence,
        name=visit.name,
        state=visit.state,
        dispenses=visit.dispenses,
        planned_on=visit.planned,
        window_from=visit.first,
        window_to=visit.last,
        held_on=visit.held_on,
        reason=visit.reason,
        dispensing_id=visit.dispensing_id,
        kits=line.kits,
    )


OPERATIONS = (list_studies, list_sites, list_subjects, show_subject)
