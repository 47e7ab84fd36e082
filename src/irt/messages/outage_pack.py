"""A pack for an outage as PDF: what to do, who to call, the kits set apart, the seals, and forms to write on.

The same facts give the same bytes. Nothing here tells a treatment, so the paper may lie in the pharmacy.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from fpdf import FPDF

_INK, _QUIET, _LINE = (24, 32, 44), (90, 98, 110), (200, 205, 212)
_LETTERS = str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "−": "-"})
_ROW_MM = 7.5
_LETTERS_PT, _LETTERS_PT_MIN = 9.0, 4.0
_BLANK_LINES = 12
_FORMS: tuple[tuple[str, Sequence[str], Sequence[int]], ...] = (
    (
        "Form: kits given",
        ("Date, time", "Subject", "Visit", "Kit numbers", "Given by", "Seen by"),
        (5, 5, 4, 9, 5, 5),
    ),
    ("Form: codes broken", ("Date, time", "Seal", "Subject", "Reason", "Opened by"), (5, 2, 5, 9, 6)),
    (
        "Form: shipments received",
        ("Date, time", "Shipment", "Kit numbers; damaged, missing", "Received by"),
        (5, 5, 14, 6),
    ),
)
DISPENSING = (
    "Use this pack only while the system cannot be reached, and only until its last day.",
    "Call the help line. Ask whether kits of this site were recalled or set apart since the pack was issued.",
    "Find the subject and the visit in the list. Take these kits and no others; check each number twice.",
    "Look at the expiry date on the label. A kit may be used on that day, and not after it.",
    "Write a line in the form: date, time, subject, visit, every kit number, your name. A second person signs it.",
    "A subject who is not in the list, another dose, or a missing kit: give nothing and call the help line.",
    "Nobody new is randomized on paper. A new subject waits until the system is back.",
    "When the system is back: type every line with its true time; a second person compares it with the paper.",
)
CODE_BREAK = (
    "Break a code only where a subject's treatment must be known now, to treat the subject. Nobody has to agree.",
    "Find the seal of the subject in the list. Open the envelope of that number, and no other.",
    "The sealed page names a word for every treatment. The slip of that number, kept apart, has the right word.",
    "Read the treatment beside that word. If the word does not stand on the page, the numbers differ: look again.",
    "Write a line in the form: date, time, seal, reason, who opened it. Do not write the treatment.",
    "Tell the safety desk that the code was broken. Do not tell it, or anybody else, the treatment.",
    "Keep the opened page and slip. At the end every seal is counted: unopened, opened with a reason, or missing.",
)


@dataclass(frozen=True, slots=True)
class PackPaper:
    """What is printed. A line of `kits`: subject, visit, day, kit, lot, expiry, place; of `seals`: number."""

    number: str
    study: str
    site: str
    mark: str
    issued_at: datetime
    issued_by: str
    valid_until: date
    replaces: str
    phones: tuple[tuple[str, str], ...]
    kits: tuple[tuple[str, ...], ...]
    seals: tuple[tuple[str, ...], ...]

    @property
    def prefix(self) -> str:
        """What its file's name begins with outside production, as TRAINING_."""
        return f"{self.mark.partition(',')[0]}_" if self.mark else ""


def pack_paper(of: PackPaper) -> bytes:
    """The paper, A4."""
    paper = _Paper(of)
    paper.lines("Who to call", ("Who", "Where"), of.phones, (1, 3))
    paper.steps("To give kits", DISPENSING)
    paper.steps("To break a code", CODE_BREAK)
    paper.add_page()
    heads = ("Subject", "Visit", "Expected", "Kit number", "Lot", "Use by", "Lies in")
    paper.lines("Kits set apart", heads, of.kits, (5, 6, 5, 5, 5, 5, 7))
    paper.lines("Seals", ("Seal", "Subject"), of.seals, (1, 4))
    for title, columns, widths in _FORMS:
        paper.add_page()
        paper.lines(title, columns, [[""] * len(columns)] * _BLANK_LINES, widths, high=2)
    return bytes(paper.output())


