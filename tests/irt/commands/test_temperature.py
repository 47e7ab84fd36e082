"""`irt temperature assess`: the figures as JSON alone, words else, and one line where a file cannot be read."""

import json
from pathlib import Path

import pytest

from tests.irt.commands.running import Terminal

FIXTURES = Path(__file__).parents[3] / "fixtures" / "temperature"
KEYS = [
    "mkt_celsius",
    "worst_window_mkt_celsius",
    "minimum_celsius",
    "maximum_celsius",
    "hours_outside",
    "verdict",
    "rule",
]


@pytest.fixture
def terminal(monkeypatch, capsys, tmp_path):
    """In a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def logged(tmp_path):
    """Writes a logger's file with the default columns."""

    def write(*rows: str) -> str:
        (tmp_path / "log.csv").write_text("\n".join(["timestamp,temperature_c", *rows]) + "\n")
        return "log.csv"

    return write


def test_a_warm_platform_is_made_good_by_the_mean(terminal):
    """Three hours above 8 degrees on the second day of four."""
    file = str(FIXTURES / "cold_shipment.csv")
    ran = terminal.irt("temperature", "assess", file, "--condition", "refrigerated", "--json")
    found = json.loads(ran.out)
    assert (ran.exit_code, ran.err, list(found)) == (0, "", KEYS)
    assert found["mkt_celsius"] == pytest.approx(4.9132, abs=1e-4)
    assert found["worst_window_mkt_celsius"] == pytest.approx(5.7626, abs=1e-4)
    assert (found["minimum_celsius"], found["maximum_celsius"], found["hours_outside"]) == (4.0, 11.4, 3.0)
    assert (found["verdict"], found["rule"]) == ("accept", "mkt_within_limit")


def test_a_profile_reads_another_make(terminal):
    """Fahrenheit, decimal comma, a preamble and a zone."""
    words = ["--condition", "room", "--profile", str(FIXTURES / "fahrenheit_logger.yaml"), "--json"]
    ran = terminal.irt("temperature", "assess", str(FIXTURES / "fahrenheit.csv"), *words)
    found = json.loads(ran.out)
    assert found["minimum_celsius"] == pytest.approx(20.5)
    assert found["verdict"] == "accept"


def test_it_tells_a_person_in_words(terminal, logged):
    """The figures, each gap, the proposal and why."""
    file = logged("2026-11-02T08:00Z,5", "2026-11-02T08:30Z,5", "2026-11-02T12:00Z,5")
    ran = terminal.irt("temperature", "assess", file, "--condition", "refrigerated")
    assert ran.exit_code == 0
    assert "No data               2026-11-02 08:30 to 2026-11-02 12:00 UTC" in ran.out
    assert "Proposal              ask_qa (gap_in_readings)" in ran.out


@pytest.mark.parametrize("condition", ["refrigerated", "room", "frozen"])
def test_one_reading_is_for_quality(terminal, logged, condition):
    """Within its range, and yet nothing is known of the time around it."""
    celsius = {"refrigerated": 5, "room": 22, "frozen": -20}[condition]
    file = logged(f"2026-11-02T08:00Z,{celsius}")
    ran = terminal.irt("temperature", "assess", file, "--condition", condition, "--json")
    found = json.loads(ran.out)
    assert (found["mkt_celsius"], found["hours_outside"]) == (celsius, 0)
    assert (found["verdict"], found["rule"]) == ("ask_qa", "one_reading")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["none.csv", "--condition", "room"], "none.csv: No such file or directory."),
        (["log.csv", "--condition", "warm"], "'warm' is not one of"),
        (["log.csv"], "Missing option '--condition'"),
        (["log.csv", "--condition", "room"], "log.csv: Line 2: `hot` is not a temperature."),
        (["log.csv", "--condition", "room", "--profile", "none.yaml"], "none.yaml: No such file or directory."),
        (
            ["log.csv", "--condition", "room", "--profile", "bad.yaml"],
            "bad.yaml: `colour`: no such key; the keys are",
        ),
        (["log.csv", "--condition", "room", "--profile", "list.yaml"], "list.yaml: "),
    ],
)
def test_what_cannot_be_read_is_one_line(terminal, logged, tmp_path, words, sentence):
    """On standard error, with an exit that is not zero."""
    logged("2026-11-02T08:00Z,hot")
    (tmp_path / "bad.yaml").write_text("colour: red\n")
    (tmp_path / "list.yaml").write_text("- 1\n")
    ran = terminal.irt("temperature", "assess", *words, "--json")
    assert ran.exit_code != 0
    assert ran.out == ""
    assert sentence in ran.err
    assert ran.err.count("\n") == 1
