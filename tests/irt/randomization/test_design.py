"""Designs as their authors write them, and what is wrong with those that are none."""

import json
from fractions import Fraction

import pytest

from irt.randomization.design import (
    Design,
    Factor,
    ImpossibleRatio,
    NotPlainText,
    UnknownLevel,
    UnreadableDesign,
    design_of,
    parse_design,
    read_design,
)
from irt.randomization.scheme import FactorMissing

PLAIN = {"method": "efron", "arms": ["A", "B"]}
FACTORS = [{"name": "sex", "levels": ["F", "M"]}, {"name": "age", "levels": ["old", "young"], "weight": "1/2"}]


def test_json_and_yaml_say_the_same():
    """One reader for both."""
    as_json = '{"method": "efron", "arms": ["A", "B"], "ratio": [1, 1],\n\t"params": {"p": 0.7}, "factors": []}'
    as_yaml = "method: efron\narms: [A, B]\nparams:\n  p: 0.7\n"
    assert parse_design(as_json) == parse_design(as_yaml) == Design("efron", ("A", "B"), (1, 1), {"p": "0.7"})
    assert parse_design(as_json).settings().rational("p") == Fraction(7, 10)


def test_a_whole_design():
    """Method, arms, ratio, settings, factors with weights."""
    design = design_of({**PLAIN, "ratio": ["2", 1], "params": {"p": "2/3"}, "factors": FACTORS})
    assert design.ratio == (2, 1)
    assert design.factors == (Factor("sex", ("F", "M")), Factor("age", ("old", "young"), Fraction(1, 2)))


def test_words_stay_words():
    """NO is a country and 01 a site, not a truth value and a number."""
    design = parse_design("method: m\narms: [NO, 1]\nfactors: [{name: site, levels: [01, 02, 1.50]}]")
    assert design.arms == ("NO", "1")
    assert design.factors[0].levels == ("01", "02", "1.50")


def test_it_is_read_from_a_file(tmp_path):
    """In UTF-8."""
    file = tmp_path / "design.json"
    file.write_text(json.dumps(PLAIN))
    assert read_design(file) == design_of(PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1, 2]",
        "method: [",
        "method: efron\nmethod: chen\narms: [A, B]",
        "method: efron",
        "arms: [A, B]",
        "method: efron\narms: A",
        "method: efron\narms: [A]",
        "method: efron\narms: [A, A]",
        "method: efron\narms: [A, true]",
        "method: efron\narms: [A, B]\nseed: 7",
        "method: efron\narms: [A, B]\nparams: [p]",
        "method: efron\narms: [A, B]\nfactors: sex",
        "method: efron\narms: [A, B]\nfactors: [sex]",
        "method: efron\narms: [A, B]\nfactors: [{levels: [F, M]}]",
        "method: efron\narms: [A, B]\nfactors: [{name: sex}]",
        "method: efron\narms: [A, B]\nfactors: [{name: sex, levels: []}]",
        "method: efron\narms: [A, B]\nfactors: [{name: sex, levels: [F, M], weight: -1}]",
        "method: efron\narms: [A, B]\nfactors: [{name: sex, levels: [F, M], wait: 1}]",
        "method: efron\narms: [A, B]\nfactors: [{name: s, levels: [F]}, {name: s, levels: [F]}]",
    ],
)
def test_it_refuses_what_has_not_the_shape_of_a_design(text):
    """In one sentence that ends."""
    with pytest.raises(UnreadableDesign, match=r"\.$"):
        parse_design(text)


@pytest.mark.parametrize("ratio", [[1], [1, 0], [1, -1], ["3/2", 1], [1, 1, 1], "2:1", 2, [1, "x"], [1, 1001]])
def test_it_refuses_an_impossible_ratio(ratio):
    """One whole number for each arm."""
    with pytest.raises(ImpossibleRatio, match="whole number"):
        design_of({**PLAIN, "ratio": ratio})


@pytest.mark.parametrize("level", ["é", "e\u0301", "F ", " F", "", "a\nb", "\u00a0"])
def test_it_refuses_names_that_are_not_plain_ascii(level):
    """Two systems could spell them in two ways."""
    with pytest.raises(NotPlainText, match="ASCII"):
        design_of({**PLAIN, "factors": [{"name": "sex", "levels": ["M", level]}]})
    with pytest.raises(NotPlainText, match="ASCII"):
        design_of({**PLAIN, "arms": ["A", level]})


def test_it_refuses_a_file_that_cannot_be_read(tmp_path):
    """Missing, or not text."""
    with pytest.raises(UnreadableDesign, match="No such file"):
        read_design(tmp_path / "missing.json")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(UnreadableDesign, match="UTF-8"):
        read_design(tmp_path / "binary")


def test_levels_stand_in_the_order_of_the_factors():
    """A number is as good as its text."""
    design = design_of({**PLAIN, "factors": [*FACTORS, {"name": "site", "levels": [1, 2]}]})
    assert design.levels(["M", "old", 2]) == ("M", "old", "2")


@pytest.mark.parametrize("given", [None, [], ["M"], ["M", None], ["M", ""], "M"])
def test_it_refuses_a_subject_without_a_level(given):
    """By the name of the factor."""
    with pytest.raises(FactorMissing, match=r"value of (sex|age) is missing"):
        design_of({**PLAIN, "factors": FACTORS}).levels(given)


@pytest.mark.parametrize("given", [["X", "old"], ["M", "OLD"], ["M", "old", "more"]])
def test_it_refuses_a_level_that_no_factor_has(given):
    """With the levels it knows."""
    with pytest.raises(UnknownLevel, match="level"):
        design_of({**PLAIN, "factors": FACTORS}).levels(given)
