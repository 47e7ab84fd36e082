"""Advice beside a plan, as the supply manager asks: other inputs, longer lives, campaigns; each as a job."""

import csv
import io

from irt.errors import BadInput
from irt.services.deliver_outbox import Mailroom
from irt.services.enrolment_forecasts import AskForecast, KeepForecast, ask_forecast, keep_forecast
from irt.services.job_handlers import handlers_with
from irt.services.worker import Worker
from irt.states.records import JobKind
from irt.supply.resupply import MinMax
from optimization.problem import Problem
from optimization.result import Goal, Result, Solve, Watch
from tests.optimization.advice.test_what_if import exactly
from tests.web.browser import Browser
from tests.web.planned import a_kept_plan, supply_manager
from tests.web.world import Letterbox, World
from web.planning.advice import work_on_advice_with


def worked(world: World, solve: Solve = exactly) -> None:
    """A worker does what is queued, with the exact model where nothing else is said."""
    handlers = handlers_with(MinMax()) | {JobKind.ADVICE: lambda running: work_on_advice_with(solve, running)}
    Worker(world.store, handlers, Mailroom(Letterbox(), "irt@localhost"), lambda: world.now).once()


def asked(world: World, form: str, solve: Solve = exactly, **typed: str) -> tuple[Browser, str]:
    """The page of the answer to a form filled in beside the first plan."""
    number = a_kept_plan(world)
    browser = world.signed_in("supply_manager.all")
    browser.get(f"/supply/optimizer/{number}/advice")
    browser.press(f"/supply/optimizer/{number}/advice/{form}", **typed)
    assert browser.path.startswith("/jobs/"), browser.text
    worked(world, solve)
    assert "The answer is kept." in browser.get(browser.path).text
    return browser, browser.get(f"/supply/optimizer/{number}/advice/1").text


def table(browser: Browser, sheet: str) -> list[list[str]]:
    """One of the answer's tables, taken away as CSV."""
    browser.press(f"{browser.path}/export", sheet=sheet, format="csv")
    return list(csv.reader(io.StringIO(browser.text.removeprefix("\ufeff"))))


def test_other_inputs_stand_beside_the_plan(world: World) -> None:
    """A chosen input and lines by path, in two cases: measures, proof, consignments that change, and files."""
    more = "lanes.kit_cost+=100\nless wanted:\ndemand.1001.qty=1"
    browser, page = asked(world, "what-if", name="dear", input="journey", how="*=", value="2.5", more=more)
    assert all(words in page for words in ("As it is", "Dear", "Less wanted", "What is proven", "Total cost"))
    assert "lanes.*.fixed_cost*=2.5" in page
    assert "Consignments that change: less wanted" in page
    heads, *rows = table(browser, "measures")
    assert heads == ["Group", "Measure", "Unit", "as it is", "dear", "less wanted"]
    base, dear, less = map(int, rows[0][3:])
    assert less < base < dear
    browser.get("/supply/optimizer/1/advice/1")
    assert {row[0] for row in table(browser, "consignments")[1:]} <= {"dear", "less wanted"}
    browser.get("/supply/optimizer/1/advice/1")
    browser.press("/supply/optimizer/1/advice/1/export", sheet="cases", format="xlsx")
    assert browser.answer.content.startswith(b"PK")
    assert "What if: dear, less wanted" in browser.get("/supply/optimizer/1/advice").text


def test_longer_lives_are_told_lot_by_lot(world: World) -> None:
    """Lots that outlast the plan gain nothing, and are told all the same."""
    browser, page = asked(world, "expiry-value", days="30", most="5")
    assert "What 30 days more would save" in page
    assert "No lot would save anything." in page
    assert len(table(browser, "lots")) == 3


def test_campaigns_follow_the_plans_need(world: World) -> None:
    """Both pens in the same campaigns, with the waterfall and its table; least and rounding numbers are kept to."""
    terms = {"weeks": "30", "every": "4", "lead": "14", "minimum": "10", "rounding": "5", "setup": "1500.50"}
    browser, page = asked(world, "campaigns", **terms)
    assert "proven to be the least" in page
    assert "Expiry waterfall" in page
    rows = table(browser, "campaigns")[1:]
    assert {row[2] for row in rows} == {"PEN-A", "PEN-P"}
    assert all(int(row[3]) >= 10 and int(row[3]) % 5 == 0 for row in rows)
    browser.get("/supply/optimizer/1/advice/1")
    costs = dict(table(browser, "costs")[1:])
    assert int(costs["campaigns"]) % 150_050 == 0


