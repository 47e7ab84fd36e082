"""Advice beside a plan: other inputs, longer lives of lots, campaigns; each asked and worked out as a job."""

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from sqlalchemy import Connection

from irt.blinding.roles import Permission
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.blinded_enrolment_forecasts import forecast_lines
from irt.reads.unblinded_advice import Advice, advice_lines, advice_of
from irt.services.log_reading import LogReading, log_reading
from irt.services.supply_advice import AskAdvice, ask_advice
from optimization.result import Goal
from web.blinded.desk import Desk, go
from web.downloads import table_answer, table_in
from web.formats import day as day_words
from web.forms import Fields
from web.frame import mode_of
from web.planning.advice_questions import (
    Beside,
    campaigns_by_forecast,
    campaigns_of_plan,
    expiry_question,
    what_if_question,
)
from web.unblinded.advice_forms import CAMPAIGN_FIELDS, HOW, INPUTS, cases_in, terms_in, whole_field
from web.unblinded.advice_sheets import sheets_of
from web.unblinded.advice_views import AdviceFormsView, answer_view
from web.unblinded.open_desk import open_desk_of
from web.unblinded.open_plan import OpenPlan, open_plan
from web.unblinded.plan_pages import chosen_plan, plan_page
from web.unblinded.plan_runs import posted_plan_study
from web.unblinded.plan_views import head_of
from web.unblinded.secret_page import whole_study

Question = Callable[[Connection, Beside], AskAdvice]


class PlanAdvicePages(Controller):
    """What is asked beside a plan."""

    path = "/supply/optimizer/{number:int}/advice"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """The questions that can be asked, and those that were."""
        return _forms(desk, chosen_plan(desk, number))

    @post("/what-if", sync_to_thread=True)
    def what_if(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """Asks what other inputs would change."""

        def question(connection: Connection, beside: Beside) -> AskAdvice:
            return what_if_question(connection, beside, cases_in(data))

        return _ask(desk, number, data, "what-if", question)

    @post("/expiry-value", sync_to_thread=True)
    def expiry_value(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """Asks what longer lives of lots would save."""

        def question(connection: Connection, beside: Beside) -> AskAdvice:
            return expiry_question(beside, whole_field(data, "days"), whole_field(data, "most"))

        return _ask(desk, number, data, "expiry-value", question)

    @post("/campaigns", sync_to_thread=True)
    def campaigns(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """Asks how much to pack and when."""

        def question(connection: Connection, beside: Beside) -> AskAdvice:
            terms = terms_in(data)
            if not data.get("forecast"):
                return campaigns_of_plan(connection, beside, terms)
            return campaigns_by_forecast(connection, beside, terms, whole_field(data, "forecast"), desk.now)

        return _ask(desk, number, data, "campaigns", question)

    @get("/{advice:int}", sync_to_thread=True)
    def show_answer(
        self, desk: NamedDependency[Desk], number: FromPath[int], advice: FromPath[int]
    ) -> Response[Any]:
        """One question with its answer."""
        opened = chosen_plan(desk, number)
        return plan_page(desk, opened, "advice_answer", answer_view(desk, opened, _advice(desk, opened, advice)))

    @post("/{advice:int}/export", status_code=200, sync_to_thread=True)
    def export(
        self, desk: NamedDependency[Desk], number: FromPath[int], advice: FromPath[int], data: Fields
    ) -> Response[Any]:
        """One of its tables as a file; that it was taken is written down."""
        study_id = posted_plan_study(desk, data, Permission.VIEW_SUPPLY)
        suffix, chosen = table_in(data), data.get("sheet", "")
        opened = open_plan(desk, study_id, number)
        sheets = sheets_of(_advice(desk, opened, advice), opened.problem.start)
        if chosen not in sheets:
            raise BadInput("The table is unknown. Nothing was taken. Press a button of the page.")
        sheet = sheets[chosen][1]
        what = f"advice {advice} {chosen} export"
        ask = LogReading(study_id=study_id, what=what, permission=Permission.VIEW_SUPPLY, rows=len(sheet.rows))
        desk.press(log_reading, ask, desk.key())
        mode = mode_of(desk.who, whole_study(desk, study_id), desk.request.app.state.installation.settings.mode)
        return table_answer(f"advice_{advice}_{chosen}", mode, desk.now, sheet.heads, sheet.rows, suffix)


def _advice(desk: Desk, opened: OpenPlan, number: int) -> Advice:
    with desk.store.reading() as connection:
        found = advice_of(connection, opened.study_id, number)
    if found.line.plan != opened.shown.number:
        raise NotFound(f"Plan {opened.shown.number} has no advice {number}. Look at the list.")
    return found


def _ask(desk: Desk, number: int, data: Mapping[str, str], asked: str, question: Question) -> Response[Any]:
    """Puts the question into the queue; what cannot be asked is said on the page, with what was typed."""
    study_id = posted_plan_study(desk, data)
    opened = open_plan(desk, study_id, number)
    beside = Beside(study_id, number, Goal(**opened.shown.run.goal))
    try:
        with desk.store.reading() as connection:
            ask = question(connection, beside)
        started = desk.press(ask_advice, ask, data.get("command_key", ""))
    except Refusal as refusal:
        return _forms(desk, opened, data, asked, refusal)
    return go(f"/jobs/{started.job_id}")


def _forms(
    desk: Desk,
    opened: OpenPlan,
    typed: Mapping[str, str] | None = None,
    refused: str = "",
    refusal: Refusal | None = None,
) -> Response[Any]:
    with desk.store.reading() as connection:
        lines = advice_lines(connection, opened.study_id)
        forecasts = forecast_lines(connection, opened.study_id)
    view = AdviceFormsView(
        head=head_of(desk, opened, refusal),
        lines=tuple(line for line in lines if line.plan == opened.shown.number),
        inputs=tuple((code, words) for code, (words, _) in INPUTS.items()),
        hows=tuple(HOW.items()),
        fields=CAMPAIGN_FIELDS,
        forecasts=tuple(
            (str(line.number), f"By forecast {line.number} of {day_words(line.known_on)}, {line.months} months")
            for line in forecasts
            if line.known_on is not None
        ),
        keys={name: desk.key() for name in ("what-if", "expiry-value", "campaigns")},
        refused=refused,
        typed=typed or {},
    )
    return plan_page(desk, opened, "advice", view, refusal.status_code if refusal else 200)
