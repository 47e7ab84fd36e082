"""Reading a study file: YAML 1.2 scalars, places of everything, and refusals without tracebacks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.study.check import check
from irt.study.source import Place, UnreadableFile, read_source, resolve
from tests.irt.study.edits import NAMES, text_of


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ("NO", "NO"), ("no", "no"), ("yes", "yes"), ("on", "on"), ("Y", "Y"), ("true", True), ("False", False),
        ("", None), ("~", None), ("null", None), ("none", "none"),
        ("12", 12), ("-3", -3), ("+4", 4), ("010", 10), ("0o17", 15), ("0x1F", 31), ("1_000", "1_000"),
        ("0.9", 0.9), (".5", 0.5), ("1e3", 1000.0), ("7.", 7.0), ("1.2.3", "1.2.3"),
        ("2026-11-22", "2026-11-22"), ("15:00", "15:00"), ("9" * 30, "9" * 30),
    ],
)  # fmt: skip
def test_plain_scalars(plain, value):
    """Only true and false are booleans, a country called NO is text, dates and times stay as written."""
    found = resolve(plain)
    assert found == value
    assert type(found) is type(value)


def test_quoted_scalars_stay_text():
    """Quotes make a number or a word text."""
    assert read_source("""a: "1"\nb: 'true'\nc: |\n  3\n""").data == {"a": "1", "b": "true", "c": "3\n"}


def test_every_value_has_a_place():
    """Keys by where they are written, list entries by where they begin, counted from 1."""
    source = read_source("a:\n  - x\n  - {b: 1}\n")
    assert source.place(("a",)) == Place(1, 1)
    assert source.place(("a", 1)) == Place(3, 5)
    assert source.place(("a", 1, "b")) == Place(3, 6)


def test_what_is_missing_is_placed_at_the_part_around_it():
    """A path that is not written has the place of its nearest parent."""
    source = read_source("a:\n  b: {c: 1}\n")
    assert source.place(("a", "b", "d", 3)) == Place(2, 3)
    assert source.place(("z",)) == Place(1, 1)


def test_a_duplicate_key_is_a_fault_and_the_first_counts():
    """The second of two equal keys is reported on its own line; reading goes on."""
    source = read_source("a: 1\nb: 2\na: 3\n")
    assert source.data == {"a": 1, "b": 2}
    assert [(fault.name, fault.place.line) for fault in source.faults] == [("DuplicateKey", 3)]
    assert "line 1" in source.faults[0].sentence


def test_anchors_repeat_what_they_name():
    """An alias is the same value; its inner lines are those of the anchor."""
    source = read_source("a: &x {b: 1}\nc: *x\n")
    assert source.data == {"a": {"b": 1}, "c": {"b": 1}}
    assert source.place(("c",)).line == 2
    assert source.place(("c", "b")).line == 1


def test_tags_and_odd_keys_are_faults():
    """A tag would let the file say what kind a value is; a key is one word."""
    source = read_source("a: !int '1'\n? [b]\n: 2\n")
    assert [fault.name for fault in source.faults] == ["Tag", "KeyNotText"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [", 1), ("a: 1\nb: *no\n", 2), ("a: 1\n---\nb: 2\n", 2), ("a:\n\tb: 1\n", 2), ("\x00", 1),
        ("a: &a [*a]\n", 1), ("[" * 3000, 1), ("a: 'x\n", 1),
    ],
)  # fmt: skip
def test_what_is_not_yaml_is_refused_with_its_line(text, line):
    """Broken brackets, unknown and endless anchors, a second document, tabs, control characters, deep nests."""
    with pytest.raises(UnreadableFile) as refused:
        read_source(text)
    assert refused.value.place.line == line
    assert "\n" not in refused.value.sentence


def test_anchors_cannot_unfold_without_end():
    """Ten lines that would unfold to ten thousand million values are refused soon."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(UnreadableFile, match="too large"):
        read_source("\n".join(lines))


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=80))
def test_no_text_brings_the_check_down(text):
    """Whatever the file says, the answer is a report with at least one error."""
    assert check(text).errors


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(NAMES), st.integers(0, 10**6), st.integers(1, 40), st.text(max_size=6))
def test_a_torn_study_is_reported_not_raised(name, start, length, instead):
    """A study file with a piece torn out, or other letters in its place, still gives a report."""
    text = text_of(name)
    start %= len(text)
    torn = text[:start] + instead + text[start + length :]
    report = check(torn, name)
    assert (report.definition is None) == bool(report.errors)
    assert all(1 <= problem.line <= len(torn.splitlines()) + 1 for problem in report.problems)