REFUSED: tuple[tuple[str, dict[str, str], str], ...] = (
    ("what-if", {"more": "lot.L1.expiry_day+=3"}, "Did you mean lots?"),
    ("what-if", {}, "Nothing is to be changed."),
    ("what-if", {"value": "3"}, "Say which input changes"),
    ("what-if", {"more": "demand.qty=x"}, "is no number"),
    ("expiry-value", {"days": "0"}, "From 1 to 3650 days"),
    ("expiry-value", {"most": "many"}, "is not a whole number"),
    ("campaigns", {"every": "0"}, "A campaign every so many weeks: 0 is not between 1 and 104"),
    ("campaigns", {"setup": "much"}, "is no number from 0"),
    ("campaigns", {"service": "100"}, "service_level"),
)


def test_what_cannot_be_asked_is_said_on_the_page(world: World) -> None:
    """With what was typed; nothing is started."""
    number = a_kept_plan(world)
    browser = world.signed_in("supply_manager.all")
    for form, typed, words in REFUSED:
        browser.get(f"/supply/optimizer/{number}/advice")
        browser.press(f"/supply/optimizer/{number}/advice/{form}", **typed)
        assert browser.answer.status_code == 400
        assert words in browser.text
        assert "Nothing was asked yet." in browser.text
        assert all(value in browser.text for value in typed.values())


def test_a_refusal_of_the_work_stays_with_the_advice(world: World) -> None:
    """The job tells nothing of it; an answer belongs to its plan."""

    def refusing(problem: Problem, goal: Goal, watch: Watch) -> Result:
        raise BadInput("PEN-A cannot be planned.")

    browser, page = asked(world, "what-if", refusing, more="lanes.fixed_cost*=2")
    assert "PEN-A cannot be planned." in page
    assert "PEN-A" not in browser.get("/jobs").text
    other = a_kept_plan(world)
    assert browser.get(f"/supply/optimizer/{other}/advice/1").status_code == 404


def test_a_cancelled_question_has_no_answer(world: World) -> None:
    """Its page leads to the job."""
    number = a_kept_plan(world)
    browser = world.signed_in("supply_manager.all")
    browser.get(f"/supply/optimizer/{number}/advice")
    browser.press(f"/supply/optimizer/{number}/advice/what-if", more="lanes.fixed_cost*=2")
    job = browser.path
    browser.press(f"{job}/cancel")
    worked(world)
    page = browser.get(f"/supply/optimizer/{number}/advice/1").text
    assert "There is no answer yet" in page
    assert job in page


def test_nobody_blinded_gets_to_advice(world: World) -> None:
    """Neither forms, question, answer nor file."""
    number = a_kept_plan(world)
    browser = world.signed_in("supply_planner.all")
    browser.get("/switch")
    token = browser.form("/sign-out").fields["_csrf_token"]
    fields = {"_csrf_token": token, "command_key": "k", "study": str(world.study_id)}
    for address in ("", "/1"):
        assert browser.get(f"/supply/optimizer/{number}/advice{address}").status_code == 403
    for form in ("what-if", "expiry-value", "campaigns", "1/export"):
        assert browser.send(f"/supply/optimizer/{number}/advice/{form}", fields).status_code == 403


def forecast_kept(world: World, months: int) -> None:
    """A finished forecast: ten new subjects each month, give or take."""
    ask = AskForecast(study_id=world.study_id, months=months, target=500)
    number = world.office.does(supply_manager(world), ask_forecast, ask).forecast
    first = world.now.date().replace(day=1)
    ahead_of = range(first.month - 1, first.month - 1 + months)
    names = [f"{first.year + month // 12}-{month % 12 + 1:02d}" for month in ahead_of]
    told = [
        {
            "month": name,
            "new": {"p05": 6.0, "p50": 10.0, "p95": 14.0},
            "cumulative": {"p05": 7.0 * ahead, "p50": 10.0 * ahead, "p95": 13.0 * ahead},
        }
        for ahead, name in enumerate(names, 1)
    ]
    keep = KeepForecast(
        study_id=world.study_id, forecast=number, known_on=world.now.date(), result={"months": told}
    )
    world.office.does(supply_manager(world), keep_forecast, keep)


def test_campaigns_follow_a_kept_forecast(world: World) -> None:
    """It is chosen by its number; new subjects take what their course says. One that ends too early is refused."""
    terms = {"weeks": "30", "every": "4", "lead": "14", "minimum": "10", "rounding": "5", "setup": "1500.50"}
    forecast_kept(world, 3)
    forecast_kept(world, 12)
    browser, page = asked(world, "campaigns", **terms, forecast="2")
    assert "enrolment by forecast 2" in page
    rows = table(browser, "campaigns")[1:]
    assert sum(int(row[3]) for row in rows) > 6 * 10 * 2 * 3
    browser.get("/supply/optimizer/1/advice")
    assert "By forecast 1 of 17 Mar 2026, 3 months" in browser.text
    browser.press("/supply/optimizer/1/advice/campaigns", **terms, forecast="1")
    assert "look ahead less far" in browser.text
