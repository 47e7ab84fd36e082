"""The study as supply services load it: locked, with the protocol version in force."""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from irt.errors import NotFound, Refusal
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.states.records import VersionStatus
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.study import Depot, Site, Study, StudyVersion

_STUDIES, _VERSIONS, _SITES, _DEPOTS = table_of(Study), table_of(StudyVersion), table_of(Site), table_of(Depot)


class VersionNotApproved(Refusal):
    """No protocol version of the study is approved yet."""

    def __init__(self) -> None:
        super().__init__(
            "No version of this study is approved yet, so nothing was booked. Have its version approved first."
        )


@dataclass(frozen=True, slots=True)
class SupplyStudy:
    """A study whose row is locked, so that supply acts on it come one after the other."""

    id: int
    sponsor_id: int
    definition: StudyDefinition
    version: int

    @property
    def owner(self) -> dict[str, int]:
        """The keys every row of the study carries."""
        return {"sponsor_id": self.sponsor_id, "study_id": self.id}


_LOCK = (
    select(_STUDIES.c.id, _STUDIES.c.sponsor_id)
    .where(_STUDIES.c.id == bindparam("study_id"))
    .with_for_update(key_share=True)
)
_IN_FORCE = select(func.max(_VERSIONS.c.number)).where(
    _VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.status == VersionStatus.APPROVED
)


_SPONSOR = select(_STUDIES.c.sponsor_id).where(_STUDIES.c.id == bindparam("study_id"))


def sponsor_of(work: Work, study_id: int) -> int:
    """The sponsor's id of a study that is only looked at."""
    return int(work.one("study", _SPONSOR, study_id=study_id)["sponsor_id"])


def lock_row(work: Work, study_id: int) -> int:
    """Locks the study, approved or not, and gives its sponsor's id."""
    return int(work.one("study", _LOCK, study_id=study_id)["sponsor_id"])


def lock_study(work: Work, study_id: int) -> SupplyStudy:
    """Locks the study; VersionNotApproved where no version is in force.

    Its definition is that of the newest approved version, which holds every kit type that any site knows.
    """
    sponsor_id = lock_row(work, study_id)
    number = work.connection.execute(_IN_FORCE, {"study_id": study_id}).scalar()
    if number is None:
        raise VersionNotApproved
    return SupplyStudy(study_id, sponsor_id, definition_of(work, study_id, number), number)


_DEPOT_IDS = select(_DEPOTS.c.code, _DEPOTS.c.id).where(_DEPOTS.c.study_id == bindparam("study_id"))


def depot_ids(work: Work, study_id: int) -> dict[str, int]:
    """Depots of a study, code -> id."""
    return {row["code"]: row["id"] for row in work.rows(_DEPOT_IDS, study_id=study_id)}


@dataclass(frozen=True, slots=True)
class SupplySite:
    """A site as supply services need it."""

    id: int
    sponsor_id: int
    number: str
    zone: str
    country: str


_SITE = select(_SITES.c.id, _SITES.c.sponsor_id, _SITES.c.number, _SITES.c.zone, _SITES.c.country).where(
    _SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("number")
)


def site_numbered(work: Work, study_id: int, number: str) -> SupplySite:
    """The site of that number; NotFound where the study has none."""
    row = work.row(_SITE, study_id=study_id, number=number)
    if row is None:
        raise NotFound(f"Site {number} is not a site of this study. Check the number.")
    return SupplySite(**row)
