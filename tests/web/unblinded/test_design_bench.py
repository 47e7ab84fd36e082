"""The bench: its buttons Assess, Compare and Test, the papers they leave, and the files of a paper."""

import json
from typing import Any

import httpx
import pytest

from tests.web.browser import Browser
from tests.web.unblinded.people import statistician
from tests.web.ward import randomized
from tests.web.world import World

ADDRESS = "/randomization/designs"
ASSESS, COMPARE, TEST = f"{ADDRESS}/assess", f"{ADDRESS}/compare", f"{ADDRESS}/test"


def sent(browser: Browser, action: str, file: tuple[str, str] | None = None, **typed: str) -> httpx.Response:
    """Fills in a form that brings a file along, and sends it as browsers do."""
    fields = browser.form(action).fields | typed
    name, text = file or ("", "")
    field = "outcomes_file" if action == TEST else "file"
    fields.pop(field, None)
    browser.answer = browser.client.post(
        action, data=fields, files={field: (name, text.encode(), "text/plain")}, follow_redirects=True
    )
    return browser.answer


def opened(world: World, method: str = "big_stick") -> Browser:
    """The bench with the settings of a method."""
    browser = statistician(world)
    browser.get(f"{ADDRESS}?method={method}")
    return browser


def finished(world: World, browser: Browser) -> str:
    """The paper, once a worker has been there."""
    assert browser.path.startswith("/jobs/"), browser.text
    world.works()
    browser.get(browser.path)
    assert "The answer is kept." in browser.text, browser.text
    return str(browser.get(f"{ADDRESS}/1").text)


def test_a_typed_design_is_assessed_as_a_job(world: World) -> None:
    """Figures, picture, and both files; the question keeps its title."""
    browser = opened(world)
    sent(browser, ASSESS, n="40", **{"param-mti": "3"})
    page = finished(world, browser)
    assert "big stick, mti 3, n = 40" in page
    assert "Exact: every sequence of the design is weighed." in page
    assert "irt-chart-wide" in page
    browser.press(f"{ADDRESS}/1/export", format="svg")
    assert browser.text.startswith("<svg")
    browser.get(f"{ADDRESS}/1")
    browser.press(f"{ADDRESS}/1/export", format="json")
    kept = json.loads(browser.text)
    assert (kept["asked"]["n"], kept["answer"]["exact"]) == (40, True)
    assert browser.answer.headers["content-disposition"].endswith('.json"')


def test_a_file_is_taken_instead_of_what_is_typed(world: World) -> None:
    """Simulated where nothing exact is known: then each figure has its error, and cautions stand above."""
    text = (
        "method: minimization\narms: [A, B]\nratio: [2, 1]\nparams: {p: 1}\n"
        "factors: [{name: sex, levels: [f, m]}]\n"
    )
    browser = opened(world)
    sent(browser, ASSESS, ("design.yaml", text), n="20", trials="40")
    page = finished(world, browser)
    assert "ICH E9 2.3.2" in page
    assert "From 40 simulated trials" in page
    assert "± " in page
    assert "Chance of each arm, subject by subject" in page


def test_a_p_below_the_fair_share_is_cautioned_against(world: World) -> None:
    """It is worked out all the same; the caution stands above the figures."""
    text = "method: minimization\narms: [A, B, C]\nparams: {p: 0.2}\nfactors: [{name: sex, levels: [f, m]}]\n"
    browser = opened(world)
    sent(browser, ASSESS, ("design.yaml", text), n="12", trials="10")
    page = finished(world, browser)
    assert "With a p of 1/5, below 1/3, minimization gives the arm that would balance best" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"n": "0"}, "The number of subjects is a whole number from 1 to 20,000."),
        ({"n": "40"}, "big_stick needs its setting mti."),
        ({"n": "40", "param-mti": "x"}, "The setting mti of big_stick is a whole number, not x."),
        ({"n": "40", "param-mti": "3", "ratio": "2:1"}, "big_stick"),
        ({"n": "40", "param-mti": "3", "arms": "A"}, "A design has between 2 and 100 arms, not 1."),
        ({"n": "40", "param-mti": "3", "arms": "Ä, B"}, "is not plain text"),
        ({"n": "40", "param-mti": "3", "trials": "1"}, "The number of simulated trials"),
        ({"n": "40", "param-mti": "}{"}, "The design is"),
    ],
)
def test_a_design_is_refused_by_name_and_what_was_typed_stays(
    world: World, typed: dict[str, str], words: str
) -> None:
    """On the page itself, before any work begins."""
    browser = opened(world)
    assert sent(browser, ASSESS, **typed).status_code == 400
    assert words in browser.text
    assert all(f'value="{value}"' in browser.text for value in typed.values() if value not in ("0", "1"))
    assert "Nothing was asked yet." in browser.text


