"""The packing list of a shipment as PDF: A4, codes of the parcel and of every kit to scan, items, room to sign.

The same manifest gives the same bytes. Letters that the PDF's own fonts lack become question marks.
"""

from datetime import UTC

from fpdf import FPDF

from irt.gs1.symbols import data_matrix
from irt.messages.fields import Environment
from irt.messages.message import ItemLine
from irt.messages.orders import Manifest, OrderedKit

_INK, _QUIET, _LINE = (24, 32, 44), (90, 98, 110), (200, 205, 212)
_LETTERS = str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "−": "-"})
_ROW_MM, _CODE_MM, _PARCEL_MM = 13.0, 10.0, 22.0
_OVER = 0.02
_COLUMNS = (("Code", 20.0), ("Kit number", 40.0), ("Lot", 50.0), ("Use by", 35.0), ("Received", 35.0))
_ITEM_COLUMNS = (("Item", 40.0), ("Lot", 50.0), ("Use by", 35.0), ("Quantity", 25.0), ("Counted", 30.0))
_STORAGE = {"frozen": "Frozen", "2-8C": "2 to 8 °C", "15-25C": "15 to 25 °C", "ambient": "Room temperature"}


def packing_list_of(manifest: Manifest) -> bytes:
    """The paper that travels in the parcel."""
    paper = _Paper(manifest)
    paper.facts()
    paper.kits()
    paper.items()
    paper.signatures()
    return bytes(paper.output())


