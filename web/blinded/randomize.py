"""Randomizing a subject: answers, one sentence to confirm, one result that stays the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_randomization import Question, RandomizeView, randomize_page
from irt.services.randomize_subject import AlreadyRandomized, RandomizeSubject, randomize_subject
from web.blinded.desk import Desk, desk_of, go
from web.forms import Fields

_FACTOR, _DOSE, _AGENT = "factor-", "dose_level", "agent-"
_REPLACES, _WHY = "replaces", "replacement_reason"
_LENGTHS_MAX = {_REPLACES: 64, _WHY: 500}


@dataclass(frozen=True)
class RandomizePage(BlindedView):
    """One step of a randomization, with what was answered so far."""

    page: RandomizeView
    command_key: str
    answers: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def sentence(self) -> str:
        """You are about to randomize 1014-0037. Age group: 65 and over."""
        parts = [f"{question.words}: {self.chosen(name, question)}." for name, question in questions(self.page)]
        if self.page.agents:
            parts.append(f"Eligible for: {', '.join(self.agents) or 'none'}.")
        if replaced := self.answers.get(_REPLACES):
            parts.append(f"This subject replaces {replaced}, because: {self.answers.get(_WHY, '').rstrip('.')}.")
        again = "" if self.page.stage == 1 else " again"
        return " ".join([f"You are about to randomize {self.page.subject}{again}.", *parts])

    @property
    def address(self) -> str:
        """The page of this randomization of the subject."""
        return _address(self.page)

    @property
    def agents(self) -> tuple[str, ...]:
        """The agents or arms ticked, by name."""
        return tuple(words for code, words in self.page.agents if f"{_AGENT}{code}" in self.answers)

    def questions(self) -> list[tuple[str, Question]]:
        """The questions with the names of their fields."""
        return questions(self.page)

    def chosen(self, name: str, question: Question) -> str:
        """The answer in words."""
        return dict(question.choices).get(self.answers.get(name, ""), "")

    def kept(self) -> list[tuple[str, str]]:
        """The answers as hidden fields of the confirmation."""
        return sorted(self.answers.items())


class RandomizePages(Controller):
    """One irrevocable event of one subject."""

    path = "/studies/{study_id:int}/subjects/{number:str}/randomize"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        stage: FromQuery[str] = "",
    ) -> Response[str]:
        """The questions, or the result where the subject is randomized."""
        page = _read(desk, study_id, number, stage)
        if page.drawn is not None:
            return _answer(desk, "randomize/result.html", RandomizePage(page, ""))
        return _answer(desk, "randomize/questions.html", RandomizePage(page, desk.key()))

    @post("/check", sync_to_thread=True)
    def check(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Every question answered: the confirmation sentence; else the questions again."""
        page = _read(desk, study_id, number, data.get("stage", ""))
        if page.drawn is not None:
            return go(_address(page))
        answers = _answers(page, data)
        view = RandomizePage(page, desk.key(), answers, _missing(page, answers))
        if view.errors or "change" in data:
            return _answer(desk, "randomize/questions.html", view, 400 if view.errors else 200)
        return _answer(desk, "randomize/confirm.html", view)

    @post(sync_to_thread=True)
    def confirm(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Draws, once; a second press or a reload shows the same result."""
        page = _read(desk, study_id, number, data.get("stage", ""))
        answers = _answers(page, data)
        ask = RandomizeSubject(
            study_id=study_id,
            subject=number,
            levels={question.code: answers.get(f"{_FACTOR}{question.code}", "") for question in page.factors},
            dose_level=answers.get(_DOSE),
            agents=[code for code, _ in page.agents if f"{_AGENT}{code}" in answers],
            stage=page.stage,
            replaces=answers.get(_REPLACES),
            replacement_reason=answers.get(_WHY),
            on_day=page.today,
        )
        try:
            desk.press(randomize_subject, ask, data.get("command_key", ""))
        except AlreadyRandomized:
            return go(_address(page))
        except Refusal as refusal:
            view = RandomizePage(page, desk.key(), answers, problem=refusal.sentence)
            template = "randomize/questions.html" if refusal.status_code == 400 else "randomize/confirm.html"
            return _answer(desk, template, view, refusal.status_code)
        return go(_address(page))


def questions(page: RandomizeView) -> list[tuple[str, Question]]:
    """The questions of a study with the names of their fields."""
    asked = [(f"{_FACTOR}{question.code}", question) for question in page.factors]
    return [*asked, (_DOSE, page.dose)] if page.dose else asked


def _answers(page: RandomizeView, data: Mapping[str, str]) -> dict[str, str]:
    """What was answered, of the questions that are asked; an answer that is no choice counts as none."""
    found = {}
    for name, question in questions(page):
        if data.get(name) in dict(question.choices):
            found[name] = data[name]
    ticked = {f"{_AGENT}{code}": "yes" for code, _ in page.agents if data.get(f"{_AGENT}{code}") == "yes"}
    return {**found, **ticked, **(_replacement(data) if page.may_replace else {})}


def _replacement(data: Mapping[str, str]) -> dict[str, str]:
    """Whose place is taken and why, as typed; nothing where neither was."""
    typed = {name: data.get(name, "").strip()[:length] for name, length in _LENGTHS_MAX.items()}
    return {name: words for name, words in typed.items() if words}


def _missing(page: RandomizeView, answers: Mapping[str, str]) -> dict[str, str]:
    missing = {
        name: f"Choose an answer: {question.words}" for name, question in questions(page) if name not in answers
    }
    if _REPLACES in answers and _WHY not in answers:
        missing[_WHY] = "Say why the subject is replaced"
    if _WHY in answers and _REPLACES not in answers:
        missing[_REPLACES] = "Name the subject that is replaced, or leave the reason out"
    return missing


def _address(page: RandomizeView) -> str:
    return f"{page.address}/randomize" if page.stage == 1 else f"{page.address}/randomize?stage={page.stage}"


def _read(desk: Desk, study_id: int, number: str, stage: str) -> RandomizeView:
    """The page of the first randomization, or of a later one where the address or the form says so."""
    asked = int(stage) if stage.isascii() and stage.isdigit() and len(stage) == 1 else 1
    with desk.store.reading() as connection:
        return randomize_page(connection, desk.who.actor, study_id, number, desk.now, asked)


def _answer(desk: Desk, template: str, view: RandomizePage, status_code: int = 200) -> Response[str]:
    return desk.page(
        template,
        view,
        f"Randomize {view.page.subject}",
        "Subjects",
        study_id=view.page.study_id,
        site_id=view.page.site_id,
        status_code=status_code,
    )
