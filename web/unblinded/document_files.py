"""The files that leave the statistician's room, made the same way for its pages and for other systems."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from irt.enrolment.verify_allocations import AllocationsVerified
from irt.errors import BadInput
from irt.randomization.dummy_schedule import DummyLine, dummy_schedule
from irt.reads.unblinded_allocations import AllocationLine, every_allocation
from irt.reads.unblinded_batches import HEADS as BATCH_HEADS
from irt.reads.unblinded_batches import BatchLine, batch_row
from irt.reads.unblinded_bench import Paper, paper, papers
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_list_approvals import ListRecord
from irt.reads.unblinded_lists import loaded_lists
from irt.reads.unblinded_live import live
from irt.reads.unblinded_schedule import Schedule, ScheduleLine, schedule
from irt.services.note_transfer import Recipient
from irt.states.records import Mode
from irt.study.definition import StudyDefinition
from web.downloads import TABLES, table_content, warning_of
from web.pdf import Masthead, Sheets
from web.unblinded.evidence import ALLOCATION_HEADS, Evidence, allocation_row, evidence_pack, facts_of

DUMMY_MAX = 5_000
KEY_BYTES = 32
RECIPIENTS = tuple(str(one) for one in Recipient)
SCHEDULE_TITLE = "Randomization scheme and codes (16.1.7)"
BATCHES_TITLE = "Subjects by batch (16.1.6)"
EVIDENCE_TITLE = "Evidence of the randomization"
_SCHEDULE_HEADS = ("Number", "Randomization", "Subject", "Site", "Date", "Stratum", "Arm", "Treatment")


@dataclass(frozen=True)
class Leaving:
    """A file on its way out: what the record calls it, the words of its name, how much it holds, and its text."""

    what: str
    name: str
    suffix: str
    rows: int
    content: str | bytes = field(repr=False)
    details: Mapping[str, str] = field(default_factory=dict)


def schedule_table(told: Schedule, suffix: str = "csv") -> Leaving:
    """The randomization scheme and codes (ICH E3 16.1.7) as a table."""
    return _schedule(told, suffix, table_content(suffix, _SCHEDULE_HEADS, _schedule_rows(told)))


def schedule_paper(told: Schedule, masthead: Masthead) -> Leaving:
    """The same on paper, with what it was made by."""
    sheets = Sheets(masthead, wide=True)
    sheets.heading("How it was made")
    sheets.rows(("What", "As it stands"), facts_of(told), (2, 7))
    sheets.heading("Subjects and treatments")
    sheets.rows(_SCHEDULE_HEADS, _schedule_rows(told), (1, 2, 2, 1, 2, 5, 1, 4))
    return _schedule(told, "pdf", sheets.paper())


def batches_table(lines: tuple[BatchLine, ...], suffix: str = "csv") -> Leaving:
    """Who was given kits of which batch (ICH E3 16.1.6) as a table."""
    return _batches(lines, suffix, table_content(suffix, BATCH_HEADS, map(batch_row, lines)))


def batches_paper(lines: tuple[BatchLine, ...], masthead: Masthead) -> Leaving:
    """The same on paper."""
    sheets = Sheets(masthead, wide=True)
    sheets.sentence("Every subject who was given a kit, under each manufacturing lot the kits came from.")
    sheets.rows(BATCH_HEADS, map(batch_row, lines), (3, 3, 3, 2, 3, 1, 1, 4, 4))
    return _batches(lines, "pdf", sheets.paper())


def dummy_file(definition: StudyDefinition, subjects: int, key: bytes, suffix: str = "csv") -> Leaving:
    """Invented subjects for acceptance tests, with the seed that they were drawn from; NoDummySchedule."""
    factors = [factor.code for factor in definition.factors]
    heads = ("DUMMY", "number", "subject", *factors, "stratum", "arm", "seed_of_this_dummy")
    rows = [_dummy_row(one, key) for one in dummy_schedule(definition, subjects, key)]
    content = table_content(suffix, heads, rows)
    return Leaving("dummy schedule", "DUMMY_schedule_for_UAT", suffix, len(rows), content)


def transfer_file(told: Schedule, codes: Mapping[str, str], recipient: str, suffix: str = "csv") -> Leaving:
    """Subjects with neutral codes for a closed report, by number; BadInput before codes are drawn."""
    _require_codes(codes)
    rows = sorted((one.subject, one.site, one.on_day.isoformat(), codes[one.arm]) for one in told.lines)
    text = table_content(suffix, ("Subject", "Site", "Randomized on", "Group"), rows)
    said = {"recipient": recipient_in(recipient)}
    return Leaving("closed-report transfer", "closed_report_transfer", suffix, len(rows), text, said)


def key_file(
    told: Schedule, codes: Mapping[str, str], recipient: str, *, confirmed: bool, suffix: str = "csv"
) -> Leaving:
    """Which arm a neutral code means; BadInput where it was not confirmed that the codes are to be broken."""
    said = {"recipient": recipient_in(recipient)}
    if not confirmed:
        raise BadInput("The key breaks the codes of every group. Nothing was taken. Confirm that you mean it.")
    _require_codes(codes)
    rows = sorted((codes[code], code, name) for code, name, _ in told.arms if code in codes)
    text = table_content(suffix, ("Group", "Arm", "Treatment"), rows)
    return Leaving("key of the transfers", "closed_report_KEY", suffix, len(rows), text, said)


def evidence_file(connection: Connection, study_id: int, found: AllocationsVerified, masthead: Masthead) -> Leaving:
    """Specification, allocations, replay, lists, plots and a summary, in one zip with hashes."""
    answered = [line.id for line in papers(connection, study_id) if line.outcome]
    evidence = Evidence(
        schedule=schedule(connection, study_id),
        page=live(connection, study_id),
        definition=definition_in_force(connection, study_id).model_dump(mode="json"),
        allocations=every_allocation(connection, study_id),
        papers=tuple(paper(connection, study_id, number) for number in answered),
        lists=loaded_lists(connection, study_id),
        verified=found.allocations,
        same=found.same,
    )
    pack = evidence_pack(evidence, masthead)
    return Leaving("evidence pack", "evidence_pack", "zip", found.allocations, pack)


def allocations_file(lines: tuple[AllocationLine, ...], suffix: str) -> Leaving:
    """Allocations in order of assignment, as CSV, workbook or JSON."""
    if suffix in TABLES:
        text = table_content(suffix, ALLOCATION_HEADS, map(allocation_row, lines))
    else:
        text = json.dumps([asdict(line) for line in lines], default=str, indent=1)
    return Leaving("allocations export", "allocations", suffix, len(lines), text)


def list_file(record: ListRecord) -> Leaving:
    """A list's canonical text, byte for byte what its SHA-256 is of."""
    name = f"randomization_list_{record.approval.approval_id}"
    said = {"list": record.approval.record}
    return Leaving("randomization list", name, "csv", record.positions, record.csv.encode(), said)


