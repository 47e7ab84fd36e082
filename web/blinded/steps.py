"""Steps in a subject's life, each with its own address, day and reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_sites import not_found
from irt.reads.blinded_steps import StepFacts, step_facts
from irt.services.change_treatment import ChangeDose, ChangeStatus, change_dose, change_status
from irt.services.screen_subject import FailScreening, RescreenSubject, fail_screening, rescreen_subject
from irt.services.start_run_in import StartRunIn, start_run_in
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import day_in, reason_in
from web.formats import count_words
from web.forms import Fields
from web.press import answered

Asks = Callable[[StepFacts, Mapping[str, str], date], SQLModel]


@dataclass(frozen=True)
class Step:
    """One step: its words, who may take it, and the use case behind it."""

    title: str
    button: str
    meaning: str
    permission: Permission
    service: Callable[..., Any]
    ask: Asks
    icon: str
    reason: str = "Reason"


@dataclass(frozen=True)
class StepPage(BlindedView):
    """The form of one step, with what was typed."""

    facts: StepFacts
    step: Step
    path: str
    command_key: str
    on_day: str
    reason: str = ""
    choice: str = ""
    problem: str = ""

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What is to be chosen, if anything."""
        return self.facts.dose_levels if self.path == "dose" else ()

    @property
    def reasons(self) -> tuple[tuple[str, str], ...]:
        """The closed list of reasons, where the study has one."""
        fails = self.step.service is fail_screening
        return tuple((each, each) for each in self.facts.failure_reasons) if fails else ()

    @property
    def meaning(self) -> str:
        """What the step does, with the study's own days where it waits."""
        return self.step.meaning.format(days=count_words(self.facts.run_in_days, "day"))


def _status(step: Any) -> Asks:
    def ask(facts: StepFacts, typed: Mapping[str, str], on_day: date) -> SQLModel:
        return ChangeStatus(
            study_id=facts.study_id,
            subject=facts.subject,
            step=step,
            on_day=on_day,
            reason=reason_in(typed),
        )

    return ask


def _fail(facts: StepFacts, typed: Mapping[str, str], on_day: date) -> SQLModel:
    return FailScreening(study_id=facts.study_id, subject=facts.subject, on_day=on_day, reason=reason_in(typed))


def _rescreen(facts: StepFacts, _typed: Mapping[str, str], on_day: date) -> SQLModel:
    return RescreenSubject(study_id=facts.study_id, subject=facts.subject, on_day=on_day)


def _run_in(facts: StepFacts, _typed: Mapping[str, str], on_day: date) -> SQLModel:
    return StartRunIn(study_id=facts.study_id, subject=facts.subject, on_day=on_day)


def _dose(facts: StepFacts, typed: Mapping[str, str], on_day: date) -> SQLModel:
    return ChangeDose(
        study_id=facts.study_id,
        subject=facts.subject,
        dose_level=typed.get("choice", ""),
        on_day=on_day,
        reason=reason_in(typed),
    )


def _step_of(step: str, title: str, button: str, meaning: str, icon: str = "notdone") -> Step:
    return Step(title, button, meaning, Permission.END_TREATMENT, change_status, _status(step), icon)


_STEPS = {
    "screen-fail": Step(
        "Screening failed",
        "Record the failure",
        "Ends the screening. No kit can be assigned afterwards; the study may allow another screening.",
        Permission.SCREEN,
        fail_screening,
        _fail,
        "notdone",
    ),
    "run-in": Step(
        "Start run-in",
        "Start the run-in",
        "The run-in lasts {days}. The subject is randomized when they have passed, not earlier.",
        Permission.SCREEN,
        start_run_in,
        _run_in,
        "timer",
        reason="",
    ),
    "run-in-fail": Step(
        "Run-in failed",
        "Record the failure",
        "Ends the run-in before randomization. No kit can be assigned afterwards; the study may allow another "
        "screening.",
        Permission.SCREEN,
        fail_screening,
        _fail,
        "notdone",
    ),
    "re-screen": Step(
        "Screen again",
        "Screen again",
        "The subject keeps its number and gets a new screening number.",
        Permission.SCREEN,
        rescreen_subject,
        _rescreen,
        "screen",
        reason="",
    ),
    "dose": Step(
        "Change dose",
        "Change the dose",
        "Takes effect with the next kits that are assigned. Kits already handed over are not changed.",
        Permission.CHANGE_DOSE,
        change_dose,
        _dose,
        "compare",
    ),
    "hold": _step_of(
        "hold_dose", "Dose hold", "Put dosing on hold", "No kits are assigned until dosing is resumed.", "timer"
    ),
    "resume": _step_of(
        "resume_dose", "Resume dosing", "Resume dosing", "Kits can be assigned again from now on.", "forward"
    ),
    "stop": _step_of(
        "stop_treatment",
        "End treatment",
        "End treatment",
        "No more kits are assigned. Kits the subject still has are to be taken back.",
    ),
    "complete": _step_of(
        "complete", "Completed", "Record completion", "The subject finished the study as planned.", "done"
    ),
    "withdraw": _step_of(
        "withdraw",
        "Withdrawn",
        "Record the withdrawal",
        "The subject leaves the study. Nothing recorded is removed.",
    ),
    "lose-contact": _step_of(
        "lose_contact", "Contact lost", "Record lost contact", "The subject can no longer be reached."
    ),
}


class StepPages(Controller):
    """One form a step."""

    path = "/studies/{study_id:int}/subjects/{number:str}/steps"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/{path:str}", sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        path: FromPath[str],
    ) -> Response[str]:
        """What the step means, and what it asks."""
        step = _step(path)
        return _page(desk, _facts(desk, study_id, number, step), step, path, {})

    @post("/{path:str}", sync_to_thread=True)
    def take(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        path: FromPath[str],
        data: Fields,
    ) -> Response[Any]:
        """Books the step."""
        step = _step(path)
        facts = _facts(desk, study_id, number, step)

        def press() -> Any:
            ask = step.ask(facts, data, day_in(data.get("on_day", ""), facts.today))
            return desk.press(step.service, ask, data.get("command_key", ""))

        return answered(
            press,
            lambda _: go(facts.address),
            lambda refusal: _page(desk, facts, step, path, data, refusal),
        )


def _step(path: str) -> Step:
    if path not in _STEPS:
        raise not_found("step")
    return _STEPS[path]


def _facts(desk: Desk, study_id: int, number: str, step: Step) -> StepFacts:
    with desk.store.reading() as connection:
        return step_facts(connection, desk.who.actor, study_id, number, step.permission, desk.now)


def _page(
    desk: Desk,
    facts: StepFacts,
    step: Step,
    path: str,
    typed: Mapping[str, str],
    refusal: Refusal | None = None,
) -> Response[str]:
    view = StepPage(
        facts,
        step,
        path,
        desk.key(),
        typed.get("on_day") or facts.today.isoformat(),
        typed.get("reason", ""),
        typed.get("choice", ""),
        refusal.sentence if refusal else "",
    )
    return desk.page(
        "subjects/step.html",
        view,
        f"{step.title} {facts.subject}",
        "Subjects",
        study_id=facts.study_id,
        site_id=facts.site_id,
        status_code=refusal.status_code if refusal else 200,
    )