def test_every_method_shows_its_settings(world: World) -> None:
    """Those that balance factors ask for them, those that learn for success rates."""
    browser = opened(world, "minimization")
    assert all(f'name="param-{name}"' in browser.text for name in ("distance", "p", "tie_rule", "scaling"))
    assert 'name="factors"' in browser.text
    assert 'name="rates"' in browser.get(f"{ADDRESS}?method=thompson").text
    assert 'name="param-block_sizes"' in browser.get(f"{ADDRESS}?method=nonsense").text


def test_weights_and_lists_are_typed_without_brackets(world: World) -> None:
    """A mapping where there are colons, a list where there are commas."""
    browser = opened(world, "hu_hu")
    weights = "overall: 0.3, stratum: 0.5, margins: 0.2"
    sent(browser, ASSESS, n="12", factors="sex: f, m", trials="10", **{"param-p": "0.85", "param-weights": weights})
    assert "hu hu" in finished(world, browser)


def test_at_least_twelve_designs_are_compared(world: World) -> None:
    """On the plane, with the table beside."""
    browser = opened(world)
    browser.press(COMPARE, n="24", strata="2", trials="40")
    page = finished(world, browser)
    assert page.count('<tr><th scope="row">') >= 12
    assert "Lower left is better." in page
    assert "complete" in page


def test_an_impossible_comparison_is_refused(world: World) -> None:
    """In the words of the design."""
    browser = opened(world)
    assert browser.press(COMPARE, n="24", ratio="0:1").status_code == 400
    assert "Each share of a ratio is a whole number" in browser.text


def outcomes(*rows: str) -> tuple[str, str]:
    """A file of outcomes."""
    return "outcomes.csv", "\n".join(["subject,outcome", *rows])


def test_the_test_uses_the_study_s_own_law(world: World) -> None:
    """Four subjects of a stratum: the p-value is exact and lies between 0 and 1."""
    subjects = [randomized(world) for _ in range(4)]
    browser = opened(world)
    sent(browser, TEST, outcomes(*(f"{one},{place}" for place, one in enumerate(subjects))), statistic="means")
    page = finished(world, browser)
    assert "p-value, two-sided" in page
    assert "every history weighed" in page


def test_a_study_that_no_one_design_tells_says_what_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its draws are made again, and the paper says what was kept; so with the guesses after a code break."""
    monkeypatch.setattr("irt.reads.unblinded_trial._one_law", lambda definition, rows: None)
    subjects = [randomized(world) for _ in range(4)]
    browser = opened(world)
    rows = [f"{one},{place}" for place, one in enumerate(subjects)]
    sent(browser, TEST, outcomes(*rows), statistic="means", trials="30")
    page = finished(world, browser)
    assert "30 trials drawn" in page
    assert "forced draws keep their arm" in page


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("nobody,1", "is no randomized subject of this study"),
        ("{subject},high", "an outcome is a number or empty"),
        ("{subject},1\n{subject},2", "stands in the file twice"),
        ("", "The file lists no subjects."),
    ],
)
def test_outcomes_are_refused_by_line(world: World, row: str, words: str) -> None:
    """Nothing is started."""
    subject = randomized(world)
    browser = opened(world)
    assert sent(browser, TEST, outcomes(row.format(subject=subject)), statistic="means").status_code == 400
    assert words in browser.text


def test_a_refusal_of_the_work_stays_on_its_paper(world: World) -> None:
    """One subject cannot be compared with anybody; the job tells nothing of it."""
    subject = randomized(world)
    browser = opened(world)
    sent(browser, TEST, outcomes(f"{subject},1"), statistic="means")
    assert "there is nothing to compare" in finished(world, browser)
    job = browser.get("/jobs").text
    assert "nothing to compare" not in job
    assert "Work on the bench" in job


def test_work_that_waits_can_be_cancelled(world: World) -> None:
    """The paper then has no answer, and its page leads to the job."""
    browser = opened(world)
    browser.press(COMPARE, n="24", strata="1")
    job = browser.path
    browser.press(f"{job}/cancel")
    assert "was cancelled" in browser.text
    world.works()
    assert job in browser.get(f"{ADDRESS}/1").text


def test_nobody_blinded_gets_to_the_bench(world: World) -> None:
    """Neither page, question, paper nor file."""
    browser = world.signed_in("supply_planner.all")
    browser.get("/switch")
    token = browser.form("/sign-out").fields["_csrf_token"]
    fields: dict[str, Any] = {"_csrf_token": token, "command_key": "k", "study": str(world.study_id)}
    assert browser.get(ADDRESS).status_code == 403
    assert browser.get(f"{ADDRESS}/1").status_code == 403
    assert browser.send(COMPARE, fields).status_code == 403
    assert browser.send(f"{ADDRESS}/1/export", fields | {"format": "json"}).status_code == 403
    files = {"file": ("", b"", "text/plain")}
    assert browser.client.post(ASSESS, data=fields, files=files).status_code == 403
    assert browser.client.post(TEST, data=fields, files=files).status_code == 403
