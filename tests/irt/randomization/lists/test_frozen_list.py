"""A frozen list is one text, whoever writes it."""

import hashlib

from irt.randomization.lists.frozen_list import Entry, FrozenList, numbered
from irt.randomization.lists.read_list import read_list

TWO = FrozenList((*numbered("sex=F", "AB", [1, 1]), *numbered('a,"b"', "B", [None])))


def test_the_canonical_text():
    """Fixed columns, LF, quotes only where a field needs them."""
    assert TWO.csv == 'stratum,position,block,arm\nsex=F,1,1,A\nsex=F,2,1,B\n"a,""b""",1,,B\n'
    assert TWO.sha256 == hashlib.sha256(TWO.csv.encode()).hexdigest()


def test_reading_gives_the_list_back():
    """Written and read, the text stays the same."""
    assert read_list(TWO.csv).csv == TWO.csv


def test_runs_of_strata():
    """Strata in the list's order, with their entries."""
    assert TWO.strata == ("sex=F", 'a,"b"')
    assert [(stratum, len(entries)) for stratum, entries in TWO.by_stratum()] == [("sex=F", 2), ('a,"b"', 1)]


def test_a_list_never_prints_itself():
    """Arms stay out of logs and tracebacks."""
    assert "A" not in repr(FrozenList((Entry("", 1, None, "A"),))).replace("FrozenList", "")