class _Paper(FPDF):
    def __init__(self, manifest: Manifest) -> None:
        super().__init__(format="A4")
        self._of = manifest
        self.set_creation_date(manifest.made_at.astimezone(UTC))
        self.set_title(_latin(f"Packing list {manifest.shipment}"))
        self.set_lang("en")
        self.set_auto_page_break(auto=True, margin=18)
        self.alias_nb_pages()
        self.add_page()

    def header(self) -> None:
        """Which shipment of which study; outside production, that nothing is real."""
        self.set_text_color(*_INK)
        self.set_font("helvetica", "B", 15)
        self.cell(0, 8, _latin(f"Packing list {self._of.shipment}"))
        self.ln(8)
        self.set_font("helvetica", "", 10)
        environment = self._of.environment
        mark = "" if environment is Environment.PRODUCTION else f" - {environment.upper()}, not for patients"
        self.cell(0, 6, _latin(f"Study {self._of.study}{mark}"))
        self.ln(9)

    def footer(self) -> None:
        """What the paper is worth, and the page's number."""
        self.set_y(-14)
        self.set_font("helvetica", "", 8)
        self.set_text_color(*_QUIET)
        made = f"{self._of.made_at.astimezone(UTC):%d %b %Y %H:%M} UTC"
        self.cell(0, 4, f"Version {self._of.sequence}, made {made}. This paper alone books nothing.")
        self.set_x(self.l_margin)
        self.cell(0, 4, f"page {self.page_no()} of {{nb}}", align="R")

    def facts(self) -> None:
        """From, to, how it travels; the parcel's own code beside."""
        of, top = self._of, self.get_y()
        self._code(of.shipment, self.w - self.r_margin - _PARCEL_MM, top, _PARCEL_MM)
        self._fact("From", of.origin_name or of.origin or "")
        self._fact("To", ", ".join([f"{of.destination} {of.destination_name}", *of.ship_to]))
        self._fact("Keep at", ". ".join(w for w in (_STORAGE.get(of.storage, of.storage), of.handling) if w))
        self._fact("Dispatch", "" if of.dispatch_on is None else f"{of.dispatch_on:%d %b %Y}")
        self._fact("Expected", "" if of.expected_on is None else f"{of.expected_on:%d %b %Y}")
        self._fact("Waybill", of.waybill or "")
        self._fact("Temperature monitor", ", ".join(of.monitors))
        self._fact("Kits", str(len(of.kits)))
        self.set_y(max(self.get_y(), top + _PARCEL_MM) + 4)

    def kits(self) -> None:
        """Every kit by number."""
        self._heads(_COLUMNS)
        for kit in self._of.kits:
            if self.will_page_break(_ROW_MM):
                self.add_page()
                self._heads(_COLUMNS)
            self._kit(kit)

    def items(self) -> None:
        """What has no number: each lot with how many, and room to write how many came."""
        if not self._of.items:
            return
        self.ln(6)
        if self.will_page_break(_ROW_MM + 6):
            self.add_page()
        self._heads(_ITEM_COLUMNS)
        for item in self._of.items:
            if self.will_page_break(_ROW_MM):
                self.add_page()
                self._heads(_ITEM_COLUMNS)
            self._item(item)

    def signatures(self) -> None:
        """Two lines to sign on."""
        if self.will_page_break(24):
            self.add_page()
        self.ln(12)
        self.set_text_color(*_INK)
        self.set_font("helvetica", "", 9)
        for words in ("Packed by: name, date, signature", "Received by: name, date, signature"):
            self.cell(self.epw / 2, 6, words)
        self.ln(12)
        self.set_draw_color(*_LINE)
        half, top = self.epw / 2, self.get_y()
        for start in (self.l_margin, self.l_margin + half):
            self.line(start, top, start + half - 6, top)

    def _fact(self, name: str, words: str) -> None:
        if not words:
            return
        self.set_text_color(*_QUIET)
        self.set_font("helvetica", "", 9)
        self.cell(36, 5, name)
        self.set_text_color(*_INK)
        self.multi_cell(self.epw - 36 - _PARCEL_MM - 4, 5, _latin(words), new_x="LMARGIN", new_y="NEXT")

    def _heads(self, columns: tuple[tuple[str, float], ...]) -> None:
        self.set_text_color(*_INK)
        self.set_font("helvetica", "B", 9)
        for words, width in columns:
            self.cell(width, 6, words)
        self.ln(6)

    def _kit(self, kit: OrderedKit) -> None:
        left, top = self.l_margin, self.get_y()
        self.set_draw_color(*_LINE)
        self.line(left, top, left + self.epw, top)
        self._code(kit.number, left + 1, top + (_ROW_MM - _CODE_MM) / 2, _CODE_MM)
        self.set_xy(left + _COLUMNS[0][1], top)
        words = ((kit.number, "B"), (kit.lot, ""), (f"{kit.expiry:%d %b %Y}", ""))
        for (said, style), (_, width) in zip(words, _COLUMNS[1:4], strict=True):
            self.set_font("helvetica", style, 11)
            self.cell(width, _ROW_MM, _latin(said))
        edge = left + sum(width for _, width in _COLUMNS[:4])
        self.rect(edge + 4, top + _ROW_MM / 2 - 2.5, 5, 5)
        self.set_xy(left, top + _ROW_MM)

    def _item(self, item: ItemLine) -> None:
        left, top = self.l_margin, self.get_y()
        self.set_draw_color(*_LINE)
        self.line(left, top, left + self.epw, top)
        self.set_xy(left, top)
        words = ((item.code, "B"), (item.lot, ""), (f"{item.expiry:%d %b %Y}", ""), (str(item.quantity), "B"))
        for (said, style), (_, width) in zip(words, _ITEM_COLUMNS[:4], strict=True):
            self.set_font("helvetica", style, 11)
            self.cell(width, _ROW_MM, _latin(said))
        edge = left + sum(width for _, width in _ITEM_COLUMNS[:4])
        self.line(edge, top + _ROW_MM - 4, edge + 24, top + _ROW_MM - 4)
        self.set_xy(left, top + _ROW_MM)

    def _code(self, text: str, left: float, top: float, side: float) -> None:
        """A DataMatrix, drawn as dark bars."""
        drawn = data_matrix(text)
        module = side / drawn.width
        self.set_fill_color(0, 0, 0)
        for bar in drawn.bars:
            # A little over the edge, so that no light shows between two dark bars.
            width, height = (bar.width + _OVER) * module, (bar.height + _OVER) * module
            self.rect(left + bar.x * module, top + bar.y * module, width, height, style="F")


def _latin(words: str) -> str:
    return words.translate(_LETTERS).encode("latin-1", "replace").decode("latin-1")
