"""What leaves the statistician's room on paper: schedules, transfers, a signed check, the evidence pack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.enrolment.check_first_allocations import CheckFirstAllocations, check_first_allocations
from irt.enrolment.verify_allocations import VerifyAllocations, verify_allocations
from irt.errors import BadInput, Refusal
from irt.randomization.dummy_schedule import DummyLine, dummy_schedule
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.unblinded_allocations import every_allocation
from irt.reads.unblinded_bench import paper, papers
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_lists import loaded_lists
from irt.reads.unblinded_live import live
from irt.reads.unblinded_schedule import Schedule, ScheduleLine, schedule, transfer_codes
from irt.services.draw_transfer_codes import DrawTransferCodes, draw_transfer_codes
from irt.states.records import Mode
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import signing_in
from web.downloads import csv_text
from web.forms import Fields
from web.pdf import Masthead, Sheets
from web.unblinded.evidence import Evidence, evidence_pack, facts_of
from web.unblinded.room import (
    Taken,
    chosen_study,
    mode_here,
    posted_study,
    room_page,
    suffix_in,
    take_away,
    write_down,
)
from web.unblinded.typed_design import whole_between

_TEMPLATE = "documents.html"
DUMMY_MAX = 5_000
FIRST_MAX = 10_000
RECIPIENTS = (
    "data monitoring committee",
    "unblinded analysis statistician",
    "regulatory authority",
)
SCHEDULE_HEADS = ("Number", "Randomization", "Subject", "Site", "Date", "Stratum", "Arm", "Treatment")
KEY_BYTES = 32


@dataclass(frozen=True)
class DocumentsView(UnblindedView):
    """The papers that can be made, the signatures there are, and what was typed."""

    told: Schedule
    role: str
    code_needed: bool
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    refusal: str = ""
    signed: int | None = None

    @property
    def recipients(self) -> list[tuple[str, str]]:
        """Who may be sent a closed report."""
        return [(one, one.capitalize()) for one in RECIPIENTS]

    @property
    def meaning(self) -> str:
        """What the signature says."""
        return Meaning.CHECK_ALLOCATIONS


class DocumentPages(Controller):
    """The papers of one study."""

    path = "/randomization/documents"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], signed: FromQuery[int | None] = None) -> Response[Any]:
        """What can be made, and what was signed."""
        study_id = chosen_study(desk)
        return go("/switch") if study_id is None else _page(desk, study_id, signed=signed)

    @post("/schedule", status_code=200, sync_to_thread=True)
    def take_schedule(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """The randomization scheme and codes, as CSV or PDF (ICH E3 16.1.7)."""
        study_id = posted_study(desk, data)
        suffix = suffix_in(data, "csv", "pdf")
        with desk.store.reading() as connection:
            told = schedule(connection, study_id)
        taken = Taken("schedule and codes", "schedule_and_codes_16-1-7", suffix, len(told.lines))
        if suffix == "pdf":
            paper_ = _schedule_paper(told, _masthead(desk, told, "Randomization scheme and codes (16.1.7)"))
            return take_away(desk, study_id, taken, paper_)
        return take_away(desk, study_id, taken, csv_text(SCHEDULE_HEADS, _schedule_rows(told)))

    @post("/dummy", status_code=200, sync_to_thread=True)
    def take_dummy(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """A schedule of invented subjects, from a seed made for it and told in it."""
        study_id = posted_study(desk, data)
        try:
            subjects = whole_between(data, "n", "The number of invented subjects", 1, DUMMY_MAX)
            with desk.store.reading() as connection:
                definition = definition_in_force(connection, study_id)
            key = desk.store.entropy(KEY_BYTES)
            lines = dummy_schedule(definition, subjects, key)
        except Refusal as refusal:
            return _refused(desk, study_id, "dummy", data, refusal)
        factors = [factor.code for factor in definition.factors]
        heads = ("DUMMY", "number", "subject", *factors, "stratum", "arm", "seed_of_this_dummy")
        rows = [_dummy_row(one, key) for one in lines]
        taken = Taken("dummy schedule", "DUMMY_schedule_for_UAT", "csv", len(rows))
        return take_away(desk, study_id, taken, csv_text(heads, rows))

    @post("/transfer", status_code=200, sync_to_thread=True)
    def take_transfer(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Subjects with neutral codes for a closed report, in order of their numbers."""
        study_id = posted_study(desk, data)
        try:
            recipient = _recipient(data)
            desk.press(draw_transfer_codes, DrawTransferCodes(study_id=study_id), data.get("command_key", ""))
        except Refusal as refusal:
            return _refused(desk, study_id, "transfer", data, refusal)
        with desk.store.reading() as connection:
            told, codes = schedule(connection, study_id), transfer_codes(connection, study_id)
        rows = sorted((one.subject, one.site, one.on_day.isoformat(), codes[one.arm]) for one in told.lines)
        taken = Taken("closed-report transfer", "closed_report_transfer", "csv", len(rows))
        text = csv_text(("Subject", "Site", "Randomized on", "Group"), rows)
        return take_away(desk, study_id, taken, text, recipient=recipient)

    @post("/key", status_code=200, sync_to_thread=True)
    def take_key(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Which arm a neutral code means: a file apart, for which a second confirmation is asked."""
        study_id = posted_study(desk, data)
        with desk.store.reading() as connection:
            told, codes = schedule(connection, study_id), transfer_codes(connection, study_id)
        try:
            recipient = _recipient(data)
            if data.get("confirmed") != "yes":
                raise BadInput(
                    "The key breaks the codes of every group. Nothing was taken. Confirm that you mean it."
                )
            if not codes:
                raise BadInput("No neutral codes were drawn yet. Nothing was taken. Make a transfer first.")
        except Refusal as refusal:
            return _refused(desk, study_id, "key", data, refusal)
        rows = sorted((codes[code], code, name) for code, name, _ in told.arms if code in codes)
        taken = Taken("key of the transfers", "closed_report_KEY", "csv", len(rows))
        text = csv_text(("Group", "Arm", "Treatment"), rows)
        return take_away(desk, study_id, taken, text, recipient=recipient)

    @post("/check", sync_to_thread=True)
    def check(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Derives the allocations again and signs for the first ones, in one request."""
        study_id = posted_study(desk, data)
        try:
            first = whole_between(data, "first", "The number of allocations", 1, FIRST_MAX)
            ask = CheckFirstAllocations(study_id=study_id, allocations=first, signing=signing_in(data))
            desk.press(check_first_allocations, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _refused(desk, study_id, "check", data, refusal)
        return go(f"/randomization/documents?signed={first}")

    @post("/evidence", status_code=200, sync_to_thread=True)
    def take_evidence(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Specification, allocations, replay, plots and a summary, in one file with hashes."""
        study_id = posted_study(desk, data)
        found = desk.press(verify_allocations, VerifyAllocations(study_id=study_id), data.get("command_key", ""))
        with desk.store.reading() as connection:
            told = schedule(connection, study_id)
            evidence = Evidence(
                schedule=told,
                page=live(connection, study_id),
                definition=definition_in_force(connection, study_id).model_dump(mode="json"),
                allocations=every_allocation(connection, study_id),
                papers=tuple(
                    paper(connection, study_id, line.id) for line in papers(connection, study_id) if line.outcome
                ),
                lists=loaded_lists(connection, study_id),
                verified=found.allocations,
                same=found.same,
            )
        pack = evidence_pack(evidence, _masthead(desk, told, "Evidence of the randomization"))
        return take_away(desk, study_id, Taken("evidence pack", "evidence_pack", "zip", found.allocations), pack)


def _recipient(typed: Mapping[str, str]) -> str:
    if (recipient := typed.get("recipient", "")) not in RECIPIENTS:
        raise BadInput("The recipient is missing. Nothing was taken. Choose who is to have the file.")
    return recipient


def _dummy_row(one: DummyLine, key: bytes) -> tuple[object, ...]:
    """The levels stand in the order of the study's factors, as they were drawn."""
    return ("DUMMY", one.number, f"DUMMY-{one.number:04}", *one.levels.values(), one.stratum, one.arm, key.hex())


def _schedule_rows(told: Schedule) -> list[tuple[object, ...]]:
    return [_schedule_row(one) for one in told.lines]


def _schedule_row(one: ScheduleLine) -> tuple[object, ...]:
    day = one.on_day.isoformat()
    return (one.number, one.randomization, one.subject, one.site, day, one.stratum, one.arm, one.arm_name)


def _schedule_paper(told: Schedule, masthead: Masthead) -> bytes:
    sheets = Sheets(masthead, wide=True)
    sheets.heading("How it was made")
    sheets.rows(("What", "As it stands"), facts_of(told), (2, 7))
    sheets.heading("Subjects and treatments")
    sheets.rows(SCHEDULE_HEADS, _schedule_rows(told), (1, 2, 2, 1, 2, 5, 1, 4))
    return sheets.paper()


def _masthead(desk: Desk, told: Schedule, title: str) -> Masthead:
    mode = mode_here(desk, told.study_id)
    mark = "" if mode is Mode.PRODUCTION else f"{mode.upper()}, nothing here is real"
    return Masthead(title, f"{told.study} ({told.protocol})", desk.who.printed_name, desk.now, mark)


def _refused(desk: Desk, study_id: int, refused: str, typed: Mapping[str, str], refusal: Refusal) -> Response[Any]:
    shown = {"refused": refused, "refusal": refusal.sentence, "typed": typed}
    return _page(desk, study_id, refusal.status_code, **shown)


def _page(desk: Desk, study_id: int, status_code: int = 200, **shown: Any) -> Response[Any]:
    grant = desk.who.actor.require(Permission.FREEZE_RANDOMIZATION, study_id)
    with desk.store.reading() as connection:
        told = schedule(connection, study_id)
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    write_down(desk, study_id, "documents", len(told.checks))
    view = DocumentsView(told, words(grant.role), code_needed, desk.key(), **shown)
    return room_page(desk, _TEMPLATE, view, "Documents", study_id, status_code)
