"""The safety desk: a case is assessed, its subject unblinded where that is needed, its document taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from pydantic import ValidationError

from irt.blinding.case_document import case_csv
from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, NotAllowed, Refusal
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.unblinded_safety_cases import CaseLine, case_facts, safety_cases
from irt.services.assess_case import (
    AssessCase,
    CaseAssessed,
    NamedCase,
    TakeCase,
    assess_case,
    show_case,
    take_case,
)
from web.blinded.desk import Desk, go
from web.blinded.one_study import study_in, study_of
from web.blinded.typed import signing_in
from web.blinded.unblinding import mode_of_study
from web.downloads import file_answer, file_name
from web.forms import Fields
from web.unblinded.open_desk import case_desk_of
from web.unblinded.secret_page import secret_page

QUESTIONS = (
    ("serious", "Is the reaction serious?"),
    ("suspected", "Is a relation to the study's treatment suspected?"),
    ("expected", "Is it expected by the reference safety information?"),
)


@dataclass(frozen=True)
class CasesView(UnblindedView):
    """Cases so far, and the form; no line tells a treatment."""

    study_id: int
    cases: tuple[CaseLine, ...]
    code_needed: bool
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    questions: tuple[tuple[str, str], ...] = QUESTIONS


@dataclass(frozen=True)
class CaseView(UnblindedView):
    """One case, for the eyes of the safety desk."""

    study_id: int
    number: str
    subject: str
    unblinded: bool
    arms: tuple[str, ...]
    code_needed: bool
    command_key: str
    refusal: str = ""


class SafetyCasePages(Controller):
    """Cases of one study."""

    path = "/safety-cases"
    dependencies = {"desk": Provide(case_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The form, and what was assessed."""
        study_id = study_of(desk, Permission.ASSESS_CASE)
        return go("/switch") if study_id is None else _list(desk, study_id)

    @post("/", status_code=200, sync_to_thread=True)
    def assess(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Answers first; then, where they ask for it, this one subject's treatment."""
        study_id = study_in(data)
        try:
            done = desk.press(assess_case, _case(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _list(desk, study_id, data, refusal)
        return _told(desk, done)

    @post("/{study_id:int}/{number:str}/show", status_code=200, sync_to_thread=True)
    def show_again(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """The same again; each look is written down."""
        ask = NamedCase(study_id=study_id, number=number)
        return _told(desk, desk.press(show_case, ask, data.get("command_key", "")))

    @post("/{study_id:int}/{number:str}/document", status_code=200, sync_to_thread=True)
    def take(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """The document for the safety database, once the number is typed again and signed for."""
        try:
            ask = TakeCase(study_id=study_id, number=number, again=data.get("again", ""), signing=signing_in(data))
            told = desk.press(take_case, ask, data.get("command_key", ""))
            if told.arms is None:
                raise BadInput("This was taken by an earlier press. Nothing is told twice. Sign once more.")
        except Refusal as refusal:
            return _list(desk, study_id, {}, refusal)
        with desk.store.reading() as connection:
            facts = case_facts(connection, study_id, number, told.arms, desk.now.date())
        name = file_name(f"case-{number}", mode_of_study(desk, study_id), desk.now)
        return file_answer(case_csv(facts), name, "text/csv")


def _case(study_id: int, data: Mapping[str, str]) -> AssessCase:
    answers = {name: data.get(name) for name, _ in QUESTIONS}
    if not set(answers.values()) <= {"yes", "no"}:
        raise BadInput("Answer the three questions first. Nothing was told.")
    try:
        return AssessCase.model_validate(
            {
                "study_id": study_id,
                **{name: data.get(name, "").strip() for name in ("subject", "number", "reason")},
                **{name: answer == "yes" for name, answer in answers.items()},
                "signing": signing_in(data),
            }
        )
    except ValidationError:
        raise BadInput(
            "Something is missing. Nothing was told. Name the subject, the number of the case and the reason."
        ) from None


def _require(desk: Desk, study_id: int) -> None:
    if desk.who.actor.require(Permission.ASSESS_CASE, study_id).site_id is not None:
        raise NotAllowed("Cases are assessed by the safety desk, not at a site.")


def _list(
    desk: Desk, study_id: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[Any]:
    _require(desk, study_id)
    with desk.store.reading() as connection:
        cases = safety_cases(connection, study_id)
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    told = {name: value for name, value in (typed or {}).items() if name not in ("password", "code")}
    view = CasesView(study_id, cases, code_needed, desk.key(), told, refusal.sentence if refusal else "")
    status = refusal.status_code if refusal else 200
    return secret_page(desk, "unblinding/cases.html", view, "Safety cases", "Safety cases", study_id, status)


def _told(desk: Desk, done: CaseAssessed) -> Response[Any]:
    """What was found, where this press is the one that tells it; else the list."""
    if done.arms is None or done.subject is None:
        return go("/safety-cases")
    with desk.store.reading() as connection:
        code_needed = code_will_be_needed(connection, desk.who.actor, done.study_id)
    view = CaseView(
        study_id=done.study_id,
        number=done.number,
        subject=done.subject,
        unblinded=bool(done.unblinded),
        arms=done.arms,
        code_needed=code_needed,
        command_key=desk.key(),
    )
    return secret_page(desk, "unblinding/case.html", view, f"Case {done.number}", "Safety cases", done.study_id)
