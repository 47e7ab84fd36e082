"""The report: what is in it, in both forms."""

from functools import partial
from pathlib import Path

import pytest

from tests.validation.__main__ import main
from tests.validation.pack import checks_of
from tests.validation.report import Findings, as_html, as_markdown, engine_sha256, sections, write
from tests.validation.running import Caught, EngineTest, NoTests, Outcome, run_tests
from tests.validation.seeding import FAULTS, Trial

CHECK = checks_of(("efron",))[0]
GOOD = Findings(
    "2026-11-22",
    (Outcome(CHECK, "passed", 1020, ""), Outcome(CHECK, "not run", 0, "R is not installed here")),
    (EngineTest("test_x.py", "test_x", "It holds | always.", 3, 3),),
    (Caught(FAULTS[0], Trial(("complete_route",), "AssertionError")),),
)


def test_it_tells_all_that_was_run() -> None:
    """Checks with source and verdict, tests with their cases, faults with what noticed them, limits, signatures."""
    text = as_markdown(sections(GOOD))
    for told in (
        "Verdict: passed.",
        "1 of 1 checks passed, with 1,020 comparisons; 1 could not be run here.",
        "3 of 3 cases",
        "1 of 1 seeded faults were noticed.",
        "| Date | 2026-11-22 |",
        engine_sha256(),
        CHECK.sentence,
        CHECK.source,
        "not run: R is not installed here",
        "It holds \\| always.",
        FAULTS[0].sentence,
        "complete_route",
        "randomizeR",
        "| Approved by |",
    ):
        assert told in text, told


def test_a_failure_is_the_verdict() -> None:
    """A check, a test or a fault that nobody noticed."""
    assert GOOD.passed
    failing = (
        GOOD._replace(checks=(Outcome(CHECK, "FAILED", 0, "1/3, not 2/3"),)),
        GOOD._replace(tests=(GOOD.tests[0]._replace(passed=2),)),
        GOOD._replace(faults=(Caught(FAULTS[0], Trial((), "")),)),
    )
    for found in failing:
        assert not found.passed
        assert "Verdict: FAILED." in as_markdown(sections(found))


def test_html_is_escaped_and_whole(tmp_path: Path) -> None:
    """Code with signs of HTML stays text; both files are written."""
    fault = next(fault for fault in FAULTS if "<" in fault.old)
    page = as_html(sections(GOOD._replace(faults=(Caught(fault, Trial(("efron_route",), "")),))))
    assert "&lt;" in page
    assert page.count("<table>") == page.count("</table>")
    markdown, html = write(GOOD, tmp_path / "new")
    assert markdown.read_text().startswith("# Validation report")
    assert html.read_text().startswith("<!doctype html>")


def test_the_engines_own_tests_are_told() -> None:
    """Each with its sentence and its cases, as the project's runner runs them; this file is a quick one."""
    told = run_tests("tests/irt/randomization/methods/test_big_stick.py")
    assert {test.file for test in told} == {"tests/irt/randomization/methods/test_big_stick.py"}
    assert all(test.sentence.endswith(".") and test.cases == test.passed > 0 for test in told)


@pytest.mark.parametrize(
    "under", ["README.md", pytest.param("tests/irt/randomization/nowhere", marks=pytest.mark.slow)]
)
def test_tests_that_are_not_there_are_told(under: str) -> None:
    """Never an empty table: a file without tests, and a folder that there is not."""
    with pytest.raises(NoTests, match="no test"):
        run_tests(under)


def test_the_command_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The checks alone, with a date that is given; each of them is a test of its own elsewhere, so a few do."""
    monkeypatch.setattr("tests.validation.running.checks_of", partial(checks_of, ("efron",)))
    words = ["--checks-only", "--date", "2026-01-02", "--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["tests.validation", *words])
    assert main() == 0
    assert "| Date | 2026-01-02 |" in (tmp_path / "randomization.md").read_text()
    told = capsys.readouterr().out.split()
    assert told == [str(tmp_path / "randomization.md"), str(tmp_path / "randomization.html")]
