"""Studies, places and people by the names people use: protocol and mode, site number, depot code, user name."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Select, bindparam, select

from irt.audit.entry import study_chain
from irt.errors import BadInput, NotFound
from irt.reads.locked import locked_chains
from irt.states.records import Mode, VersionStatus
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.study import Depot, Site, Study, StudyVersion


@dataclass(frozen=True, slots=True)
class NamedStudy:
    """A study by its protocol number and mode."""

    id: int
    protocol: str
    mode: Mode

    @property
    def words(self) -> str:
        """As in 'NB-301 (production)'."""
        return f"{self.protocol} ({self.mode})"


_STUDIES, _VERSIONS, _ACCOUNTS = table_of(Study), table_of(StudyVersion), table_of(Account)
_SITES, _DEPOTS = table_of(Site), table_of(Depot)
_ALL = select(_STUDIES.c.id, _STUDIES.c.protocol, _STUDIES.c.mode).order_by(_STUDIES.c.protocol, _STUDIES.c.id)
_IN_FORCE = _ALL.where(
    select(_VERSIONS.c.id)
    .where(_VERSIONS.c.study_id == _STUDIES.c.id, _VERSIONS.c.status == VersionStatus.APPROVED)
    .exists()
)
_NEWEST = (
    select(_VERSIONS.c.number)
    .where(_VERSIONS.c.study_id == bindparam("study_id"))
    .order_by(_VERSIONS.c.number.desc())
    .limit(1)
)
_SITE = select(_SITES.c.id).where(_SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("name"))
_DEPOT = select(_DEPOTS.c.id).where(
    _DEPOTS.c.study_id == bindparam("study_id"), _DEPOTS.c.code == bindparam("name")
)
_ALL_DEPOTS = (
    select(_DEPOTS.c.id, _DEPOTS.c.code).where(_DEPOTS.c.study_id == bindparam("study_id")).order_by(_DEPOTS.c.code)
)
_ACCOUNT = select(_ACCOUNTS.c.id).where(_ACCOUNTS.c.username == bindparam("username"))


def study_named(connection: Connection, protocol: str, mode: Mode | None = None) -> NamedStudy:
    """The study of that protocol number; NotFound where there is none, BadInput where the mode must be said."""
    found = _studies(connection, _ALL.where(_STUDIES.c.protocol == protocol), mode)
    if not found:
        raise NotFound(f"No study has the protocol number {protocol}" + (f" in {mode} mode." if mode else "."))
    if len(found) > 1:
        modes = ", ".join(study.mode for study in found)
        raise BadInput(f"{protocol} is loaded more than once: {modes}. Nothing was done. Say which with --mode.")
    return found[0]


def studies_in_force(connection: Connection, mode: Mode | None = None) -> list[NamedStudy]:
    """Every study with an approved version that is not locked, by protocol number."""
    locked = locked_chains(connection)
    return [one for one in _studies(connection, _IN_FORCE, mode) if study_chain(one.id) not in locked]


def modes_of(connection: Connection, studies: Collection[int]) -> dict[int, Mode]:
    """The mode of each of these studies, of those that there are."""
    found = connection.execute(select(_STUDIES.c.id, _STUDIES.c.mode).where(_STUDIES.c.id.in_(studies)))
    return {row.id: Mode(row.mode) for row in found}


def every_study(connection: Connection) -> list[NamedStudy]:
    """Every study there is, drafts among them, by protocol number."""
    return _studies(connection, _ALL, None)


def newest_version(connection: Connection, study_id: int) -> int:
    """The number of the study's newest version, approved or not; 0 where it has none."""
    return int(connection.execute(_NEWEST, {"study_id": study_id}).scalar() or 0)


def site_named(connection: Connection, study: NamedStudy, number: str) -> int:
    """The id of the study's site of that number; NotFound where there is none."""
    return _place(connection, _SITE, study, number, "site")


def depot_named(connection: Connection, study: NamedStudy, code: str) -> int:
    """The id of the study's depot of that code; NotFound where there is none."""
    return _place(connection, _DEPOT, study, code, "depot")


def depots_of(connection: Connection, study: NamedStudy) -> list[tuple[int, str]]:
    """The study's depots, id and code, by code."""
    rows = connection.execute(_ALL_DEPOTS, {"study_id": study.id})
    return [(row.id, row.code) for row in rows]


def account_named(connection: Connection, username: str) -> int:
    """The id of the person's account; NotFound where nobody has that user name."""
    found = connection.execute(_ACCOUNT, {"username": username}).scalar()
    if found is None:
        raise NotFound(f"Nobody has the user name {username}. Nothing was done. See: irt account list.")
    return int(found)


def _studies(connection: Connection, statement: Select[int, str, Mode], mode: Mode | None) -> list[NamedStudy]:
    rows = connection.execute(statement).all()
    studies = [NamedStudy(row.id, row.protocol, Mode(row.mode)) for row in rows]
    return [study for study in studies if mode in (None, study.mode)]


def _place(connection: Connection, statement: Select[int], study: NamedStudy, name: str, what: str) -> int:
    found = connection.scalar(statement, {"study_id": study.id, "name": name})
    if found is None:
        raise NotFound(f"{name} is not a {what} of {study.words}. Nothing was done. Check it.")
    return int(found)
