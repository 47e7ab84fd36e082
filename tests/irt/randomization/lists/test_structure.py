"""What is refused of a list, by name and with the line."""

import pytest

from irt.randomization.design import Design, design_of
from irt.randomization.lists import structure
from irt.randomization.lists.read_list import read_list
from irt.randomization.lists.structure import check_list

BLOCKS = design_of({"method": "permuted_block", "arms": ["A", "B"], "params": {"block_sizes": [2, 4]}})
RULE = design_of({"method": "random_allocation", "arms": ["A", "B"]})
TUNNEL = design_of({"method": "big_stick", "arms": ["A", "B"], "params": {"mti": 1}})
STRATA = ("x", "y")


def csv(*lines: str) -> str:
    """A whole list of two strata, unless lines are given."""
    return "\n".join(("stratum,position,block,arm", *(lines or GOOD), ""))


GOOD = ("x,1,1,A", "x,2,1,B", "x,3,2,B", "x,4,2,A", "y,1,1,B", "y,2,1,A", "y,3,2,A", "y,4,2,B")


def changed(place: int, line: str) -> tuple[str, ...]:
    """The good list with one line changed."""
    return (*GOOD[:place], line, *GOOD[place + 1 :])


REFUSED = [
    ("a level that is not ASCII", changed(4, "ÿ,1,1,B"), structure.LevelNotPlain, 6),
    ("an arm that is not ASCII", changed(4, "y,1,1,Β"), structure.LevelNotPlain, 6),
    ("a stratum nobody knows", changed(4, "z,1,1,B"), structure.UnknownStratum, 6),
    ("a stratum left out", GOOD[:4], structure.StratumWithoutList, 0),
    ("a position twice", changed(3, "x,3,2,A"), structure.DuplicatePosition, 5),
    ("a line left out", (*GOOD[:1], *GOOD[2:]), structure.OutOfOrder, 3),
    ("lines in another order", (GOOD[1], GOOD[0], *GOOD[2:]), structure.OutOfOrder, 2),
    ("sorted by position", tuple(sorted(GOOD, key=lambda line: line[2])), structure.OutOfOrder, 4),
    ("an arm nobody knows", changed(6, "y,3,2,C"), structure.UnknownArm, 8),
    ("too short", GOOD[:-1], structure.ListTooShort, 8),
    ("a block that breaks the ratio", changed(1, "x,2,1,A"), structure.BrokenBlock, 2),
    ("a block of another size", (*GOOD[:4], "y,1,1,B", "y,2,1,A", "y,3,1,A"), structure.ListTooShort, 8),
    ("a block in two places", (*GOOD[:4], "x,5,1,A", "x,6,1,B", *GOOD[4:]), structure.OutOfOrder, 6),
]


@pytest.mark.parametrize(("words", "lines", "refusal", "line"), REFUSED)
def test_each_fault_has_a_name_and_a_line(words, lines, refusal, line):
    """The whole grid."""
    found = read_list(csv(*lines))
    with pytest.raises(refusal) as refused:
        check_list(found, BLOCKS, STRATA, 4)
    assert refused.value.line == line, words


def test_the_good_list_holds():
    """As it stands, and with a last block cut short."""
    check_list(read_list(csv()), BLOCKS, STRATA, 4)
    check_list(read_list(csv(*GOOD[:3], *GOOD[4:7])), BLOCKS, STRATA, 3)


def test_an_empty_list():
    """Only a heading."""
    with pytest.raises(structure.ListTooShort):
        check_list(read_list("arm\n"), BLOCKS, (), 4)


@pytest.mark.parametrize(
    ("design", "arms", "line"), [(RULE, "AAAB", 4), (TUNNEL, "ABBB", 5), (BLOCKS, "AABABA", 5)]
)
def test_arms_that_the_design_never_gives(design: Design, arms: str, line: int):
    """Without block numbers the law of the method still tells."""
    found = read_list("arm\n" + "".join(f"{arm}\n" for arm in arms))
    with pytest.raises(structure.NeverDrawn) as refused:
        check_list(found, design, (), len(arms))
    assert refused.value.line == line


def test_an_extension_goes_on_where_the_list_ended():
    """In each stratum."""
    check_list(read_list("position,arm\n5,A\n6,B\n"), BLOCKS, (), 2, {"": 4})
    with pytest.raises(structure.OutOfOrder):
        check_list(read_list("position,arm\n1,A\n2,B\n"), BLOCKS, (), 2, {"": 4})
