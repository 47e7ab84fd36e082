"""The response feed: what later draws may learn from. A correction is a new entry, and changes no earlier draw."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import RowMapping, bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.caps import take_turn
from irt.services.response_file import SubjectResponse, responses_in
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.secret import Response
from irt.tables.study import Study
from irt.tables.subject import Randomization, Subject


class ResponseFeed(SQLModel):
    """Where responses come from, and why earlier ones change where they do."""

    study_id: int
    source: str = Field(min_length=1, max_length=200, description="the system or file that tells them")
    data_cut_off: date = Field(description="the last day whose data they hold")
    reason: str | None = Field(default=None, max_length=2000, description="needed where an earlier value changes")


class RecordResponses(ResponseFeed):
    """Responses of subjects, all or none of which are recorded."""

    responses: list[SubjectResponse] = Field(min_length=1, max_length=10_000)


class ImportResponses(ResponseFeed):
    """The same as the text of a CSV file with the columns subject and response."""

    csv: str = Field(max_length=5_000_000)


class ResponsesRecorded(SQLModel):
    """How many were new, corrected an earlier one, or said what was known."""

    study_id: int
    recorded: int
    corrected: int
    unchanged: int


class ResponsesNotUsed(Refusal):
    """The study's randomization does not look at responses."""

    def __init__(self) -> None:
        super().__init__("The randomization of this study does not look at responses. Nothing was recorded.")


_RESPONSES, _R = table_of(Response), table_of(Randomization)
_SUBJECTS, _STUDIES = table_of(Subject), table_of(Study)
_LATER = _RESPONSES.alias("later")
_DRAWN = (
    select(_SUBJECTS.c.number, _R.c.id, _R.c.version_number)
    .join(_R, _R.c.subject_id == _SUBJECTS.c.id)
    .where(
        _SUBJECTS.c.study_id == bindparam("study_id"), _SUBJECTS.c.number.in_(bindparam("numbers", expanding=True))
    )
    .order_by(_R.c.stage)
)
_LATEST = select(_RESPONSES.c.randomization_id, _RESPONSES.c.id, _RESPONSES.c.value).where(
    _RESPONSES.c.study_id == bindparam("study_id"),
    ~select(_LATER.c.id).where(_LATER.c.corrects_id == _RESPONSES.c.id).exists(),
)
_STUDY = select(_STUDIES.c.sponsor_id, _STUDIES.c.protocol).where(_STUDIES.c.id == bindparam("study_id"))


def record_responses(work: Work, ask: RecordResponses) -> ResponsesRecorded:
    """Records what became known of subjects; draws under way are over, and those to come know it."""
    work.actor.require(Permission.RECORD_RESPONSES, ask.study_id)
    return _record(work, ask, ask.responses)


def import_responses(work: Work, ask: ImportResponses) -> ResponsesRecorded:
    """Records the responses of a CSV file."""
    work.actor.require(Permission.RECORD_RESPONSES, ask.study_id)
    return _record(work, ask, responses_in(ask.csv))


def _record(work: Work, ask: ResponseFeed, responses: Sequence[SubjectResponse]) -> ResponsesRecorded:
    if ask.data_cut_off > work.at.date():
        raise BadInput("The data cut-off has not come yet. Nothing was recorded. Enter the last day of the data.")
    study = work.one("study", _STUDY, study_id=ask.study_id)
    # An entry that a draw did not see must come after it: the last entry tells what a draw knew.
    take_turn(work, ask.study_id)
    drawn = _drawn(work, ask.study_id, responses)
    latest = {row["randomization_id"]: row for row in work.rows(_LATEST, study_id=ask.study_id)}
    news = [each for each in responses if _is_news(each, latest.get(drawn[each.subject]))]
    corrections = [each for each in news if drawn[each.subject] in latest]
    if corrections and not (ask.reason and ask.reason.strip()):
        raise BadInput(
            f"The response of {corrections[0].subject} is known otherwise. Nothing was recorded. "
            "Say why it changes, or leave it out."
        )
    for each in news:
        _append(work, ask, study["sponsor_id"], drawn[each.subject], each.value, latest)
    _audit(work, ask, study["protocol"], news, len(corrections))
    return ResponsesRecorded(
        study_id=ask.study_id,
        recorded=len(news) - len(corrections),
        corrected=len(corrections),
        unchanged=len(responses) - len(news),
    )


def _drawn(work: Work, study_id: int, responses: Sequence[SubjectResponse]) -> dict[str, int]:
    """The latest randomization of each subject; BadInput where there is none, or a subject comes twice."""
    numbers = [each.subject for each in responses]
    rows = work.rows(_DRAWN, study_id=study_id, numbers=numbers)
    drawn = {row["number"]: int(row["id"]) for row in rows}
    seen: set[str] = set()
    for place, number in enumerate(numbers, start=1):
        if number not in drawn:
            raise BadInput(f"Response {place}: {number} is not a randomized subject. Nothing was recorded.")
        if number in seen:
            raise BadInput(f"Response {place}: {number} comes twice. Nothing was recorded. Give each subject once.")
        seen.add(number)
    if not all(
        definition_of(work, study_id, version).learns for version in {row["version_number"] for row in rows}
    ):
        raise ResponsesNotUsed
    return drawn


def _is_news(response: SubjectResponse, known: RowMapping | None) -> bool:
    return response.value != (None if known is None else known["value"])


def _append(
    work: Work,
    ask: ResponseFeed,
    sponsor_id: int,
    randomization_id: int,
    value: int | None,
    latest: Mapping[int, RowMapping],
) -> None:
    earlier = latest.get(randomization_id)
    work.append(
        Response,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        randomization_id=randomization_id,
        value=value,
        source=ask.source,
        data_cut_off=ask.data_cut_off,
        corrects_id=None if earlier is None else earlier["id"],
        reason=None if earlier is None else ask.reason,
        at=work.at,
        account_id=work.actor.account_id,
    )


def _audit(work: Work, ask: ResponseFeed, protocol: str, news: Sequence[SubjectResponse], corrections: int) -> None:
    """What was recorded of whom is for the second chain: it moves chances."""
    work.audit(
        AuditDraft(
            act="responses_recorded",
            record_kind="study",
            record=protocol,
            study_id=ask.study_id,
            new={
                "recorded": len(news) - corrections,
                "corrected": corrections,
                "source": ask.source,
                "data_cut_off": ask.data_cut_off.isoformat(),
            },
            reason=ask.reason if corrections else None,
            secret={"responses": {each.subject: each.value for each in news}},
        )
    )