def paper_file(found: Paper, suffix: str) -> Leaving:
    """Question and answer of the bench as JSON, or the picture as SVG."""
    result = dict(found.result or {})
    picture = result.pop("svg", "")
    kept = {"title": found.line.title, "kind": found.line.kind, "asked": found.asked, "answer": result}
    text = picture if suffix == "svg" else json.dumps(kept, indent=1)
    return Leaving(f"bench paper {found.line.id}", found.line.kind, suffix, 1, text)


def masthead_of(told: Schedule, title: str, person: str, at: datetime, mode: Mode) -> Masthead:
    """The head of a paper; outside production it says that nothing is real."""
    mark = warning_of(mode)
    return Masthead(title, f"{told.study} ({told.protocol})", person, at, mark)


def recipient_in(word: str) -> str:
    """Who is to have a closed report; BadInput where it is nobody who may."""
    if word not in RECIPIENTS:
        raise BadInput("The recipient is missing. Nothing was taken. Choose who is to have the file.")
    return word


def _require_codes(codes: Mapping[str, str]) -> None:
    if not codes:
        raise BadInput("No neutral codes were drawn yet. Nothing was taken. Make a transfer first.")


def _schedule(told: Schedule, suffix: str, content: str | bytes) -> Leaving:
    return Leaving("schedule and codes", "schedule_and_codes_16-1-7", suffix, len(told.lines), content)


def _batches(lines: tuple[BatchLine, ...], suffix: str, content: str | bytes) -> Leaving:
    return Leaving("subjects by batch", "subjects_by_batch_16-1-6", suffix, len(lines), content)


def _schedule_rows(told: Schedule) -> list[tuple[object, ...]]:
    return [_schedule_row(one) for one in told.lines]


def _schedule_row(one: ScheduleLine) -> tuple[object, ...]:
    day = one.on_day.isoformat()
    return (one.number, one.randomization, one.subject, one.site, day, one.stratum, one.arm, one.arm_name)


def _dummy_row(one: DummyLine, key: bytes) -> tuple[object, ...]:
    """The levels stand in the order of the study's factors, as they were drawn."""
    return ("DUMMY", one.number, f"DUMMY-{one.number:04}", *one.levels.values(), one.stratum, one.arm, key.hex())
