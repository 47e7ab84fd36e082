"""Labels on sheets as PDF: A4, eight to a page, to be cut or printed on ready-made sheets of labels.

The same labels at the same time give the same bytes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from fpdf import FPDF

from irt.gs1.symbols import data_matrix
from irt.labels.label import Label
from irt.labels.letters import FAMILY, font_file, refuse_lacking

COLUMNS, ROWS = 2, 4
A_PAGE = COLUMNS * ROWS
_WIDTH_MM, _HEIGHT_MM = 99.0, 67.5
_LEFT_MM, _TOP_MM = 6.0, 13.5
_QUIET_MM, _SYMBOL_MM = 4.0, 18.0
_LINE_MM, _POINTS = 2.6, 6.0
_WORDS_MM = _WIDTH_MM - _SYMBOL_MM - 3 * _QUIET_MM


def sheet_of(labels: Sequence[Label], title: str, at: datetime, mark: str = "") -> bytes:
    """The labels in their order, each with the mark across it; LettersLacking where letters cannot be printed."""
    for label in labels:
        refuse_lacking(label.lines)
    paper = FPDF(format="A4")
    paper.add_font(FAMILY, "", str(font_file()))
    paper.set_creation_date(at.astimezone(UTC))
    paper.set_title(title)
    paper.set_auto_page_break(auto=False)
    paper.set_draw_color(200, 205, 212)
    for place, label in enumerate(labels):
        if place % A_PAGE == 0:
            paper.add_page()
        row, column = divmod(place % A_PAGE, COLUMNS)
        _draw(paper, label, _LEFT_MM + column * _WIDTH_MM, _TOP_MM + row * _HEIGHT_MM, label.mark or mark)
    return bytes(paper.output())


def _draw(paper: FPDF, label: Label, left: float, top: float, mark: str) -> None:
    paper.rect(left, top, _WIDTH_MM, _HEIGHT_MM)
    _symbol(paper, label.code, left + _QUIET_MM, top + _QUIET_MM)
    paper.set_text_color(0, 0, 0)
    paper.set_font(FAMILY, "", _POINTS)
    longest = max((paper.get_string_width(line) for line in label.lines), default=0.0)
    paper.set_font_size(min(_POINTS, _POINTS * _WORDS_MM / longest if longest else _POINTS))
    words_left = left + _SYMBOL_MM + 2 * _QUIET_MM
    for place, line in enumerate(label.lines):
        paper.text(words_left, top + _QUIET_MM + _LINE_MM * (place + 0.8), line)
    if mark:
        paper.set_font(FAMILY, "", 20)
        paper.set_text_color(190, 60, 60)
        with paper.rotation(30, left + _WIDTH_MM / 2, top + _HEIGHT_MM / 2):
            paper.text(left + _WIDTH_MM / 2 - 22, top + _HEIGHT_MM / 2, mark)


def _symbol(paper: FPDF, code: str, left: float, top: float) -> None:
    drawn = data_matrix(code)
    module = _SYMBOL_MM / max(drawn.width, drawn.height)
    paper.set_fill_color(0, 0, 0)
    for bar in drawn.bars:
        # A little over the edge, so that no light shows between two dark squares.
        sides = (bar.width * module * 1.02, bar.height * module * 1.02)
        paper.rect(left + bar.x * module, top + bar.y * module, *sides, style="F")
