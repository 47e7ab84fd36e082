"""Lists drawn from designs."""

import pytest

from irt.randomization.design import NotPlainText, design_of
from irt.randomization.drawing import Arrival, draw_sequence
from irt.randomization.lists.generate_list import NotForLists, StreamOfStratum, generate_list, stream_names
from irt.randomization.lists.structure import check_list
from irt.randomization.stream import Stream

KEY = bytes(range(32))
NAME = "IRT-RNG/1|NB-301|permuted_block/1|"
BLOCKS = design_of(
    {"method": "permuted_block", "arms": ["A", "B"], "ratio": [2, 1], "params": {"block_sizes": [3, 6]}}
)
STRATA = ("sex=F", "sex=M")


def test_a_list_is_what_a_draw_gives():
    """The same stream, the same arms."""
    made = generate_list(BLOCKS, KEY, NAME, (), 30)
    drawn = draw_sequence(BLOCKS, Stream(KEY, NAME), (Arrival(),) * 30)
    assert [entry.arm for entry in made.entries] == [BLOCKS.arms[each.arm] for each in drawn]


def test_a_further_stratum_shifts_no_other():
    """Each stratum has a stream of its own."""
    one = generate_list(BLOCKS, KEY, NAME, STRATA[:1], 20)
    two = generate_list(BLOCKS, KEY, NAME, STRATA, 20)
    assert two.entries[:20] == one.entries
    assert two.strata == STRATA


def test_what_is_made_holds():
    """Every generated list passes its own structure check."""
    check_list(generate_list(BLOCKS, KEY, NAME, STRATA, 31), BLOCKS, STRATA, 31)


def test_names_of_streams():
    """The stratum is the name's last part, its signs escaped."""
    assert stream_names("X|", ("a|b", "c%")) == ("X|a%7Cb", "X|c%25")
    assert stream_names("X", ()) == ("X",)
    with pytest.raises(StreamOfStratum):
        stream_names("X", ("a",))


def test_what_cannot_be_written_down_before():
    """Methods that look at the subject, and letters that systems write in two ways."""
    urn = design_of({"method": "play_the_winner", "arms": ["A", "B"], "params": {"initial": 1, "added": 1}})
    factors = [{"name": "sex", "levels": ["F", "M"]}]
    minimized = design_of({"method": "minimization", "arms": ["A", "B"], "params": {"p": 0.8}, "factors": factors})
    for design in (urn, minimized):
        with pytest.raises(NotForLists):
            generate_list(design, KEY, NAME, (), 4)
    with pytest.raises(NotPlainText):
        generate_list(BLOCKS, KEY, NAME, ("land=Österreich",), 3)
