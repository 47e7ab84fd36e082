"""Unblinding besides the code break: practices, cases, accidents, plans, and the log over all of them."""

from dataclasses import dataclass
from datetime import datetime

from irt.blinding.eyes import case_eyes
from irt.blinding.roles import DataClass, Permission
from irt.errors import NotAllowed
from irt.reads.blinded_code_break_tests import SiteTested, code_break_tests
from irt.reads.blinded_planned_unblindings import PlanLine, planned_unblindings
from irt.reads.blinded_unblinding_log import (
    KnownSubject,
    LogLine,
    PackSeals,
    blinded_log,
    known_subjects,
    pack_seals,
)
from irt.reads.unblinded_unblinding_log import FullLine, full_log, reads_whole_log
from irt.services.assess_case import CaseAssessed, assess_case, show_case
from irt.services.plan_unblinding import decide_unblinding, plan_unblinding
from irt.services.practise_code_break import CodeBreakPractised, practise_code_break, practise_seal
from irt.services.record_accident import decide_accident, record_accident
from irt.services.remind_of_practice import remind_of_practice
from irt.services.take_unblinded_list import UnblindedListTaken, take_unblinded_list
from web.api.gate import SHOWS
from web.api.operations import (
    Caller,
    Now,
    Records,
    StudyId,
    command,
    question,
    unblinded_command,
    unblinded_question,
)
from web.api.readings import write_down

_P = Permission
_SIGNING = {"password": "the owner's password", "code": "123456"}


@dataclass(frozen=True)
class UnblindingLog:
    """The log as blinded people may read it, who is flagged for whom, and the seals of packs."""

    items: tuple[LogLine, ...]
    known: tuple[KnownSubject, ...]
    seals: tuple[PackSeals, ...]


@dataclass(frozen=True)
class FullUnblindingLog:
    """All five paths, newest first; no treatment."""

    items: tuple[FullLine, ...]


@dataclass(frozen=True)
class CodeBreakTests:
    """Sites by number, with their practices."""

    items: tuple[SiteTested, ...]


@dataclass(frozen=True)
class PlannedUnblindings:
    """Plans, newest first."""

    items: tuple[PlanLine, ...]


@dataclass(frozen=True)
class CaseTold:
    """An assessed case. `arms` is told with the first answer only and kept nowhere: a retry gets null."""

    number: str
    at: datetime
    unblinded: bool | None
    arms: list[str] | None


@dataclass(frozen=True)
class ListTold:
    """A list that left. `csv` and `sha256` are told with the first answer only: a retry gets null."""

    number: str
    file_name: str
    subjects: int
    sha256: str | None
    csv: str | None


@dataclass(frozen=True)
class PractiseNoted:
    """A practice on record; nobody's treatment was told."""

    practice_id: int
    study_id: int
    site: str
    at: datetime
    second_factor: bool


def practice_noted(receipt: CodeBreakPractised) -> PractiseNoted:
    """The answer to who practised."""
    return PractiseNoted(receipt.practice_id, receipt.study_id, receipt.site, receipt.at, receipt.second_factor)


def case_told(receipt: CaseAssessed) -> CaseTold:
    """The answer to the safety desk."""
    return CaseTold(
        number=receipt.number,
        at=receipt.at,
        unblinded=receipt.unblinded,
        arms=None if receipt.arms is None else list(receipt.arms),
    )


def list_told(receipt: UnblindedListTaken) -> ListTold:
    """The answer to who holds the lists."""
    return ListTold(
        number=receipt.number,
        file_name=receipt.file_name,
        subjects=receipt.subjects,
        sha256=receipt.sha256,
        csv=None if receipt.content is None else receipt.content.decode(),
    )


@question("/studies/{study_id:int}/unblinding-log", _P.VIEW_UNBLINDING, "The log of unblinding")
def list_unblindings(study_id: StudyId, caller: Caller, store: Records, now: Now) -> UnblindingLog:
    """Code breaks, plans and accidents, newest first; at a site those of the site."""
    caller.require(_P.VIEW_UNBLINDING, study_id)
    with store.reading() as connection:
        return UnblindingLog(
            blinded_log(connection, caller, study_id, now),
            known_subjects(connection, caller, study_id),
            pack_seals(connection, caller, study_id),
        )


@unblinded_question(
    "/studies/{study_id:int}/unblinding-log/all-paths",
    _P.VIEW_UNBLINDING,
    frozenset({DataClass.ARM, DataClass.LISTS}),
    "The whole log of unblinding",
)
def list_all_unblindings(study_id: StudyId, caller: Caller, store: Records, now: Now) -> FullUnblindingLog:
    """All five paths, for the safety desk and the unblinded statistician; still without treatments."""
    caller.require(_P.VIEW_UNBLINDING, study_id)
    if not reads_whole_log(caller, study_id):
        raise NotAllowed("Your role cannot see this. Ask the study coordinator.")
    with store.seen_with(case_eyes(caller)).reading() as connection:
        lines = full_log(connection, caller, study_id, now)
    write_down(store, caller, now, study_id, "whole unblinding log", len(lines), permission=_P.VIEW_UNBLINDING)
    return FullUnblindingLog(lines)


