"""The periodic review of the audit trail: what was reviewed, what waits for it, and what to look at in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from irt.audit.entry import study_chain
from irt.audit.reasons import REASONED
from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.states.table import words
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry, AuditHead
from irt.tables.study import Study

RECORD_KIND = "audit trail review"
REVIEW_EVERY = timedelta(days=90)
"""The trail of a study is reviewed at least so often."""
_WORTH_A_LOOK = (
    "correct",
    "refused",
    "withdrawn",
    "code_broken",
    "broken_code",
    "signature",
    "deviation",
    "misalloc",
)


@dataclass(frozen=True)
class ReviewLine(BlindedView):
    """A review that was signed: who, which entries, what was looked at, what was found."""

    number: str
    at: datetime
    person: str
    from_entry: int
    to_entry: int
    looked_at: str
    findings: str


@dataclass(frozen=True)
class ActCount(BlindedView):
    """How often something was done in the span; `look` where it is worth a look first."""

    act: str
    name: str
    entries: int
    missing_reasons: int
    look: bool


@dataclass(frozen=True)
class TrailToReview(BlindedView):
    """What waits for review: from the entry after the last review to the newest, with its hash."""

    study_id: int
    protocol: str
    mode: str
    from_entry: int
    to_entry: int
    hash: str
    acts: tuple[ActCount, ...]
    reviews: tuple[ReviewLine, ...]
    due: bool


_ENTRIES, _HEADS, _STUDIES = table_of(AuditEntry), table_of(AuditHead), table_of(Study)
_OF_CHAIN = _ENTRIES.c.chain == bindparam("chain")
_REVIEWS = (
    select(_ENTRIES)
    .where(_OF_CHAIN, _ENTRIES.c.record_kind == RECORD_KIND, _ENTRIES.c.act == "trail_reviewed")
    .order_by(_ENTRIES.c.sequence.desc())
)
_COUNTED = (
    select(
        _ENTRIES.c.act,
        func.count().label("entries"),
        func.count().filter(func.coalesce(_ENTRIES.c.reason, "") == "").label("without_reason"),
    )
    .where(_OF_CHAIN, _ENTRIES.c.sequence >= bindparam("from_entry"), _ENTRIES.c.sequence <= bindparam("to_entry"))
    .group_by(_ENTRIES.c.act)
    .order_by(_ENTRIES.c.act)
)
_HASH = select(_ENTRIES.c.hash).where(_OF_CHAIN, _ENTRIES.c.sequence == bindparam("sequence"))


def trail_to_review(connection: Connection, study_id: int, now: datetime) -> TrailToReview:
    """The span that waits and every review signed so far, the newest first; NotFound without a study."""
    study = connection.execute(select(_STUDIES).where(_STUDIES.c.id == study_id)).mappings().first()
    if study is None:
        raise NotFound("No such study. Check the address.")
    chain = study_chain(study_id)
    reviews = tuple(
        ReviewLine(
            number=row["record"],
            at=row["at"],
            person=row["person"],
            from_entry=row["new"]["from_entry"],
            to_entry=row["new"]["to_entry"],
            looked_at=row["new"]["looked_at"],
            findings=row["reason"] or "",
        )
        for row in connection.execute(_REVIEWS, {"chain": chain}).mappings()
    )
    head = connection.execute(select(_HEADS).where(_HEADS.c.chain == chain)).mappings().first()
    first, last = (reviews[0].to_entry + 1 if reviews else 1), (0 if head is None else head["sequence"])
    since = reviews[0].at if reviews else study["opened_at"]
    return TrailToReview(
        study_id=study_id,
        protocol=study["protocol"],
        mode=study["mode"],
        from_entry=first,
        to_entry=last,
        hash="" if head is None else head["hash"],
        acts=_counted(connection, chain, first, last),
        reviews=reviews,
        due=since <= now - REVIEW_EVERY,
    )


def hash_of_entry(connection: Connection, study_id: int, sequence: int) -> str:
    """The hash of an entry of the study's trail; empty where there is none of that number."""
    asked = {"chain": study_chain(study_id), "sequence": sequence}
    return str(connection.execute(_HASH, asked).scalar() or "")


def _counted(connection: Connection, chain: str, first: int, last: int) -> tuple[ActCount, ...]:
    rows = connection.execute(_COUNTED, {"chain": chain, "from_entry": first, "to_entry": last})
    return tuple(_count(row.act, row.entries, row.without_reason) for row in rows)


def _count(act: str, entries: int, without: int) -> ActCount:
    """Of an act that always says why, an entry without a reason is worth a look; others need none."""
    missing = without if act in REASONED else 0
    look = missing > 0 or any(word in act for word in _WORTH_A_LOOK)
    return ActCount(act, words(act), entries, missing, look)
