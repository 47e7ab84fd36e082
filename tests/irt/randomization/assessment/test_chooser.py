"""The chooser: enough designs for every ratio, who beats whom, and the plots that show it."""

from xml.etree import ElementTree

import pytest

from irt.randomization.assessment.assess import Question, assess
from irt.randomization.assessment.chooser import best, compare
from irt.randomization.assessment.drawing import Scale
from irt.randomization.assessment.plots import imbalance_law, plane
from irt.randomization.assessment.usual_designs import title, usual_designs
from irt.randomization.design import Design
from tests.irt.randomization.assessment.enumeration import two_arms

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("arms", "ratio", "subjects"), [("AB", (1, 1), 24), ("AB", (2, 1), 24), ("ABC", (1, 1, 1), 24)]
)
def test_twelve_designs_for_every_ratio(arms: str, ratio: tuple[int, ...], subjects: int) -> None:
    """All can be used, and have names of their own."""
    compared, left_out = compare(usual_designs(tuple(arms), ratio), Question(subjects, trials=200))
    assert len(compared) >= 12
    assert left_out == ()
    assert len({each.title for each in compared}) == len(compared)
    assert all(each.figures.exact for each in compared) == (len(arms) == 2)


def test_the_unbeaten_are_not_beaten() -> None:
    """No other design has both less imbalance and fewer correct guesses."""
    compared, _ = compare(usual_designs(("A", "B"), (1, 1)), Question(40))
    leading = best(compared)
    for one in leading:
        assert not [e for e in compared if e.balance < one.balance and e.predictability < one.predictability]
    for one in compared:
        if one not in leading:
            assert [e for e in leading if e.balance <= one.balance and e.predictability <= one.predictability]
    assert leading[0].balance == min(each.balance for each in compared)


def test_a_design_that_cannot_be_used_is_left_out_with_its_reason() -> None:
    """An odd number cannot end in balance."""
    compared, left_out = compare([two_arms("random_allocation"), two_arms("complete")], Question(7))
    assert [each.title for each in compared] == ["complete"]
    assert [each.title for each in left_out] == ["random allocation"]
    assert "multiple of 2" in left_out[0].why


def test_strata_make_any_design_looser() -> None:
    """Four lists end further from balance together than one."""
    design = two_arms("big_stick", mti=3)
    (one,), _ = compare([design], Question(40))
    (four,), _ = compare([design], Question(40), (10, 10, 10, 10))
    assert four.figures.imbalance.expected_abs_final > one.figures.imbalance.expected_abs_final
    assert four.drift is None
    assert one.drift is not None


def test_the_plane_shows_every_design_and_tells_it() -> None:
    """A circle and a name for each, a title, and the figures in words for who does not see."""
    compared, _ = compare(usual_designs(("A", "B"), (1, 1)), Question(20))
    drawn = plane(compared)
    root = ElementTree.fromstring(drawn)  # noqa: S314 - our own file
    circles, texts = root.findall(f"{SVG}circle"), [text.text or "" for text in root.iter(f"{SVG}text")]
    assert len(circles) == len(compared)
    assert sum(circle.get("fill") != "none" for circle in circles) == len(best(compared))
    for number, each in enumerate(compared, start=1):
        assert f"{number}  {each.title}" in texts
        assert each.title in (root.findtext(f"{SVG}desc") or "")
    assert root.get("role") == "img"
    assert "Balance and randomness" in (root.get("aria-label") or "")
    assert drawn == plane(compared)


def test_names_are_words_not_marks() -> None:
    """A title with signs of SVG is shown as written."""
    figures = assess(two_arms("complete"), Question(6)).figures
    root = ElementTree.fromstring(imbalance_law(figures, 'A<B & "C"'))  # noqa: S314 - our own file
    assert root.findtext(f"{SVG}title") == 'A<B & "C"'
    assert len(root.findall(f"{SVG}rect")) == 7


def test_one_design_alone_can_be_drawn() -> None:
    """A scale has a width even where all values are equal."""
    compared, _ = compare([two_arms("permuted_block", block_sizes=[2])], Question(4))
    assert "permuted block, block sizes 2" in plane(compared)
    law = imbalance_law(compared[0].figures, title(compared[0].design))
    assert ElementTree.fromstring(law) is not None  # noqa: S314 - our own file


def test_ticks_are_round_and_inside() -> None:
    """Ones, twos and fives."""
    assert Scale(0.03, 0.97, 0, 100).ticks() == [0.2, 0.4, 0.6, 0.8]
    assert Scale(-12, 12, 0, 100).ticks() == [-10, -5, 0, 5, 10]
    assert Scale(0, 10, 100, 0).at(2.5) == 75


def test_titles_name_the_settings() -> None:
    """As a statistician says them."""
    assert (
        title(Design("permuted_block", ("A", "B"), (1, 1), {"block_sizes": [4, 6]}))
        == "permuted block, block sizes 4/6"
    )
