"""Designs assessed and compared on the command line."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.irt.commands.running import Terminal

STICK = {"method": "big_stick", "arms": ["A", "B"], "ratio": [1, 1], "params": {"mti": 3}}
BLOCKS = {"method": "permuted_block", "arms": ["A", "B"], "params": {"block_sizes": [4]}}
MINIMIZED = {
    "method": "minimization",
    "arms": ["A", "B"],
    "params": {"p": "4/5"},
    "factors": [{"name": "sex", "levels": ["F", "M"]}, {"name": "age", "levels": ["young", "old"]}],
}


def written(design: dict[str, Any], name: str = "design.json") -> str:
    """The design in a file of the working folder."""
    Path(name).write_text(json.dumps(design))
    return name


def answer(terminal: Terminal, *words: str) -> dict[str, Any]:
    """What `irt randomization` told as JSON, alone on standard output."""
    ran = terminal.irt("randomization", *words, "--json")
    assert ran.exit_code == 0, ran.err
    told: dict[str, Any] = json.loads(ran.out)
    return told


def test_the_figures_as_json(terminal: Terminal) -> None:
    """The keys that other systems read, and the known rate of correct guesses."""
    told = answer(terminal, "assess", written(STICK), "--n", "200")
    assert told["exact"] is True
    assert set(told["imbalance"]["distribution"]) == {"-2", "0", "2"}
    assert told["imbalance"]["expected_max_abs"] == pytest.approx(3)
    assert told["imbalance"]["expected_abs_final"] == pytest.approx(4 / 3)
    assert told["correct_guesses"]["convergence"] / 200 == pytest.approx(0.582222, abs=5e-7)
    assert told["correct_guesses"]["directional"] == pytest.approx(told["correct_guesses"]["convergence"])
    assert told["deterministic"] == pytest.approx(32.8889, abs=1e-4)
    assert told["allocation_ratio"] == pytest.approx([0.5] * 200)
    assert "standard_errors" not in told


def test_what_is_simulated_says_so(terminal: Terminal) -> None:
    """Every figure of a minimization has its standard error, and the same seed gives the same figures."""
    words = ("assess", written(MINIMIZED), "--n", "30", "--trials", "300", "--seed", "5")
    told = answer(terminal, *words)
    assert told["exact"] is False
    assert told["trials"] == 300
    assert told["standard_errors"]["convergence"] > 0
    assert answer(terminal, *words) == told


def test_a_line_a_figure_and_a_plot(terminal: Terminal) -> None:
    """For people."""
    ran = terminal.irt("randomization", "assess", written(STICK), "--n", "20", "--svg", "law.svg")
    assert ran.exit_code == 0
    assert ran.out.splitlines()[0].split() == ["design", "big", "stick,", "mti", "3"]
    assert ElementTree.parse("law.svg").getroot().get("role") == "img"  # noqa: S314 - our own file


def test_biases_and_the_test(terminal: Terminal) -> None:
    """Selection, drift and the type I error in one answer."""
    words = ("--selection-effect", "0.5", "--trend", "linear", "--theta", "0.01", "--t-test", "--trials", "500")
    told = answer(terminal, "assess", written(BLOCKS), "--n", "40", *words)
    assert told["selection_bias"]["expected"] == pytest.approx(0.5 * 4 * (17 / 24 - 1 / 2))
    assert told["chronological_bias"]["expected"] == pytest.approx(0)
    assert told["chronological_bias"]["root_mean_square"] > 0
    assert 0.05 < told["t_test"]["rate"] < 0.6


def test_after_a_code_break(terminal: Terminal) -> None:
    """Three of a block of four tell the fourth."""
    told = answer(terminal, "assess", written(BLOCKS), "--n", "8", "--revealed", "1=A,2=A,3=B")
    assert told["after_code_break"]["first_arm_after"] == pytest.approx([1, 1, 0, 0, 0.5, 0.5, 0.5, 0.5])
    assert told["after_code_break"]["correct_guesses_before"] == pytest.approx(4)
    assert told["after_code_break"]["correct_guesses_after"] == pytest.approx(6)


def test_every_distance_over_real_subjects(terminal: Terminal) -> None:
    """A CSV of people, four distances."""
    people = [f"{'FM'[number % 2]},{('young', 'old')[number % 3 == 0]}" for number in range(40)]
    Path("people.csv").write_text("\n".join(["sex,age", *people]) + "\n")
    words = ("--n", "40", "--subjects", "people.csv", "--every-distance", "--trials", "50")
    told = answer(terminal, "assess", written(MINIMIZED), *words)
    assert [each["distance"] for each in told["distances"]] == ["range", "variance", "sd", "sum"]
    assert set(told["distances"][0]["margins"]) == {"sex", "age"}


@pytest.mark.parametrize(
    ("design", "words", "sentence"),
    [
        ({"method": "boin", "arms": ["1", "2"], "params": {"target": 0.3}}, (), "finds a dose"),
        (STICK, ("--revealed", "1=C"), "names no arm"),
        (STICK, ("--revealed", "99=A"), "no subject 99"),
        (STICK, ("--revealed", "x=A"), "Write revealed arms"),
        (MINIMIZED, ("--revealed", "1=A"), "assessed exactly"),
        (STICK, ("--every-distance",), "design of minimization"),
        ({**BLOCKS, "arms": ["A", "B", "C"], "params": {"block_sizes": [3]}}, ("--t-test",), "two arms"),
        ({**STICK, "method": "nonesuch"}, (), "no method nonesuch"),
        (STICK, ("--trend", "step", "--step-at", "21"), "not with 21"),
        (STICK, ("--n", "0"), "--n"),
    ],
)
def test_refusals_are_one_line(
    terminal: Terminal, design: dict[str, Any], words: tuple[str, ...], sentence: str
) -> None:
    """Nothing on standard output, the reason on standard error, and no traceback."""
    ran = terminal.irt("randomization", "assess", written(design), "--n", "20", "--trials", "20", *words, "--json")
    assert ran.exit_code != 0
    assert ran.out == ""
    assert sentence in ran.err
    assert "Traceback" not in ran.err


def test_the_usual_designs_side_by_side(terminal: Terminal) -> None:
    """At least twelve on the plane, as JSON, as a table and as a plot."""
    told = answer(terminal, "compare", "--n", "40", "--svg", "plane.svg")
    assert len(told["designs"]) >= 12
    assert all(each["exact"] for each in told["designs"])
    assert any(each["unbeaten"] for each in told["designs"])
    assert told["left_out"] == []
    assert "big stick, mti 3" in Path("plane.svg").read_text()
    table = terminal.irt("randomization", "compare", "--n", "40").out
    assert all(each["design"] in table for each in told["designs"])


def test_ones_own_designs_with_strata(terminal: Terminal) -> None:
    """Each stratum has a list; sizes are given, or even."""
    files = (written(STICK, "stick.json"), written(BLOCKS, "blocks.json"))
    uneven = answer(terminal, "compare", *files, "--n", "40", "--strata", "20,12,8")
    even = answer(terminal, "compare", *files, "--n", "40", "--strata", "4")
    assert uneven["strata"] == [20, 12, 8]
    assert even["strata"] == [10, 10, 10, 10]
    blocks = uneven["designs"][1]
    assert blocks["imbalance"]["expected_abs_final"] == pytest.approx(0)
    assert blocks["predictability"] == pytest.approx(17 / 24)


def test_what_cannot_be_used_is_left_out_with_a_word(terminal: Terminal) -> None:
    """On standard error beside a table; the command fails only where nothing is left."""
    told = answer(terminal, "compare", "--n", "41")
    assert {each["design"] for each in told["left_out"]} == {
        "random allocation",
        "truncated binomial",
        "maximal, mti 3",
    }
    assert "Left out: maximal, mti 3." in terminal.irt("randomization", "compare", "--n", "41").err
    odd = written({"method": "random_allocation", "arms": ["A", "B"]})
    assert terminal.irt("randomization", "compare", odd, "--n", "41").exit_code == 1


@pytest.mark.parametrize("words", [("--ratio", "1,x"), ("--strata", "3,4"), ("--strata", "0")])
def test_malformed_options_of_compare(terminal: Terminal, words: tuple[str, ...]) -> None:
    """A reason and no traceback."""
    ran = terminal.irt("randomization", "compare", "--n", "40", *words)
    assert ran.exit_code == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", ["assess", "compare"])
def test_help_has_an_example(terminal: Terminal, command: str) -> None:
    """How to begin."""
    assert f"Example: irt randomization {command}" in terminal.irt("randomization", command, "--help").out
