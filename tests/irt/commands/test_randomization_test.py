"""The re-randomization test on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.irt.commands.running import Ran, Terminal

BLOCK = {"method": "permuted_block", "arms": ["A", "B"], "params": {"block_sizes": [4]}}
URN = {"method": "play_the_winner", "arms": ["A", "B"], "params": {"initial": 1, "added": 1}}
FOUR = "subject,arm,outcome\n1,A,1\n2,A,2\n3,B,3.5\n4,B,4\n"


def ran_on(terminal: Terminal, design: dict[str, Any], table: str, *options: str) -> Ran:
    """The command on these two files."""
    Path("design.json").write_text(json.dumps(design))
    Path("trial.csv").write_text(table)
    return terminal.irt("randomization", "test", "design.json", "--subjects", "trial.csv", *options)


def test_an_exact_answer_as_json(terminal: Terminal) -> None:
    """Two of six sequences."""
    ran = ran_on(terminal, BLOCK, FOUR, "--json")
    told = json.loads(ran.out)
    assert (ran.exit_code, ran.err) == (0, "")
    assert (told["p_value_exact"], told["exact"], told["observed"], told["subjects"]) == ("1/3", True, -2.25, 4)
    assert told["p_value"] == pytest.approx(1 / 3)


def test_lines_for_people(terminal: Terminal) -> None:
    """One a figure."""
    ran = ran_on(terminal, BLOCK, FOUR, "--statistic", "ranks")
    assert "statistic: ranks" in ran.out.splitlines()
    assert "p value exact: 1/3" in ran.out.splitlines()


def test_a_simulated_answer_tells_its_error(terminal: Terminal) -> None:
    """And how far it is, on standard error."""
    rows = "".join(f"{'AB'[i % 2]},{i * i % 997 + i / 1000}\n" for i in range(60))
    ran = ran_on(terminal, BLOCK, f"arm,outcome\n{rows}", "--trials", "4000", "--seed", "7", "--json")
    told = json.loads(ran.out)
    assert (told["exact"], told["trials"]) == (False, 4000)
    assert 0 < told["monte_carlo_error"] < 0.01
    assert ran.err == "Trials drawn: 2000 of 4000\n"


@pytest.mark.parametrize("table", ["arm,outcome\nA,1\nB,0\n", "arm,outcome,response\nA,1,1\nB,0,0\n"])
def test_responses_are_the_outcomes_unless_told(terminal: Terminal, table: str) -> None:
    """AB and BA are 1/6 each."""
    assert json.loads(ran_on(terminal, URN, table, "--json").out)["p_value_exact"] == "1/3"


def test_levels_stand_in_columns(terminal: Terminal) -> None:
    """Under the name of the factor."""
    design = {
        "method": "minimization",
        "arms": ["A", "B"],
        "params": {"p": "3/4"},
        "factors": [{"name": "sex", "levels": ["m", "f"]}],
    }
    told = json.loads(ran_on(terminal, design, "sex,arm,outcome\nm,A,1\nm,B,2\n", "--json").out)
    assert told["p_value_exact"] == "3/4"


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("arm,outcome\n", "lists no subjects"),
        ("arm,outcome\nC,1\n", "trial.csv, line 2: there is no arm C. The arms: A, B."),
        ("arm,outcome\nA,1\nB,high\n", "trial.csv, line 3: an outcome is a number or empty, not high."),
        ("arm,outcome,response\nA,1,2\n", "trial.csv, line 2: a response is 1, 0 or empty, not 2."),
        ("arm,outcome\nA,1\nA,2\n", "Fewer than two arms have a subject with an outcome"),
        ("arm,outcome\nA,1\nA,2\nA,3\n", "The design gives subject 3 no chance"),
    ],
)
def test_refusals(terminal: Terminal, table: str, sentence: str) -> None:
    """One line with the place; nothing on standard output."""
    ran = ran_on(terminal, BLOCK, table)
    assert (ran.exit_code, ran.out) == (1, "")
    assert sentence in ran.err


def test_an_adaptive_design_needs_responses(terminal: Terminal) -> None:
    """Where the outcomes are none."""
    ran = ran_on(terminal, URN, "arm,outcome\nA,1.5\nB,2\n")
    assert "the design adapts to responses. Add a column response" in ran.err


def test_a_file_that_is_not_there(terminal: Terminal) -> None:
    """By its name."""
    Path("design.json").write_text(json.dumps(BLOCK))
    ran = terminal.irt("randomization", "test", "design.json", "--subjects", "none.csv")
    assert ran.err == "irt: none.csv: No such file or directory.\n"
