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
from irt.errors import Refusal
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.unblinded_batches import subjects_by_batch
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_schedule import Schedule, schedule, transfer_codes
from irt.services.draw_transfer_codes import DrawTransferCodes, draw_transfer_codes
from irt.states.table import words
from web.blinded.desk import Desk, go
from web.blinded.typed import signing_in
from web.downloads import table_in
from web.forms import Fields
from web.pdf import Masthead
from web.unblinded.document_files import (
    BATCHES_TITLE,
    DUMMY_MAX,
    EVIDENCE_TITLE,
    KEY_BYTES,
    RECIPIENTS,
    SCHEDULE_TITLE,
    batches_paper,
    batches_table,
    dummy_file,
    evidence_file,
    key_file,
    masthead_of,
    recipient_in,
    schedule_paper,
    schedule_table,
    transfer_file,
)
from web.unblinded.open_desk import open_desk_of
from web.unblinded.room import chosen_study, mode_here, posted_study, room_page, suffix_in, take_away, write_down
from web.unblinded.typed_design import whole_between

_TEMPLATE = "documents.html"
FIRST_MAX = 10_000


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
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], signed: FromQuery[int | None] = None) -> Response[Any]:
        """What can be made, and what was signed."""
        study_id = chosen_study(desk)
        return go("/switch") if study_id is None else _page(desk, study_id, signed=signed)

    @post("/schedule", status_code=200, sync_to_thread=True)
    def take_schedule(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """The randomization scheme and codes, as CSV or PDF (ICH E3 16.1.7)."""
        study_id = posted_study(desk, data)
        suffix = suffix_in(data, "csv", "xlsx", "pdf")
        with desk.store.reading() as connection:
            told = schedule(connection, study_id)
        if suffix == "pdf":
            return take_away(desk, study_id, schedule_paper(told, _masthead(desk, told, SCHEDULE_TITLE)))
        return take_away(desk, study_id, schedule_table(told, suffix))

    @post("/batches", status_code=200, sync_to_thread=True)
    def take_batches(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Subjects by batch, as CSV or PDF (ICH E3 16.1.6)."""
        study_id = posted_study(desk, data)
        suffix = suffix_in(data, "csv", "xlsx", "pdf")
        with desk.store.reading() as connection:
            lines = subjects_by_batch(connection, study_id)
            told = schedule(connection, study_id)
        if suffix == "pdf":
            return take_away(desk, study_id, batches_paper(lines, _masthead(desk, told, BATCHES_TITLE)))
        return take_away(desk, study_id, batches_table(lines, suffix))

    @post("/dummy", status_code=200, sync_to_thread=True)
    def take_dummy(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """A schedule of invented subjects, from a seed made for it and told in it."""
        study_id = posted_study(desk, data)
        try:
            subjects = whole_between(data, "n", "The number of invented subjects", 1, DUMMY_MAX)
            with desk.store.reading() as connection:
                definition = definition_in_force(connection, study_id)
            leaving = dummy_file(definition, subjects, desk.store.entropy(KEY_BYTES), table_in(data))
        except Refusal as refusal:
            return _refused(desk, study_id, "dummy", data, refusal)
        return take_away(desk, study_id, leaving)

    @post("/transfer", status_code=200, sync_to_thread=True)
    def take_transfer(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Subjects with neutral codes for a closed report; codes are drawn where there are none yet."""
        study_id = posted_study(desk, data)
        try:
            recipient = recipient_in(data.get("recipient", ""))
            desk.press(draw_transfer_codes, DrawTransferCodes(study_id=study_id), data.get("command_key", ""))
            leaving = transfer_file(*_coded(desk, study_id), recipient, table_in(data))
        except Refusal as refusal:
            return _refused(desk, study_id, "transfer", data, refusal)
        return take_away(desk, study_id, leaving)

    @post("/key", status_code=200, sync_to_thread=True)
    def take_key(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Which arm a neutral code means: a file apart, for which a second confirmation is asked."""
        study_id = posted_study(desk, data)
        try:
            confirmed = data.get("confirmed") == "yes"
            told, codes = _coded(desk, study_id)
            suffix = table_in(data)
            leaving = key_file(told, codes, data.get("recipient", ""), confirmed=confirmed, suffix=suffix)
        except Refusal as refusal:
            return _refused(desk, study_id, "key", data, refusal)
        return take_away(desk, study_id, leaving)

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
            masthead = _masthead(desk, schedule(connection, study_id), EVIDENCE_TITLE)
            leaving = evidence_file(connection, study_id, found, masthead)
        return take_away(desk, study_id, leaving)


def _coded(desk: Desk, study_id: int) -> tuple[Schedule, dict[str, str]]:
    """The schedule and the neutral codes of its arms."""
    with desk.store.reading() as connection:
        return schedule(connection, study_id), transfer_codes(connection, study_id)


def _masthead(desk: Desk, told: Schedule, title: str) -> Masthead:
    mode = mode_here(desk, told.study_id)
    return masthead_of(told, title, desk.who.printed_name, desk.now, mode)


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
