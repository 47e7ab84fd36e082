"""The validation report: the traceability matrix as a page, a table and JSON, and which release it is of."""

import csv
import json
from collections import Counter
from collections.abc import Sequence
from io import StringIO

from irt.validation.matrix import Line, Verdict, holds
from irt.validation.pages import Section, page
from irt.validation.results import Outcome

TITLE = "Validation report: requirements and what shows them"
METHODS_TITLE = "Validation report: methods and what they are held against"
_METHODS = (
    "Each row names what is shown, what it is held against, and the tests with the number of their cases. The "
    "randomization engine has a longer report of its own, with every comparison and its verdict: make validation."
)
_METHOD_HEADS = ("No.", "What is shown", "Held against", "Tests", "Verdict")
_FAMILIES = {"RND": "Randomization", "SIM": "Simulation", "FOR": "Forecasts", "OPT": "Optimization"}
_INTRODUCTION = (
    "Requirements are told in our words; read the rule itself before relying on one. The third column says "
    "whether its wording was read. A requirement is shown when every test named beside it ran and no case failed.",
    "What is not claimed is the operator's or the sponsor's, or is not there yet; the reason stands beside it.",
)


def files_of(lines: Sequence[Line], about: dict[str, str]) -> dict[str, str]:
    """Name -> text of each file of the report; `about` tells release, date and where results came from."""
    return {
        "matrix.html": page(TITLE, _sections(lines, about)),
        "matrix.csv": _table(lines),
        "matrix.json": _json(lines, about),
    }


def method_files(lines: Sequence[Line], about: dict[str, str]) -> dict[str, str]:
    """The same of the methods: what each is held against, and how many cases of its tests passed."""
    verdict = "Everything is shown." if holds(lines) else "NOT everything is shown."
    counted = sum(outcome.passed for line in lines for _, outcome in line.tests)
    said = f"{sum(line.verdict == Verdict.SHOWN for line in lines)} of {len(lines)} are shown by {counted} cases."
    sections = [
        Section("Verdict", (verdict, said, _METHODS)),
        Section("What was looked at", (), [("What", "As it was"), *about.items()]),
        *(
            Section(
                title, (), [_METHOD_HEADS, *(_method(line) for line in lines if line.requirement.id[:3] == family)]
            )
            for family, title in _FAMILIES.items()
        ),
    ]
    return {"methods.html": page(METHODS_TITLE, sections), "methods.json": _json(lines, about)}


def _method(line: Line) -> tuple[str, ...]:
    one = line.requirement
    tests = "\n".join(f"{test}: {_words(outcome)}" for test, outcome in line.tests)
    return one.id, one.says, one.clause, tests, line.verdict


def summary(lines: Sequence[Line]) -> str:
    """One line: 117 of 117 claimed requirements are shown; 26 are not claimed."""
    counted = Counter(line.verdict for line in lines)
    claimed = len(lines) - counted[Verdict.NOT_CLAIMED]
    words = f"{counted[Verdict.SHOWN]} of {claimed} claimed requirements are shown"
    rest = [f"{counted[each]} {each}" for each in (Verdict.FAILED, Verdict.NOT_RUN) if counted[each]]
    return "; ".join([words, *rest, f"{counted[Verdict.NOT_CLAIMED]} of {len(lines)} are not claimed"]) + "."


def _sections(lines: Sequence[Line], about: dict[str, str]) -> list[Section]:
    verdict = "Everything that is claimed is shown." if holds(lines) else "NOT everything that is claimed is shown."
    return [
        Section("Verdict", (verdict, summary(lines), *_INTRODUCTION)),
        Section("What was looked at", (), [("What", "As it was"), *about.items()]),
        Section("Claimed requirements", (), [_HEADS, *(_row(line) for line in lines if line.requirement.claimed)]),
        Section(
            "Not claimed",
            (),
            [
                ("Requirement", "Clause", "Read", "What it asks", "Why it is not claimed"),
                *(
                    (one.id, one.clause, one.read, one.says, one.not_claimed)
                    for one in (line.requirement for line in lines)
                    if not one.claimed
                ),
            ],
        ),
    ]


_HEADS = ("Requirement", "Clause", "Read", "What it asks", "Tests", "Verdict")


def _row(line: Line) -> tuple[str, ...]:
    one = line.requirement
    tests = "\n".join(f"{test}: {_words(outcome)}" for test, outcome in line.tests)
    return one.id, one.clause, one.read, one.says, tests, line.verdict


def _words(outcome: Outcome) -> str:
    told = [(outcome.passed, "passed"), (outcome.failed, "failed"), (outcome.skipped, "left out")]
    return ", ".join(f"{count} {words}" for count, words in told if count) or "not run"


def _table(lines: Sequence[Line]) -> str:
    text = StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow((*_HEADS, "Why it is not claimed"))
    for line in lines:
        table.writerow((*_row(line), line.requirement.not_claimed))
    return text.getvalue()


def _json(lines: Sequence[Line], about: dict[str, str]) -> str:
    told = [
        {
            **line.requirement.model_dump(exclude={"tests"}),
            "verdict": line.verdict,
            "tests": {
                test: {"passed": outcome.passed, "failed": outcome.failed, "skipped": outcome.skipped}
                for test, outcome in line.tests
            },
        }
        for line in lines
    ]
    return json.dumps({"about": about, "holds": holds(lines), "requirements": told}, indent=1) + "\n"
