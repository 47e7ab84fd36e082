"""Results of tests, as pytest leaves them in JUnit XML: by file and function, how often they passed or did not."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from irt.errors import BadInput

TESTS = "tests."


@dataclass(frozen=True, slots=True)
class Outcome:
    """Cases of one test that passed, failed, or were left out."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


Results = dict[str, Outcome]


def read_results(reports: Iterable[Path]) -> Results:
    """`irt/states/test_kit.py::test_x` -> its outcome over all reports; BadInput where a file is no report."""
    found: Results = {}
    for report in reports:
        try:
            root = etree.fromstring(report.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
        except (OSError, etree.XMLSyntaxError):
            raise BadInput(f"{report}: no report of tests in JUnit XML. Run: make test.") from None
        for case in root.iter("testcase"):
            name = _node(case.get("classname", ""), case.get("name", ""))
            found[name] = found.get(name, Outcome()) + _outcome(case)
    return found


def outcome_of(results: Results, test: str) -> Outcome:
    """The outcome of a named test: of one function with all its cases, or of a whole file."""
    if "::" in test:
        return results.get(test, Outcome())
    inside = (outcome for name, outcome in results.items() if name.startswith(f"{test}::"))
    return sum(inside, Outcome())


def _node(place: str, name: str) -> str:
    """The file ends with the part of the place that begins with test_; what follows is a class in it."""
    parts = place.removeprefix(TESTS).split(".")
    length = next((at for at, part in enumerate(parts, start=1) if part.startswith("test_")), len(parts))
    inside = "::".join([*parts[length:], name.partition("[")[0]])
    return f"{'/'.join(parts[:length])}.py::{inside}"


def _outcome(case: etree._Element) -> Outcome:
    kinds = {child.tag for child in case}
    if kinds & {"failure", "error"}:
        return Outcome(failed=1)
    return Outcome(skipped=1) if "skipped" in kinds else Outcome(passed=1)
