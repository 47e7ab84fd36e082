"""The statistician's documents as files: schedules, transfers, the evidence pack, lists, pictures of the bench."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Response
from litestar.params import QueryParameter
from sqlalchemy import Connection

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.enrolment.verify_allocations import VerifyAllocations, verify_allocations
from irt.errors import NotFound
from irt.reads.blinded_people import person, place_in
from irt.reads.unblinded_allocations import Wanted, every_allocation
from irt.reads.unblinded_batches import subjects_by_batch
from irt.reads.unblinded_bench import paper
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_list_approvals import list_record
from irt.reads.unblinded_schedule import Schedule, schedule, transfer_codes
from irt.services.draw_transfer_codes import draw_transfer_codes
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.states.records import Mode
from web.api.operations import (
    ApprovalId,
    Caller,
    Now,
    PaperId,
    Records,
    StudyId,
    file_question,
    unblinded_command,
)
from web.api.readings import write_down
from web.downloads import MEDIA_TYPES, file_answer, file_name
from web.pdf import Masthead
from web.press import new_key
from web.unblinded.document_files import (
    DUMMY_MAX,
    EVIDENCE_TITLE,
    KEY_BYTES,
    RECIPIENTS,
    SCHEDULE_TITLE,
    Leaving,
    allocations_file,
    batches_table,
    dummy_file,
    evidence_file,
    key_file,
    list_file,
    masthead_of,
    paper_file,
    schedule_paper,
    schedule_table,
    transfer_file,
)

_HERE = "/studies/{study_id:int}"
Subjects = Annotated[int, QueryParameter(ge=1, le=DUMMY_MAX, description="How many subjects are invented.")]
Recipient = Annotated[str, QueryParameter(description=f"Who is to have it: {', '.join(RECIPIENTS)}.")]
Confirmed = Annotated[
    bool, QueryParameter(description="That the codes of every group are to be broken; true, or it is refused.")
]
Word = Annotated[str, QueryParameter(max_length=200, description="As it stands in the file; all where left out.")]


@file_question(f"{_HERE}/documents/schedule-and-codes.csv", "The schedule and codes (ICH E3 16.1.7) as a table")
def take_schedule(study_id: StudyId, caller: Caller, store: Records, now: Now) -> Response[str]:
    """Every subject with its arm, in order of assignment."""
    with store.reading() as connection:
        leaving = schedule_table(schedule(connection, study_id))
    return _taken(store, caller, now, study_id, leaving)


@file_question(f"{_HERE}/documents/subjects-by-batch.csv", "Subjects by batch (ICH E3 16.1.6) as a table")
def take_batches(study_id: StudyId, caller: Caller, store: Records, now: Now) -> Response[str]:
    """Every subject who was given a kit, under each manufacturing lot."""
    with store.reading() as connection:
        leaving = batches_table(subjects_by_batch(connection, study_id))
    return _taken(store, caller, now, study_id, leaving)


@file_question(f"{_HERE}/documents/schedule-and-codes.pdf", "The schedule and codes (ICH E3 16.1.7) on paper")
def take_schedule_paper(study_id: StudyId, caller: Caller, store: Records, now: Now) -> Response[bytes]:
    """The same, and what the schedule was made by."""
    with store.reading() as connection:
        told = schedule(connection, study_id)
        leaving = schedule_paper(told, _masthead(connection, caller, now, told, SCHEDULE_TITLE))
    return _taken(store, caller, now, study_id, leaving)


@file_question(f"{_HERE}/documents/dummy-schedule.csv", "A schedule of invented subjects, for acceptance tests")
def take_dummy_schedule(
    study_id: StudyId, caller: Caller, store: Records, now: Now, subjects: Subjects = 100
) -> Response[str]:
    """Drawn by the study's rules from a seed made for it and told in it; another one each time."""
    with store.reading() as connection:
        definition = definition_in_force(connection, study_id)
    leaving = dummy_file(definition, subjects, store.entropy(KEY_BYTES))
    return _taken(store, caller, now, study_id, leaving)


@file_question(f"{_HERE}/documents/transfer.csv", "Subjects with neutral codes, for a closed report")
def take_transfer(
    study_id: StudyId, recipient: Recipient, caller: Caller, store: Records, now: Now
) -> Response[str]:
    """By number; the codes are drawn before, by `draw_transfer_codes`."""
    with store.reading() as connection:
        told, codes = schedule(connection, study_id), transfer_codes(connection, study_id)
    return _taken(store, caller, now, study_id, transfer_file(told, codes, recipient))


