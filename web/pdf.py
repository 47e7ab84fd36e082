"""Papers as PDF: A4, plain tables, the same bytes for the same facts, every page marked for its audience."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from fpdf import FPDF
from fpdf.enums import MethodReturnValue

_INK, _QUIET, _PLUM = (24, 32, 44), (90, 98, 110), (75, 20, 70)
_LINE = (200, 205, 212)
_LETTERS = str.maketrans(
    {"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "−": "-", "≥": ">="}
)
ROW_MM = 5.0
_TOGETHER_MM = 30.0
_BETWEEN_MM = 6.0


@dataclass(frozen=True)
class Masthead:
    """What stands on every page: title, study, maker and moment, a mark where it is not real, who may read it."""

    title: str
    study: str
    person: str
    at: datetime
    mark: str = ""
    audience: tuple[str, ...] = ("UNBLINDED", "confidential")

    @property
    def made(self) -> str:
        """By whom and when."""
        return f"Made by {self.person}, {self.at.astimezone(UTC):%d %b %Y %H:%M:%S} UTC"


class Sheets(FPDF):
    """A paper in the making."""

    def __init__(self, masthead: Masthead, *, wide: bool = False) -> None:
        super().__init__(orientation="landscape" if wide else "portrait", format="A4")
        self._masthead = masthead
        self.set_creation_date(masthead.at)
        self.set_title(latin(f"{masthead.title} - {masthead.study}"))
        self.set_author(latin(masthead.person))
        self.set_lang("en")
        self.set_auto_page_break(auto=True, margin=18)
        self.alias_nb_pages()
        self.add_page()

    def header(self) -> None:
        """Study and title, and who may read the paper."""
        top = self._masthead
        words = " - ".join(part for part in (top.mark, *top.audience) if part)
        self.set_font("helvetica", "B", 9)
        self.set_text_color(*_PLUM)
        self.cell(0, 5, latin(words), align="R")
        self.ln(6)
        self.set_text_color(*_INK)
        self.set_font("helvetica", "B", 14)
        self.cell(0, 7, latin(top.title))
        self.ln(7)
        self.set_font("helvetica", "", 9)
        self.set_text_color(*_QUIET)
        self.cell(0, 5, latin(top.study))
        self.ln(8)

    def footer(self) -> None:
        """Who made it, and the page's number."""
        self.set_y(-14)
        self.set_font("helvetica", "", 8)
        self.set_text_color(*_QUIET)
        self.cell(0, 5, latin(self._masthead.made))
        self.set_x(self.l_margin)
        self.cell(0, 5, f"page {self.page_no()} of {{nb}}", align="R")

    def heading(self, words: str) -> None:
        """A line above a part, on the page of what follows."""
        if self.will_page_break(_TOGETHER_MM):
            self.add_page()
        self.ln(2)
        self.set_text_color(*_INK)
        self.set_font("helvetica", "B", 11)
        self.cell(0, 7, latin(words))
        self.ln(7)

    def sentence(self, words: str) -> None:
        """Running text."""
        self.set_text_color(*_INK)
        self.set_font("helvetica", "", 9)
        self.multi_cell(0, ROW_MM, latin(words))
        self.ln(2)

    def picture(self, drawn: str) -> None:
        """A plot, as wide as the page; its words for who does not see it stand in the file beside."""
        self.image(BytesIO(_wordless(drawn).encode()), w=self.epw)
        self.ln(3)

    def pictures(self, heading: str, drawn: Sequence[tuple[str, str]]) -> None:
        """Plots under their titles, two to a row; a row stays on one page, the first with the heading."""
        wide = (self.epw - _BETWEEN_MM) / 2
        for first in range(0, len(drawn), 2):
            pair = drawn[first : first + 2]
            highs = [wide * high / width for width, high in (_extent(picture) for _, picture in pair)]
            if self.will_page_break(max(highs) + (2 if first else 4) * ROW_MM):
                self.add_page()
            if not first:
                self.heading(heading)
            top = self.get_y()
            for place, (title, picture) in enumerate(pair):
                left = self.l_margin + place * (wide + _BETWEEN_MM)
                self.set_xy(left, top)
                self.set_text_color(*_INK)
                self.set_font("helvetica", "B", 8)
                self.cell(wide, ROW_MM, latin(title))
                self.image(BytesIO(_wordless(picture).encode()), x=left, y=top + ROW_MM, w=wide)
            self.set_xy(self.l_margin, top + max(highs) + 2 * ROW_MM)

    def rows(self, heads: Sequence[str], lines: Iterable[Sequence[object]], shares: Sequence[int]) -> None:
        """A table whose head is repeated on every page; columns as wide as their shares."""
        widths = [self.epw * share / sum(shares) for share in shares]
        self.set_text_color(*_INK)
        self.set_draw_color(*_LINE)
        self._row(heads, widths, "B")
        for line in lines:
            if self.will_page_break(ROW_MM):
                self.add_page()
                self.set_text_color(*_INK)
                self._row(heads, widths, "B")
            self._row(line, widths, "")
        self.ln(3)

    def _row(self, line: Sequence[object], widths: Sequence[float], style: str) -> None:
        """One row, as high as its longest cell needs."""
        self.set_font("helvetica", style, 8)
        pairs = zip(line, widths, strict=True)
        cells = [self._wrapped(latin(str(cell)), width) for cell, width in pairs]
        height = ROW_MM * max(map(len, cells))
        if self.will_page_break(height):
            self.add_page()
            self.set_font("helvetica", style, 8)
        left, top = self.l_margin, self.get_y()
        for cell, width in zip(cells, widths, strict=True):
            for place, words in enumerate(cell):
                self.set_xy(left, top + place * ROW_MM)
                self.cell(width, ROW_MM, words)
            left += width
        self.set_xy(self.l_margin, top + height)
        self.line(self.l_margin, top + height, self.l_margin + self.epw, top + height)

    def _wrapped(self, words: str, width: float) -> list[str]:
        if self.get_string_width(words) <= width - 2 * self.c_margin:
            return [words]
        lines = self.multi_cell(width, ROW_MM, words, dry_run=True, output=MethodReturnValue.LINES)
        return [str(line) for line in lines] if isinstance(lines, list) else [words]

    def paper(self) -> bytes:
        """The finished file."""
        return bytes(self.output())


def _wordless(drawn: str) -> str:
    """The strokes, in letters that the fonts have; what is told of them stands in the text."""
    return latin(re.sub(r"<(title|desc)\b.*?</\1>", "", drawn, flags=re.DOTALL))


def _extent(drawn: str) -> tuple[float, float]:
    """Width and height of a drawing, in its own unit."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn)
    if found is None:
        raise ValueError("a drawing says how large it is")
    return float(found[1]), float(found[2])


def latin(words: str) -> str:
    """The words in the letters of the PDF's own fonts; others become question marks, and the CSV has them all."""
    return words.translate(_LETTERS).encode("latin-1", "replace").decode("latin-1")
