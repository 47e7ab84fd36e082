"""The validation pack: every requirement is accounted for, and a claim that nothing shows fails the report."""

import ast
import csv
import io
import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from irt.errors import BadInput
from irt.validation.fingerprint import program_hash
from irt.validation.matrix import Verdict, holds, matrix
from irt.validation.report import files_of, summary
from irt.validation.requirements import Requirement, methods, requirements
from irt.validation.results import Outcome, Results, read_results

ROOT = Path(__file__).parent.parent.parent
COUNTS = {"P11": 27, "FDA": 6, "E6": 40, "IRT": 12, "CS": 10, "A11": 18, "LAB": 4, "GMP": 7, "GDP": 7, "TMP": 5}
COUNTS |= {"SAF": 3, "E3": 2, "E9": 2}


def a_requirement(*tests: str) -> Requirement:
    """One that these tests show."""
    return Requirement(id="P11-99", clause="11.99", read="text", says="A record is a record.", tests=tests)


def test_every_requirement_is_listed() -> None:
    """All 143, numbered without a gap in each family."""
    families: dict[str, list[int]] = {}
    for one in requirements():
        family, _, number = one.id.partition("-")
        families.setdefault(family, []).append(int(number))
    assert families == {family: list(range(1, count + 1)) for family, count in COUNTS.items()}


@pytest.mark.parametrize("one", [*requirements(), *methods()], ids=lambda one: one.id)
def test_what_shows_a_requirement_is_there(one: Requirement) -> None:
    """Each named test is a file below tests, and its function is defined in it."""
    for test in one.tests:
        file, _, name = test.partition("::")
        tree = ast.parse((ROOT / "tests" / file).read_text())
        defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        machines = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        assert any(each.startswith(("test_", "Test")) for each in defined | machines)
        assert not name or name in defined, test


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ({}, Verdict.NOT_RUN),
        ({"a/test_a.py::test_x": Outcome(passed=2), "a/test_b.py::test_y": Outcome(passed=1)}, Verdict.SHOWN),
        ({"a/test_a.py::test_x": Outcome(passed=2), "a/test_b.py::test_z": Outcome(passed=1)}, Verdict.NOT_RUN),
        ({"a/test_a.py::test_x": Outcome(2, 1), "a/test_b.py::test_y": Outcome(passed=1)}, Verdict.FAILED),
        ({"a/test_a.py::test_x": Outcome(skipped=1), "a/test_b.py::test_y": Outcome(passed=1)}, Verdict.NOT_RUN),
    ],
)
def test_a_claim_holds_when_all_its_tests_passed(results: Results, verdict: Verdict) -> None:
    """A file with all its functions, a function with all its cases; what did not run shows nothing."""
    (line,) = lines = matrix([a_requirement("a/test_a.py", "a/test_b.py::test_y")], results)
    assert line.verdict == verdict
    assert holds(lines) == (verdict == Verdict.SHOWN)


def test_results_are_read_from_what_pytest_leaves(tmp_path: Path) -> None:
    """Cases of one function are added up, over several reports."""
    (tmp_path / "one.xml").write_text(
        '<testsuites><testsuite><testcase classname="tests.irt.states.test_kit" name="test_x[a]"/>'
        '<testcase classname="tests.irt.states.test_kit" name="test_x[b]"><failure/></testcase></testsuite>'
        "</testsuites>"
    )
    (tmp_path / "two.xml").write_text(
        '<testsuite><testcase classname="tests.irt.states.test_kit" name="test_x[a]"><skipped/></testcase>'
        "</testsuite>"
    )
    read = read_results([tmp_path / "one.xml", tmp_path / "two.xml"])
    assert read == {"irt/states/test_kit.py::test_x": Outcome(1, 1, 1)}
    (tmp_path / "two.xml").write_text(
        '<testsuite><testcase classname="tests.a.test_b.TestC" name="runTest"/></testsuite>'
    )
    assert read_results([tmp_path / "two.xml"]) == {"a/test_b.py::TestC::runTest": Outcome(passed=1)}
    (tmp_path / "no.xml").write_text("none")
    with pytest.raises(BadInput, match="JUnit"):
        read_results([tmp_path / "no.xml"])


def test_the_report_tells_every_requirement() -> None:
    """As a page, a table and JSON; what is not claimed has its reason."""
    lines = matrix(requirements(), {})
    files = files_of(lines, {"Release": "1"})
    rows = list(csv.DictReader(io.StringIO(files["matrix.csv"], newline="")))
    told = json.loads(files["matrix.json"])
    assert [row["Requirement"] for row in rows] == [one.id for one in requirements()]
    assert [one["id"] for one in told["requirements"]] == [one.id for one in requirements()]
    assert told["holds"] is False
    assert all(f"<td>{one.id}</td>" in files["matrix.html"] for one in requirements())
    assert all(row["Why it is not claimed"] for row in rows if row["Verdict"] == "not claimed")
    assert summary(lines).startswith("0 of ")


def test_a_requirement_is_claimed_or_it_is_not() -> None:
    """With tests and a reason, or with neither, it is refused."""
    facts = {"id": "P11-01", "clause": "11.10(a)", "read": "text", "says": "The system is validated."}
    for more in ({}, {"tests": ["a.py"], "not_claimed": "Later."}):
        with pytest.raises(ValidationError, match="not claimed"):
            Requirement.model_validate({**facts, **more})


def test_limits_and_risks_are_part_of_the_pack() -> None:
    """Every risk names its control and a test that is there; limits are told."""
    risks = (ROOT / "docs" / "validation" / "risks.md").read_text()
    rows = [line.split("|") for line in risks.splitlines() if line.startswith("| R")]
    assert len(rows) >= 20
    for row in rows:
        function, failure, control, test = (row[place].strip() for place in (2, 3, 7, 8))
        assert function
        assert failure
        assert control
        assert (ROOT / test.strip("`")).exists(), test
    limits = (ROOT / "docs" / "validation" / "limits.md").read_text()
    assert sum(line.startswith("- ") for line in limits.splitlines()) >= 10


def test_the_hash_of_the_program_is_one() -> None:
    """The same files, the same hash."""
    assert program_hash() == program_hash()
    assert len(program_hash()) == 64
