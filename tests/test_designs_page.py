"""The page of designs keeps its word: its methods are the catalogue's, and its examples are designs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from irt.randomization.catalogue import CATALOGUE, method_of
from irt.randomization.design import Design, design_of, parse_design, read_design
from irt.randomization.drawing import Arrival, draw_sequence
from irt.randomization.queries import answers, written
from irt.randomization.stream import Stream
from tests.test_docs import RANDOMIZATION, ROOT, fences

PAGE = ROOT / "docs" / "reference" / "randomization-designs.md"
EXAMPLES = [parse_design(text) for text in fences(PAGE, "json design")]
SUBJECTS = 120
KEY = bytes(range(32))


def rows() -> dict[str, str]:
    """Each row of the page's tables of methods, by the method's name."""
    found = re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    return {name: row for name, row in found if name in CATALOGUE}


def test_every_method_is_told_with_its_settings() -> None:
    """And nothing else is called a method."""
    tables = PAGE.read_text()
    told = re.findall(
        r"^\| `(\w+)` \|", tables[tables.index("## Restricted methods") : tables.index("## Asking")], re.M
    )
    assert sorted(told) == sorted(CATALOGUE)
    missing = [(name, key) for name, row in rows().items() for key in CATALOGUE[name].settings if key not in row]
    assert missing == []


@pytest.mark.parametrize("design", EXAMPLES, ids=lambda design: design.method)
def test_every_example_is_a_design(design: Design) -> None:
    """It builds, and its first subject has chances."""
    method = method_of(design, SUBJECTS)
    assert sum(method.law(method.start(), tuple(factor.levels[0] for factor in design.factors))) == 1


def test_there_is_an_example_of_every_method() -> None:
    """Whoever writes a design begins with one."""
    assert {design.method for design in EXAMPLES} == set(CATALOGUE)


def test_the_query_shown_has_the_answer_shown() -> None:
    """By the design of the command above it."""
    design = read_design(ROOT / "fixtures" / "designs" / "blocks_of_4_and_6.yaml")
    (query,), (answer,) = fences(PAGE, "json query"), fences(PAGE, "json answer")
    (law,) = answers(design, [(1, json.loads(query))])
    assert {"probabilities": written(law)} == json.loads(answer)


@pytest.mark.parametrize("file", sorted((ROOT / "fixtures" / "designs").glob("*[ln]")), ids=lambda file: file.name)
def test_the_designs_that_come_along_can_be_used(file: Path) -> None:
    """Every design file of the fixtures."""
    if file.suffix != ".jsonl":
        assert method_of(read_design(file), SUBJECTS).ratio


DRAWN = [design for design in EXAMPLES if design.method not in {"three_plus_three", "boin"}]


@pytest.mark.parametrize("design", DRAWN, ids=lambda design: design.method)
def test_the_verifier_draws_every_example_again(design: Design) -> None:
    """From the seed, the name and the chances alone; blocks from the seed and the name."""
    (body,) = fences(RANDOMIZATION, "python verifier")
    names: dict[str, Any] = {}
    exec(compile(body, str(RANDOMIZATION), "exec"), names)  # noqa: S102 - the text of our own page
    stream = Stream(KEY, f"IRT-RNG/1|NB-301|{design.method}/1|")
    levels = tuple(factor.levels[0] for factor in design.factors)
    drawn = draw_sequence(design, stream, [Arrival(levels)] * SUBJECTS)
    arms = [design.arms[each.arm] for each in drawn]
    if design.method == "permuted_block":
        ratio, sizes = dict(zip(design.arms, design.ratio, strict=True)), design.params["block_sizes"]
        assert names["permuted_list"](KEY, stream.stream_id, ratio, sizes, [1] * len(sizes), SUBJECTS) == arms
        return
    for number, each in enumerate(drawn, start=1):
        chances = dict(zip(design.arms, each.chances, strict=True))
        assert names["dynamic_arm"](KEY, stream.stream_id, number, chances) == design.arms[each.arm]


def test_a_design_in_python_is_that_of_the_file() -> None:
    """Plain values, with floats as they were typed."""
    assert method_of(design_of({"method": "efron", "arms": ["A", "B"], "params": {"p": 0.7}})) == method_of(
        parse_design('{"method": "efron", "arms": ["A", "B"], "params": {"p": 0.7}}')
    )
