"""Papers as PDF: the same bytes for the same facts, heads on every page, no letter that breaks them."""

from datetime import UTC, datetime

from irt.randomization.assessment.course_plot import course
from web.pdf import Masthead, Sheets, latin

HEAD = Masthead("Schedule – all", "A study", "Ada Ñandú", datetime(2026, 3, 2, 9, tzinfo=UTC), "TEST")


def paper(rows: int) -> Sheets:
    """A paper with so many rows, one of them long."""
    sheets = Sheets(HEAD)
    sheets.heading("Rows")
    sheets.sentence("What follows is invented.")
    lines = [(number, "words " * (40 if number == 3 else 1)) for number in range(rows)]
    sheets.rows(("No.", "Said"), lines, (1, 4))
    sheets.picture(course([(0, 0.0), (1, 0.5), (2, 0.0)], "Course"))
    return sheets


def test_the_same_facts_give_the_same_bytes() -> None:
    """And it is a PDF of as many pages as the rows need."""
    one = paper(200)
    assert one.page_no() >= 4
    assert one.paper() == paper(200).paper()
    assert paper(1).paper().startswith(b"%PDF-")


def test_letters_that_the_fonts_lack_are_replaced() -> None:
    """Dashes and quotes by their plain kin, others by a question mark."""
    assert latin("9–12 ’x’ é 薬") == "9-12 'x' é ?"
