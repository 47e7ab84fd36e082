"""Enrolment figures: totals, months, sites."""

from dataclasses import dataclass

from irt.blinding.roles import Permission
from irt.reads.blinded_enrolment import EnrolmentMonth, EnrolmentSite, enrolment
from web.api.operations import After, Caller, Limit, Records, StudyId, question


@dataclass(frozen=True)
class EnrolmentShown:
    """Counts of a whole study; months without anybody are there too."""

    study_id: int
    screened: int
    failed: int
    randomized: int
    months: tuple[EnrolmentMonth, ...]


@dataclass(frozen=True)
class EnrolmentSitesPage:
    """Sites by number; `next` is where the following page begins, null on the last."""

    items: tuple[EnrolmentSite, ...]
    next: str | None


@question("/studies/{study_id:int}/enrolment", Permission.VIEW_ENROLMENT, "How a study enrols")
def show_enrolment(study_id: StudyId, caller: Caller, store: Records) -> EnrolmentShown:
    """Screened, failed and randomized, and each month's counts; never to what."""
    caller.require(Permission.VIEW_ENROLMENT, study_id)
    with store.reading() as connection:
        found = enrolment(connection, study_id)
    return EnrolmentShown(study_id, found.screened, found.failed, found.randomized, found.months)


@question("/studies/{study_id:int}/enrolment/sites", Permission.VIEW_ENROLMENT, "How each site enrols")
def list_enrolment_by_site(
    study_id: StudyId, caller: Caller, store: Records, limit: Limit = 50, after: After = ""
) -> EnrolmentSitesPage:
    """Each site's counts, by number."""
    caller.require(Permission.VIEW_ENROLMENT, study_id)
    with store.reading() as connection:
        left = [site for site in enrolment(connection, study_id).sites if site.site > after]
    return EnrolmentSitesPage(tuple(left[:limit]), left[limit - 1].site if len(left) > limit else None)


OPERATIONS = (show_enrolment, list_enrolment_by_site)
