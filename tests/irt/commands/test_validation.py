"""`irt validation`: a report that fails without results, and scripts that tell what they found."""

import json
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from irt.validation import installation
from irt.validation.fingerprint import program_hash
from irt.validation.installation import installation_steps
from irt.validation.protocol import carried_out, write_protocol
from irt.validation.requirements import methods, requirements
from tests.irt.commands.office import TerminalOffice
from tests.irt.commands.running import Terminal


def all_passed(folder: Path) -> Path:
    """A report of tests in which every named test passed."""
    cases = []
    for test in {test for one in (*requirements(), *methods()) for test in one.tests}:
        file, _, name = test.partition("::")
        place = f"tests.{file.removesuffix('.py').replace('/', '.')}"
        cases.append(f'<testcase classname="{place}" name="{name or "test_it"}"/>')
    file_ = folder / "tests.xml"
    file_.write_text(f"<testsuite>{''.join(cases)}</testsuite>")
    return file_


def test_without_results_nothing_is_shown(terminal: Terminal) -> None:
    """The matrix is written all the same, and the command fails."""
    ran = terminal.irt("validation", "report", "--out", "out")
    assert (ran.exit_code, "Not everything that is claimed is shown" in ran.err) == (1, True)
    told = json.loads(Path("out/matrix.json").read_text())
    assert {one["verdict"] for one in told["requirements"]} == {"not run", "not claimed"}


def test_a_report_of_tests_shows_what_is_claimed(terminal: Terminal, tmp_path: Path) -> None:
    """And one failed case is enough to fail a claim, by its name."""
    results = all_passed(tmp_path)
    ran = terminal.irt("validation", "report", "--out", "out", "--results", str(results))
    assert (ran.exit_code, ran.err) == (0, "")
    claimed = sum(one.claimed for one in requirements())
    assert ran.out.startswith(f"{claimed} of {claimed} claimed requirements are shown; ")
    assert f"Methods: {len(methods())} of {len(methods())} claimed" in ran.out
    assert "Erlang" in Path("out/methods.html").read_text()
    name = "test_a_name_is_never_given_twice"
    results.write_text(results.read_text().replace(f'name="{name}"/>', f'name="{name}"><failure/></testcase>'))
    ran = terminal.irt("validation", "report", "--out", "out", "--results", str(results))
    assert ran.exit_code == 1
    told = json.loads(Path("out/matrix.json").read_text())["requirements"]
    assert {"P11-16", "P11-23"} <= {one["id"] for one in told if one["verdict"] == "FAILED"}


def commands_are(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """What is registered as commands: loading all of them takes long."""
    points = [
        EntryPoint(module.split(".")[-1], f"{module}:{module.split('.')[-1]}", "irt.commands") for module in modules
    ]
    monkeypatch.setattr(installation, "entry_points", lambda group: points)


def test_an_installation_is_qualified(office: TerminalOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step passes; a command that does not load and another program's hash fail their steps alone."""
    commands_are(monkeypatch, "irt.commands.database", "irt.commands.export")
    said = office.does("validation", "iq", "--out", "iq", "--expected-hash", program_hash())
    assert said.count(" passed: ") == 10
    told = json.loads(Path("iq/iq.json").read_text())
    assert told["passed"] is True
    assert all(step["found"] for step in told["steps"])
    commands_are(monkeypatch, "irt.commands.database", "irt.commands.nowhere")
    steps = installation_steps(office.store, office.now, "0" * 64)
    told = carried_out([step for step in steps if step.number in ("IQ-02", "IQ-03")], lambda line: None)
    written = write_protocol("Again", "again", {}, told, ("None",), Path("iq")).read_text()
    assert "nowhere does not load" in written
    assert written.count('<td class="bad">FAILED</td>') == 2


@pytest.mark.slow
def test_operation_and_performance_are_qualified(terminal: Terminal) -> None:
    """A small study step by step, and a load that is kept small."""
    ran = terminal.irt("validation", "oq", "--out", "out")
    assert (ran.exit_code, ran.err, ran.out.count(" passed: ")) == (0, "", 10)
    few = ("--subjects", "8", "--people", "2", "--median", "60", "--slow", "60")
    ran = terminal.irt("validation", "pq", "--out", "out", *few)
    assert (ran.exit_code, ran.err, ran.out.count(" passed: ")) == (0, "", 4)
    for name in ("oq", "pq"):
        assert json.loads(Path(f"out/{name}.json").read_text())["passed"] is True
