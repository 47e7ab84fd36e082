"""A CSV of what was observed at each dose, and refusals by the line."""

import pytest

from irt.randomization.methods.escalation import Dose
from irt.randomization.observed_doses import UnreadableDoses, read_observed

DOSES = ("10 mg", "20 mg", "40 mg")


def test_doses_are_read_in_any_order() -> None:
    """One that is not named had nobody; other columns and a byte order mark do not matter."""
    text = "\ufeffdose,site,toxicities,subjects\n20 mg,7,1,6\n10 mg,7,0,3\n"
    assert read_observed(text, DOSES) == (Dose(3, 0), Dose(6, 1), Dose())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "need the columns dose, subjects and toxicities"),
        ("dose,subjects\n", "need the columns"),
        ("dose,subjects,toxicities\n15 mg,3,0\n", "Line 2: '15 mg' is no dose of the design: 10 mg, 20 mg, 40 mg"),
        ("dose,subjects,toxicities\n10 mg,3,0\n10 mg,3,0\n", "Line 3: dose 10 mg is told twice"),
        ("dose,subjects,toxicities\n10 mg,3,4\n", "Line 2: 4 toxicities among 3 subjects cannot be"),
        ("dose,subjects,toxicities\n10 mg,-3,0\n", "Line 2: subjects is a number from 0 to 1,000, not '-3'"),
        ("dose,subjects,toxicities\n10 mg,3\n", "Line 2: toxicities is a number from 0 to 1,000, not ''"),
        ("dose,subjects,toxicities\n10 mg,3,1001\n", "toxicities is a number from 0"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_line(text: str, words: str) -> None:
    """Nothing is taken from such a file."""
    with pytest.raises(UnreadableDoses, match=words):
        read_observed(text, DOSES)
