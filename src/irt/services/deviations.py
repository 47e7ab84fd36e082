"""A departure from the protocol gets a number in its study and is never changed."""

from typing import Any

from sqlalchemy import bindparam, func, select

from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.subject import Deviation

_DEVIATIONS = table_of(Deviation)
_COUNT = select(func.count().label("n")).where(_DEVIATIONS.c.study_id == bindparam("study_id"))


def open_deviation(
    work: Work, owner: dict[str, int], kind: str, sentence: str, details: dict[str, Any], **of: int
) -> str:
    """Writes down a deviation of a subject or a site and gives its number; the study must be locked."""
    counted = work.one("study", _COUNT, study_id=owner["study_id"])
    number = f"D-{int(counted['n']) + 1:04d}"
    facts = {"number": number, "kind": kind, "sentence": sentence, "details": details}
    work.append(Deviation, **owner, **facts, **of, at=work.at, account_id=work.actor.account_id)
    return number
