"""A CSV of subjects and outcomes: exact numbers, and a refusal by the line."""

import pytest

from irt.randomization.outcomes_file import UnreadableOutcomes, read_outcomes

SUBJECTS = {"1001-0001", "1001-0002"}


def test_outcomes_are_read_exactly() -> None:
    """Decimals, fractions, an empty cell; other columns and a byte order mark do not matter."""
    text = "\ufeffsubject,site,outcome\n1001-0001,1001,0.7\n1001-0002,1001,\n"
    assert read_outcomes(text, SUBJECTS) == {"1001-0001": "7/10", "1001-0002": None}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "needs the columns subject and outcome"),
        ("subject,value\n", "needs the columns"),
        ("subject,outcome\n", "lists no subjects"),
        ("subject,outcome\n9,1\n", "Line 2: '9' is no randomized subject"),
        ("subject,outcome\n1001-0001,1\n1001-0001,1\n", "Line 3: subject 1001-0001 stands in the file twice"),
        ("subject,outcome\n1001-0001,nan\n", "Line 2: an outcome is a number or empty, not 'nan'"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_line(text: str, words: str) -> None:
    """Nothing is taken from such a file."""
    with pytest.raises(UnreadableOutcomes, match=words):
        read_outcomes(text, SUBJECTS)
