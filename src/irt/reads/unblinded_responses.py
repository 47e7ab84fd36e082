"""The response feed of a study in counts: of how many subjects a response is known, as of each data cut-off."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from irt.blinding.views import UnblindedView
from irt.reads.unblinded_definition import definition_in_force
from irt.tables.columns import table_of
from irt.tables.secret import Response
from irt.tables.subject import Randomization


@dataclass(frozen=True)
class CutOffRow(UnblindedView):
    """What came with a data cut-off, and how things stood with it; `awaited` of those randomized by then."""

    data_cut_off: date
    sources: str
    recorded: int
    corrected: int
    known: int
    awaited: int


@dataclass(frozen=True)
class SourceRow(UnblindedView):
    """What one system or file told: entries, those that corrected an earlier one, and those that tell no value."""

    source: str
    received: int
    corrected: int
    unusable: int
    data_cut_off: date
    last_at: datetime


@dataclass(frozen=True)
class ResponsesPage(UnblindedView):
    """The feed in counts, the newest cut-off first; neither values nor arms.

    `data_cut_off` is the one in force: the latest day whose data a draw made now would know of.
    """

    study_id: int
    study: str
    learns: bool
    randomized: int
    known: int
    awaited: int
    last_at: datetime | None
    data_cut_off: date | None
    sources: tuple[SourceRow, ...]
    cut_offs: tuple[CutOffRow, ...]


_RESPONSES, _R = table_of(Response), table_of(Randomization)
_FED = (
    select(
        _RESPONSES.c.id,
        _RESPONSES.c.data_cut_off,
        _RESPONSES.c.source,
        _RESPONSES.c.corrects_id,
        _RESPONSES.c.value,
        _RESPONSES.c.randomization_id,
        _RESPONSES.c.at,
        _R.c.subject_id,
    )
    .join(_R, _R.c.id == _RESPONSES.c.randomization_id)
    .where(_RESPONSES.c.study_id == bindparam("study_id"))
    .order_by(_RESPONSES.c.data_cut_off, _RESPONSES.c.id)
)
_FIRST = (
    select(_R.c.subject_id, func.min(_R.c.on_day).label("on_day"))
    .where(_R.c.study_id == bindparam("study_id"))
    .group_by(_R.c.subject_id)
)


def response_feed(connection: Connection, study_id: int) -> ResponsesPage:
    """Counts of subjects with a known response, now and as of each data cut-off."""
    definition = definition_in_force(connection, study_id)
    fed = connection.execute(_FED, {"study_id": study_id}).mappings().all()
    since = {row.subject_id: row.on_day for row in connection.execute(_FIRST, {"study_id": study_id})}
    rows = tuple(_cut_offs(fed, since))
    known = rows[-1].known if rows else 0
    return ResponsesPage(
        study_id=study_id,
        study=definition.study.name,
        learns=definition.learns,
        randomized=len(since),
        known=known,
        awaited=len(since) - known,
        last_at=max((row["at"] for row in fed), default=None),
        data_cut_off=rows[-1].data_cut_off if rows else None,
        sources=tuple(_sources(fed)),
        cut_offs=rows[::-1],
    )


def _sources(fed: Sequence[RowMapping]) -> Iterator[SourceRow]:
    """One row a source, in order of its name."""
    for source in sorted({row["source"] for row in fed}):
        told = [row for row in fed if row["source"] == source]
        yield SourceRow(
            source=source,
            received=len(told),
            corrected=sum(row["corrects_id"] is not None for row in told),
            unusable=sum(row["value"] is None for row in told),
            data_cut_off=max(row["data_cut_off"] for row in told),
            last_at=max(row["at"] for row in told),
        )


def _cut_offs(fed: Sequence[RowMapping], since: dict[int, date]) -> Iterator[CutOffRow]:
    """One row a data cut-off; of a subject the last entry counts, whatever the cut-off of the others."""
    last: dict[int, RowMapping] = {}
    for cut_off, entries in groupby(fed, key=lambda row: row["data_cut_off"]):
        came = list(entries)
        for row in came:
            last[row["randomization_id"]] = max(row, last.get(row["randomization_id"], row), key=itemgetter("id"))
        known = {row["subject_id"] for row in last.values() if row["value"] is not None}
        corrected = sum(row["corrects_id"] is not None for row in came)
        yield CutOffRow(
            data_cut_off=cut_off,
            sources=", ".join(sorted({row["source"] for row in came})),
            recorded=len(came) - corrected,
            corrected=corrected,
            known=len(known),
            awaited=sum(on_day <= cut_off and subject not in known for subject, on_day in since.items()),
        )
