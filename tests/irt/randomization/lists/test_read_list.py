"""Lists of others: CSV, and what SAS PROC PLAN prints."""

import pytest

from irt.randomization.lists.read_list import MalformedList, UnknownCode, decoded_text, read_list

PRINTED = """
                              The SAS System

                             The PLAN Procedure

              Factor    Select    Levels    Order
              block          3         3    Ordered
              treat          4         4    Random

                       block    ---treat---

                           1    2  1  4  3
                           2    1  3  2  4
                           3    4  3  1  2
"""
CODES = {"1": "A", "2": "A", "3": "B", "4": "B"}


def test_proc_plan_is_read_block_by_block():
    """The printed listing, its codes explained."""
    found = read_list(PRINTED, "proc-plan", CODES, "sex=F")
    assert "".join(entry.arm for entry in found.entries) == "AABBABABBBAA"
    assert [entry.block for entry in found.entries] == [1] * 4 + [2] * 4 + [3] * 4
    assert found.strata == ("sex=F",)
    assert found.entries[4].line == 13


def test_positions_that_are_not_written_are_counted():
    """Each stratum by itself, in the order of the file."""
    found = read_list("Stratum,Arm\nx,A\ny,B\nx,B\n")
    assert [(entry.stratum, entry.position) for entry in found.entries] == [("x", 1), ("y", 1), ("x", 2)]


FAULTS = [
    ("arm,colour\nA,red\n", 1),
    ("position\n1\n", 1),
    ("arm,arm\nA,A\n", 1),
    ("", 1),
    ("arm,position\nA,1\nB\n", 3),
    ("arm,position\nA,1\nB,two\n", 3),
    ("arm,position\nA,0\n", 2),
    ("arm,block\nA,x\n", 2),
    ("arm\n\n", 2),
    ('arm\n"A\n', 2),
    ("arm,position\n,1\n", 2),
]


@pytest.mark.parametrize(("text", "line"), FAULTS)
def test_each_fault_with_its_line(text, line):
    """Malformed files are refused where they go wrong."""
    with pytest.raises(MalformedList) as refused:
        read_list(text)
    assert refused.value.line == line
    assert refused.value.sentence.endswith("Nothing was taken over.")


def test_a_code_that_is_not_explained():
    """Named with its line."""
    with pytest.raises(UnknownCode, match="Line 2"):
        read_list("arm\n7\n", codes=CODES)


@pytest.mark.parametrize("text", ["nothing here", PRINTED + "\n 4  1 2 x 3\n"])
def test_a_print_that_is_none(text):
    """No block at all, or a line among the blocks that is none."""
    with pytest.raises(MalformedList):
        read_list(text, "proc-plan", CODES)


def test_another_encoding():
    """The line of the first byte that is not UTF-8."""
    assert decoded_text("\ufeffarm\n".encode()) == "arm\n"
    with pytest.raises(MalformedList, match="Line 3"):
        decoded_text("arm\nA\nÄ\n".encode("latin-1"))
