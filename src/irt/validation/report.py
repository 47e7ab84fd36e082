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
