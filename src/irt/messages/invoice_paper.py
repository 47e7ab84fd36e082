"""The pro-forma invoice on paper: PDF/A-3b, with its letters and colours inside; the same facts, the same bytes."""

from collections.abc import Sequence
from datetime import UTC
from html import escape

import fontpkg
from fpdf import FPDF
from fpdf.enums import DocumentCompliance

from irt.messages.invoice import Invoice, InvoiceLine

_INK, _QUIET, _LINE = (24, 32, 44), (90, 98, 110), (200, 205, 212)
_LETTERS = "Fira Sans"
_STORAGE = {"frozen": "Frozen", "2-8C": "2 to 8 °C", "15-25C": "15 to 25 °C", "ambient": "Room temperature"}
_HEADS = ("Goods", "HS code", "Made in", "Pieces", "Value of one", "Value", "Net kg", "Gross kg")
_SHARES = (52, 20, 15, 13, 24, 24, 16, 18)
_ROW_MM = 6.0
_STATEMENT = (
    "Not for resale. The goods are investigational products for use in a clinical trial alone. "
    "The value is for customs only and is the same for all goods of one description."
)


def invoice_paper_of(invoice: Invoice) -> bytes:
    """The file as it is filed."""
    paper = _Paper(invoice)
    paper.parties()
    paper.terms()
    paper.goods()
    paper.statement()
    return bytes(paper.output())


class _Paper(FPDF):
    def __init__(self, invoice: Invoice) -> None:
        super().__init__(format="A4", enforce_compliance=DocumentCompliance.PDFA_3B)
        self._of = invoice
        for style, weight in (("", 400), ("B", 700)):
            self.add_font(_LETTERS, style, str(fontpkg.path(_LETTERS, weight)))
        self.set_creation_date(invoice.made_at.astimezone(UTC))
        self.set_title(_title(invoice))
        self.set_xmp_metadata(_about(invoice))
        self.set_lang("en")
        self.set_auto_page_break(auto=True, margin=18)
        self.add_page()

    def header(self) -> None:
        """Which shipment of which study; outside production, that nothing is real."""
        of = self._of
        self._write(f"Pro-forma invoice {of.shipment}", 15, "B", 8)
        self._write(f"Study {of.study}{f' - {of.mark}' if of.mark else ''}", 10, "", 9)

    def footer(self) -> None:
        """When it was made, for whom, and the page's number."""
        self.set_y(-14)
        made = f"{self._of.made_at.astimezone(UTC):%d %b %Y %H:%M} UTC"
        self._write(f"Made {made}. For the customs broker alone. Page {self.page_no()}.", 8, "", 4, _QUIET)

    def parties(self) -> None:
        """Who sends, who receives."""
        of, top, half = self._of, self.get_y(), self.epw / 2
        ends = (("Consignor", of.consignor, of.origin.country), ("Consignee", of.consignee, of.destination.country))
        bottoms = []
        for place, (head, lines, country) in enumerate(ends):
            self.set_y(top)
            for words, style in ((head, "B"), *((line, "") for line in (*lines, country))):
                self.set_x(self.l_margin + place * half)
                self.set_font(_LETTERS, style, 10)
                self.set_text_color(*_INK)
                self.multi_cell(half - 6, 5, words, new_x="LMARGIN", new_y="NEXT")
            bottoms.append(self.get_y())
        self.set_y(max(bottoms) + 5)

    def terms(self) -> None:
        """On what terms it travels, and how."""
        of = self._of
        facts = (
            ("Incoterm", f"{of.incoterm} {of.destination.country} (Incoterms 2020)"),
            ("Currency", of.currency),
            ("Waybill", of.waybill),
            ("Keep at", _STORAGE.get(of.keep_at, of.keep_at)),
        )
        for name, words in facts:
            if words:
                self._write(f"{name}: {words}", 10, "", 5)
        self.ln(4)

    def goods(self) -> None:
        """A line for each kind of goods, and the sum."""
        self._row(_HEADS, "B")
        for line in self._of.lines:
            self._row(self._cells(line), "")
        lines = self._of.lines
        net, gross = sum(line.net_grams for line in lines), sum(line.gross_grams for line in lines)
        pieces = sum(line.pieces for line in lines)
        total = f"{self._of.total:.2f}"
        self._row(("Total", "", "", str(pieces), "", total, _kilograms(net), _kilograms(gross)), "B")

    def statement(self) -> None:
        """What the goods are for, and room to sign."""
        self.ln(6)
        self.set_font(_LETTERS, "", 9)
        self.multi_cell(0, 5, _STATEMENT, new_x="LMARGIN", new_y="NEXT")
        self.ln(14)
        self.set_draw_color(*_LINE)
        self.line(self.l_margin, self.get_y(), self.l_margin + self.epw / 2, self.get_y())
        self._write("Name, date, signature of the consignor", 9, "", 6, _QUIET)

    def _cells(self, line: InvoiceLine) -> tuple[str, ...]:
        return (
            line.words,
            line.hs_code,
            line.origin,
            str(line.pieces),
            f"{line.value:.2f}",
            f"{line.total:.2f}",
            _kilograms(line.net_grams),
            _kilograms(line.gross_grams),
        )

    def _row(self, cells: Sequence[str], style: str) -> None:
        """One row, as high as its words need; figures stand to the right."""
        self.set_font(_LETTERS, style, 8)
        self.set_text_color(*_INK)
        widths = [self.epw * share / sum(_SHARES) for share in _SHARES]
        words = self.multi_cell(widths[0], _ROW_MM, cells[0], dry_run=True, output="LINES")
        height = _ROW_MM * (len(words) if isinstance(words, list) else 1)
        if self.will_page_break(height):
            self.add_page()
            self.set_font(_LETTERS, style, 8)
        top = self.get_y()
        self.multi_cell(widths[0], _ROW_MM, cells[0], align="L")
        left = self.l_margin + widths[0]
        for place, (cell, width) in enumerate(zip(cells[1:], widths[1:], strict=True)):
            self.set_xy(left, top)
            self.cell(width, _ROW_MM, cell, align="L" if place < 2 else "R")
            left += width
        self.set_xy(self.l_margin, top + height)
        self.set_draw_color(*_LINE)
        self.line(self.l_margin, top + height, self.l_margin + self.epw, top + height)

    def _write(self, words: str, size: int, style: str, height: float, colour: tuple[int, int, int] = _INK) -> None:
        self.set_font(_LETTERS, style, size)
        self.set_text_color(*colour)
        self.cell(0, height, words)
        self.ln(height)


def _about(invoice: Invoice) -> str:
    """What the file says of itself; the library's own words would tell the second in which it ran."""
    moment = invoice.made_at.astimezone(UTC).isoformat(timespec="seconds")
    dates = "".join(f' xmp:{each}Date="{moment}"' for each in ("Create", "Modify", "Metadata"))
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        f'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="3" pdfaid:conformance="B"{dates}>'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(_title(invoice))}</rdf:li></rdf:Alt></dc:title>'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )


def _title(invoice: Invoice) -> str:
    return f"Pro-forma invoice {invoice.shipment}"


def _kilograms(grams: int) -> str:
    return f"{grams / 1000:.3f}"