@file_question(f"{_HERE}/documents/transfer-key.csv", "Which arm a neutral code means")
def take_transfer_key(
    study_id: StudyId,
    recipient: Recipient,
    caller: Caller,
    store: Records,
    now: Now,
    confirmed: Confirmed = False,
) -> Response[str]:
    """A file apart from the transfer; it breaks the codes of every group."""
    with store.reading() as connection:
        told, codes = schedule(connection, study_id), transfer_codes(connection, study_id)
    return _taken(store, caller, now, study_id, key_file(told, codes, recipient, confirmed=confirmed))


@file_question(f"{_HERE}/documents/evidence-pack.zip", "The evidence of the randomization in one file")
def take_evidence(study_id: StudyId, caller: Caller, store: Records, now: Now) -> Response[bytes]:
    """Specification, allocations, lists, replay, plots, summary, with hashes; all allocations are derived anew."""
    ask = VerifyAllocations(study_id=study_id)
    found = perform(store, caller, now, verify_allocations, ask, new_key(store))
    with store.reading() as connection:
        masthead = _masthead(connection, caller, now, schedule(connection, study_id), EVIDENCE_TITLE)
        leaving = evidence_file(connection, study_id, found, masthead)
    return _taken(store, caller, now, study_id, leaving)


@file_question(f"{_HERE}/documents/allocations.csv", "Every allocation as a table")
def take_allocations(
    study_id: StudyId,
    caller: Caller,
    store: Records,
    now: Now,
    site: Word = "",
    stratum: Word = "",
    arm: Word = "",
) -> Response[str]:
    """In order of assignment, with state, probability, draw and notes; of one site, stratum or arm where named."""
    with store.reading() as connection:
        lines = every_allocation(connection, study_id, Wanted(site, stratum, arm, noted=False))
    return _taken(store, caller, now, study_id, allocations_file(lines, "csv"))


@file_question(f"{_HERE}/randomization-lists/{{approval_id:int}}/positions.csv", "A list, position by position")
def take_randomization_list(
    study_id: StudyId, approval_id: ApprovalId, caller: Caller, store: Records, now: Now
) -> Response[bytes]:
    """The canonical text, byte for byte what its SHA-256 is of."""
    with store.reading() as connection:
        leaving = list_file(list_record(connection, study_id, approval_id))
    return _taken(store, caller, now, study_id, leaving)


@file_question(f"{_HERE}/bench-papers/{{paper_id:int}}/picture.svg", "The picture of a bench paper")
def take_bench_picture(
    study_id: StudyId, paper_id: PaperId, caller: Caller, store: Records, now: Now
) -> Response[str]:
    """The plot of an answer; there is none before the work is done, nor of a test."""
    with store.reading() as connection:
        leaving = paper_file(paper(connection, study_id, paper_id), "svg")
    if not leaving.content:
        raise NotFound("This paper has no picture. Look at its answer.")
    return _taken(store, caller, now, study_id, leaving)


def _masthead(connection: Connection, caller: Actor, now: datetime, told: Schedule, title: str) -> Masthead:
    name = person(connection, caller.account_id).printed_name
    return masthead_of(told, title, name, now, _mode(connection, caller, told.study_id))


def _mode(connection: Connection, caller: Actor, study_id: int) -> Mode:
    """The environment of the study; the gate let in nobody who has no place there."""
    place = place_in(connection, caller, study_id, None)
    return Mode.PRODUCTION if place is None else place.mode


def _taken(store: Store, caller: Actor, now: datetime, study_id: int, leaving: Leaving) -> Response[Any]:
    """The file, once it is written down that it was taken."""
    write_down(
        store,
        caller,
        now,
        study_id,
        leaving.what,
        leaving.rows,
        details={"format": leaving.suffix, **leaving.details},
    )
    with store.reading() as connection:
        name = file_name(leaving.name, _mode(connection, caller, study_id), now, leaving.suffix)
    return file_answer(leaving.content, name, MEDIA_TYPES[leaving.suffix])


OPERATIONS = (
    take_schedule,
    take_schedule_paper,
    take_batches,
    take_dummy_schedule,
    unblinded_command(
        "/transfer-codes/draw",
        draw_transfer_codes,
        Permission.VIEW_RANDOMIZATION,
        "Draw neutral codes for arms that have none",
        {"study_id": 1},
    ),
    take_transfer,
    take_transfer_key,
    take_evidence,
    take_allocations,
    take_randomization_list,
    take_bench_picture,
)