class _Paper(FPDF):
    def __init__(self, of: PackPaper) -> None:
        super().__init__(format="A4")
        self._of = of
        self.set_creation_date(of.issued_at.astimezone(UTC))
        self.set_title(_latin(f"Pack {of.number} for an outage"))
        self.set_lang("en")
        self.set_auto_page_break(auto=True, margin=18)
        self.alias_nb_pages()
        self.add_page()

    def header(self) -> None:
        """Number and last day on every page, so that a page alone is told from an older one."""
        of = self._of
        self.set_text_color(*_INK)
        self.set_font("helvetica", "B", 14)
        self.cell(0, 8, _latin(f"Pack {of.number} for an outage, site {of.site}"))
        self.ln(8)
        self.set_font("helvetica", "B", 10)
        self.cell(0, 6, f"Valid until {of.valid_until:%d %b %Y}")
        self.ln(6)
        self.set_font("helvetica", "", 9)
        self.set_text_color(*_QUIET)
        replaced = f" - replaces {of.replaces}" if of.replaces else ""
        self.cell(0, 5, _latin(" - ".join(part for part in (of.mark, f"Study {of.study}") if part) + replaced))
        self.ln(9)

    def footer(self) -> None:
        """Who issued it, and the page's number."""
        self.set_y(-14)
        self.set_font("helvetica", "", 8)
        self.set_text_color(*_QUIET)
        issued = f"Issued by {self._of.issued_by}, {self._of.issued_at.astimezone(UTC):%d %b %Y %H:%M} UTC"
        self.cell(0, 4, _latin(f"{issued}. Every page of the pack has a number; none may be missing."))
        self.set_x(self.l_margin)
        self.cell(0, 4, f"page {self.page_no()} of {{nb}}", align="R")

    def steps(self, title: str, steps: Iterable[str]) -> None:
        """What to do, in order."""
        self._heading(title)
        self.set_font("helvetica", "", 10)
        for place, words in enumerate(steps, start=1):
            self.multi_cell(0, 5.5, _latin(f"{place}.  {words}"), new_x="LMARGIN", new_y="NEXT")
        self.ln(4)

    def lines(
        self,
        title: str,
        heads: Sequence[str],
        lines: Iterable[Sequence[str]],
        shares: Sequence[int],
        high: int = 1,
    ) -> None:
        """Lines under heads that are repeated on every page; each `high` rows tall, to write on."""
        self._heading(title)
        widths = [self.epw * share / sum(shares) for share in shares]
        self._row(heads, widths, "B", _ROW_MM)
        for line in lines:
            if self.will_page_break(_ROW_MM * high):
                self.add_page()
                self._row(heads, widths, "B", _ROW_MM)
            self._row(line, widths, "", _ROW_MM * high)
        self.ln(4)

    def _heading(self, title: str) -> None:
        if self.will_page_break(24):
            self.add_page()
        self.set_text_color(*_INK)
        self.set_font("helvetica", "B", 11)
        self.cell(0, 8, _latin(title))
        self.ln(8)

    def _row(self, line: Sequence[str], widths: Sequence[float], style: str, height: float) -> None:
        self.set_text_color(*_INK)
        self.set_draw_color(*_LINE)
        for words, width in zip(line, widths, strict=True):
            self._fit(_latin(words), style, width)
            self.cell(width, height, _latin(words), border="B")
        self.ln(height)

    def _fit(self, words: str, style: str, width: float) -> None:
        """Letters small enough for the column: nothing on this paper may be cut off."""
        size = _LETTERS_PT
        self.set_font("helvetica", style, size)
        while self.get_string_width(words) > width - 2 * self.c_margin and size > _LETTERS_PT_MIN:
            size -= 0.5
            self.set_font_size(size)


def _latin(words: str) -> str:
    return words.translate(_LETTERS).encode("latin-1", "replace").decode("latin-1")