@question("/studies/{study_id:int}/code-break-tests", _P.VIEW_UNBLINDING, "Practised code breaks by site")
def list_code_break_tests(study_id: StudyId, caller: Caller, store: Records, now: Now) -> CodeBreakTests:
    """Every site with its practices; `due` where it never practised, or not for a year."""
    caller.require(_P.VIEW_UNBLINDING, study_id)
    with store.reading() as connection:
        return CodeBreakTests(code_break_tests(connection, caller, study_id, now))


@question("/studies/{study_id:int}/planned-unblindings", _P.VIEW_UNBLINDING, "Planned unblindings")
def list_planned_unblindings(study_id: StudyId, caller: Caller, store: Records) -> PlannedUnblindings:
    """Whose treatments, for what, to whom, who stays blinded, and the word of the second person."""
    caller.require(_P.VIEW_UNBLINDING, study_id)
    with store.reading() as connection:
        return PlannedUnblindings(planned_unblindings(connection, study_id))


_ARM = {SHOWS: DataClass.ARM}
_CASE = {"study_id": 1, "number": "2026-00031"}
_PLAN = {
    "study_id": 1,
    "purpose": "interim_analysis",
    "scope": "study",
    "recipients": [{"name": "Dr Lund", "organisation": "Data monitoring committee"}],
    "reason": "First interim look of the charter.",
    "stays_blinded": "Sponsor, sites, monitors.",
    "safeguards": "Closed report only.",
    "signing": _SIGNING,
}

OPERATIONS = (
    list_unblindings,
    list_all_unblindings,
    list_code_break_tests,
    list_planned_unblindings,
    command(
        "/code-breaks/practise",
        practise_code_break,
        _P.BREAK_CODE,
        "Practise a code break",
        {"study_id": 1, "site": "1014", "reason": "medical_emergency", "signing": _SIGNING},
        practice_noted,
    ),
    command(
        "/code-breaks/practise-seal",
        practise_seal,
        _P.BREAK_CODE,
        "Practise with the practice seal of a pack",
        {"study_id": 1, "pack": "K-0001", "read": "Practice maple", "signing": _SIGNING},
        practice_noted,
    ),
    command(
        "/code-breaks/remind", remind_of_practice, _P.DECIDE_UNBLINDING, "Ask sites to practise", {"study_id": 1}
    ),
    command(
        "/safety-cases",
        assess_case,
        _P.ASSESS_CASE,
        "Assess a safety case",
        {
            **_CASE,
            "subject": "1014-0037",
            "serious": True,
            "suspected": True,
            "expected": False,
            "reason": "Liver failure, fatal.",
            "signing": _SIGNING,
        },
        case_told,
        **_ARM,
    ),
    command("/safety-cases/show", show_case, _P.ASSESS_CASE, "Show a safety case again", _CASE, case_told, **_ARM),
    command(
        "/accidental-unblindings",
        record_accident,
        None,
        "Record an accidental unblinding",
        {
            "study_id": 1,
            "subject": "1014-0037",
            "learner": "the study nurse of the ward",
            "how": "paper_or_label",
            "told": "the_treatment",
            "learned_at": "2026-03-02T09:30:00+00:00",
            "words": "A delivery note lay open in the ward.",
        },
    ),
    command(
        "/accidental-unblindings/decide",
        decide_accident,
        _P.DECIDE_UNBLINDING,
        "Decide what follows from an accident",
        {
            "study_id": 1,
            "number": "A-0001",
            "consequence": "another_person_assesses_the_subject",
            "words": "She rates the subject's symptoms.",
            "signing": _SIGNING,
        },
    ),
    unblinded_command(
        "/planned-unblindings", plan_unblinding, _P.PLAN_UNBLINDING, "Ask for a planned unblinding", _PLAN
    ),
    command(
        "/planned-unblindings/decide",
        decide_unblinding,
        _P.APPROVE_STUDY,
        "Decide on a planned unblinding",
        {"study_id": 1, "number": "U-0001", "granted": True, "reason": "As the charter says.", "signing": _SIGNING},
    ),
    unblinded_command(
        "/planned-unblindings/take",
        take_unblinded_list,
        _P.PLAN_UNBLINDING,
        "Take the list of a granted unblinding",
        {"study_id": 1, "number": "U-0001", "again": "U-0001", "signing": _SIGNING},
        list_told,
    ),
)
