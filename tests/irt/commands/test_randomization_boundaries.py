"""Decision tables on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.irt.commands.running import Terminal

BOIN = {"method": "boin", "arms": ["10 mg", "20 mg", "40 mg"], "params": {"target": 0.3}}


def written(design: dict[str, Any]) -> str:
    """The design in a file of the working folder."""
    Path("design.json").write_text(json.dumps(design))
    return "design.json"


def test_boin_as_json(terminal: Terminal) -> None:
    """The row of six subjects, and both boundaries."""
    ran = terminal.irt("randomization", "boundaries", written(BOIN), "--n", "12", "--json")
    told = json.loads(ran.out)
    assert (ran.exit_code, ran.err, told["method"], len(told["table"])) == (0, "", "boin", 12)
    assert told["table"][5] == {"n": 6, "escalate": 1, "deescalate": 3, "eliminate": 4}
    assert told["lambda_e"] == pytest.approx(0.23649, abs=1e-5)
    assert told["lambda_d"] == pytest.approx(0.35852, abs=1e-5)


def test_lines_are_those_of_full_cohorts(terminal: Terminal) -> None:
    """Three and six, and what three cannot reach is a dash elsewhere."""
    ran = terminal.irt("randomization", "boundaries", written(BOIN), "--n", "8")
    assert ran.out.splitlines()[3:] == ["3\t0\t2\t3", "6\t1\t3\t4"]


def test_three_plus_three(terminal: Terminal) -> None:
    """Nothing is closed by a posterior."""
    ran = terminal.irt("randomization", "boundaries", written({**BOIN, "method": "three_plus_three", "params": {}}))
    assert ran.out.splitlines()[1:] == ["3\t0\t2\t-", "6\t1\t2\t-"]


def test_other_methods_have_none(terminal: Terminal) -> None:
    """A line that says which have."""
    ran = terminal.irt("randomization", "boundaries", written({"method": "complete", "arms": ["A", "B"]}))
    assert (ran.exit_code, ran.out) == (1, "")
    assert ran.err == "irt: complete finds no dose. Boundaries are of boin and three_plus_three.\n"


def test_the_dose_at_the_end(terminal: Terminal) -> None:
    """With its reason and each dose's rate; one that was not tried has none."""
    Path("doses.csv").write_text("dose,subjects,toxicities\n10 mg,3,0\n20 mg,6,2\n")
    asked = ("randomization", "boundaries", written(BOIN), "--n", "3", "--observed", "doses.csv")
    ran = terminal.irt(*asked)
    assert ran.out.splitlines()[4:] == [
        "dose\tsubjects\ttoxicities\tisotonic rate",
        "10 mg\t3\t0\t0.0161",
        "20 mg\t6\t2\t0.3361",
        "40 mg\t0\t0\t-",
        "recommended dose: 20 mg. Its isotonic rate of toxicity is the nearest to the target.",
    ]
    told = json.loads(terminal.irt(*asked, "--json").out)
    assert (told["recommended"], len(told["observed"])) == ("20 mg", 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"dose,subjects,toxicities\n15 mg,3,0\n", "irt: Line 2: '15 mg' is no dose"),
        (b"\xff", "irt: doses.csv is not readable as UTF-8."),
        (None, "irt: doses.csv: No such file"),
    ],
)
def test_doses_that_cannot_be_read(terminal: Terminal, text: bytes | None, words: str) -> None:
    """One line, and nothing on standard output."""
    if text is not None:
        Path("doses.csv").write_bytes(text)
    ran = terminal.irt("randomization", "boundaries", written(BOIN), "--observed", "doses.csv")
    assert (ran.exit_code, ran.out) == (1, "")
    assert ran.err.startswith(words)
