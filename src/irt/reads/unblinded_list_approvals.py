"""Randomization lists before their second person and after: what each holds, and what it was loaded as."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from irt.blinding.two_persons import ApprovalKind
from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.randomization.lists.frozen_list import Entry
from irt.randomization.lists.read_list import read_list
from irt.reads.blinded_approvals import ApprovalLine, approvals_of_kind
from irt.tables.columns import table_of
from irt.tables.record import Approval
from irt.tables.secret import ApprovalMatter, RandomizationList


@dataclass(frozen=True)
class ListedStratum(UnblindedView):
    """One stratum of a list: its positions from first to last, and how many each arm has of them."""

    stratum: str
    first: int
    last: int
    arms: tuple[tuple[str, int], ...]

    @property
    def positions(self) -> int:
        """How many subjects it serves."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class LoadedAs(UnblindedView):
    """The so-maniest list of the study, with the root that is published of it."""

    number: int
    merkle_root: str
    at: datetime


@dataclass(frozen=True)
class ListRecord(UnblindedView):
    """A randomization list in its canonical text; `loaded` None: no subject takes its positions."""

    approval: ApprovalLine
    origin: str
    sha256: str
    strata: tuple[ListedStratum, ...]
    loaded: LoadedAs | None
    csv: str = field(repr=False)

    @property
    def positions(self) -> int:
        """Positions of the whole list."""
        return sum(each.positions for each in self.strata)


_APPROVALS, _MATTERS, _LISTS = table_of(Approval), table_of(ApprovalMatter), table_of(RandomizationList)
_CONTENTS = (
    select(_MATTERS.c.approval_id, _MATTERS.c.content)
    .join(_APPROVALS, _APPROVALS.c.id == _MATTERS.c.approval_id)
    .where(_APPROVALS.c.study_id == bindparam("study_id"), _APPROVALS.c.kind == ApprovalKind.RANDOMIZATION_LIST)
)
_LOADED = select(_LISTS.c.approval_id, _LISTS.c.number, _LISTS.c.merkle_root, _LISTS.c.at).where(
    _LISTS.c.study_id == bindparam("study_id")
)


def list_records(connection: Connection, study_id: int) -> tuple[ListRecord, ...]:
    """Every list that was asked for in the study, newest first."""
    facts = {"study_id": study_id}
    contents = {row.approval_id: row.content for row in connection.execute(_CONTENTS, facts)}
    loaded = {
        row.approval_id: LoadedAs(row.number, row.merkle_root, row.at) for row in connection.execute(_LOADED, facts)
    }
    lines = approvals_of_kind(connection, study_id, ApprovalKind.RANDOMIZATION_LIST)
    return tuple(_record(line, contents[line.approval_id], loaded.get(line.approval_id)) for line in lines)


def list_record(connection: Connection, study_id: int, approval_id: int) -> ListRecord:
    """One list that was put before a second person; NotFound where the study has no such list."""
    for record in list_records(connection, study_id):
        if record.approval.approval_id == approval_id:
            return record
    raise NotFound("No such randomization list in this study. Check the address, or open the lists.")


def _record(line: ApprovalLine, content: dict[str, str], loaded: LoadedAs | None) -> ListRecord:
    made = read_list(content["csv"])
    strata = tuple(_stratum(stratum, entries) for stratum, entries in made.by_stratum())
    return ListRecord(line, content["origin"], made.sha256, strata, loaded, made.csv)


def _stratum(stratum: str, entries: tuple[Entry, ...]) -> ListedStratum:
    arms = Counter(entry.arm for entry in entries)
    return ListedStratum(stratum, entries[0].position, entries[-1].position, tuple(sorted(arms.items())))
