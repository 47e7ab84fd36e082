"""The pro-forma invoice: neutral goods at one value, on a paper that can be kept for ever."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from irt.messages.invoice import Invoice, NoInvoice, invoice_of
from irt.messages.invoice_paper import invoice_paper_of
from irt.messages.papers import PAPERS
from irt.messages.shipment_story import Place, PlaceKind
from irt.states.records import Mode
from irt.study.customs import Customs
from tests.irt.messages.stories import AT, DEPOT, ITEMS, SITE, a_story

CUSTOMS = Customs.model_validate(
    {
        "currency": "EUR",
        "incoterm": "DAP",
        "consignor": ["Nordlys Biologics Øst", "2300 Leiden"],
        "commodities": [
            {
                "blinding_group": "PEN",
                "hs_code": "300490",
                "origin": "US",
                "value": "12.50",
                "net_grams": 40,
                "gross_grams": 90,
            },
            {
                "blinding_group": "VIAL",
                "words": "Test articles",
                "hs_code": "30049000",
                "origin": "DE",
                "value": 100,
                "net_grams": 10,
                "gross_grams": 30,
            },
        ],
    }
)
HOME = Place(PlaceKind.HOME, "home", "A subject's home", "", "UTC")


def an_invoice(**changes: object) -> Invoice:
    """Two pens and a vial from Leiden to London."""
    return invoice_of(a_story(**changes), {"VIAL": 1, "PEN": 2}, CUSTOMS, AT)


def text_of(paper: bytes) -> str:
    """The text of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)


def test_the_paper_says_what_customs_ask() -> None:
    """Both ends with letters beyond Latin-1, terms, goods, codes, origin, values, weights and their sums."""
    text = text_of(invoice_paper_of(an_invoice(ship_to=("Szpital Łódź", "ul. Źródłowa 1"), storage="2-8C")))
    for words in ("Pro-forma invoice S-10001", "Nordlys Biologics Øst", "Szpital Łódź", "ul. Źródłowa 1", "GB"):
        assert words in text
    for words in ("DAP GB", "EUR", "300490", "30049000", "12.50", "25.00", "125.00", "0.080", "0.210", "2 to 8 °C"):
        assert words in text
    assert "TEST, not for patients" in text
    assert an_invoice().total == Decimal("125.00")


def test_many_goods_take_many_pages_with_their_sum() -> None:
    """No line is lost, and long words stand on several lines."""
    line = replace(an_invoice().lines[0], words="Medicinal products for a clinical trial, " * 3)
    text = text_of(invoice_paper_of(replace(an_invoice(), lines=(line,) * 40)))
    assert text.count("12.50") == 40
    assert "1000.00" in text
    assert "Page 2" in text


def test_the_invoice_of_a_shipment_tells_no_arm_by_words_or_value() -> None:
    """One line and one value for kits that look alike: the numbers of kits and lots are on no invoice."""
    invoice = an_invoice(mode=Mode.PRODUCTION)
    assert [(line.words, line.pieces, line.value) for line in invoice.lines] == [
        ("Medicinal products for a clinical trial, no commercial value", 2, Decimal("12.50")),
        ("Test articles", 1, Decimal(100)),
    ]
    text = text_of(invoice_paper_of(invoice))
    assert not any(word in text for word in ("107342", "L1", "TEST", "placebo"))


def test_what_rides_along_without_numbers_is_told_by_item() -> None:
    """Bags of two lots stand on one line with their value and weight; without a value there is no invoice."""
    bags = {"item": "BAG", "words": "Infusion bags", "hs_code": "392690", "origin": "CN", "value": "1.25"}
    goods = {**CUSTOMS.model_dump(), "item_goods": [{**bags, "net_grams": 50, "gross_grams": 60}]}
    invoice = invoice_of(a_story(items=ITEMS), {"PEN": 2}, Customs.model_validate(goods), AT)
    assert [(line.words, line.pieces, line.total, line.gross_grams) for line in invoice.lines[1:]] == [
        ("Infusion bags", 20, Decimal("25.00"), 1200)
    ]
    assert invoice.total == Decimal("50.00")
    text = text_of(invoice_paper_of(invoice))
    assert all(words in text for words in ("Infusion bags", "392690", "1.25", "50.00", "1.200"))
    with pytest.raises(NoInvoice, match="BAG of this shipment has no value for customs"):
        invoice_of(a_story(items=ITEMS), {"PEN": 2}, CUSTOMS, AT)


def test_the_papers_of_depots_and_sites_tell_no_value() -> None:
    """Customs values and goods are on the broker's paper alone: none of the formats of the manifest has them."""
    for name, write in PAPERS.items():
        content = write(a_story(), AT)
        words = text_of(content) if name == "pdf" else content.decode()
        assert not any(value in words for value in ("12.50", "300490", "EUR")), name


def test_the_paper_is_pdf_a() -> None:
    """Sound for another reader: said to be PDF/A-3b, colours and fonts inside, nothing locked, the same bytes."""
    paper = invoice_paper_of(an_invoice())
    assert paper == invoice_paper_of(an_invoice())
    with pikepdf.open(BytesIO(paper)) as file:
        assert file.check_pdf_syntax() == []
        assert not file.is_encrypted
        with file.open_metadata() as told:
            assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("3", "B")
            assert told["dc:title"] == "Pro-forma invoice S-10001"
            assert told["xmp:ModifyDate"] == told["xmp:CreateDate"] == "2026-03-09T12:00:00+00:00"
        (intent,) = file.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        assert "/ID" in file.trailer
        fonts = [font for page in file.pages for font in page.Resources.Font.values()]
        assert fonts
        for font in fonts:
            (inner,) = font.DescendantFonts
            assert "/FontFile2" in inner.FontDescriptor
            assert "/ToUnicode" in font
            assert str(inner.FontDescriptor.FontName).index("+") == 7
        forbidden = {"/JavaScript", "/Launch", "/EmbeddedFiles", "/AA", "/LZWDecode"}
        assert not forbidden & {str(name) for each in file.objects for name in names_in(each)}


def names_in(each: object) -> set[str]:
    """The names in one object of a PDF, its keys among them."""
    if isinstance(each, pikepdf.Stream | pikepdf.Dictionary):
        return {str(part) for pair in each.items() for part in pair if isinstance(part, str | pikepdf.Name)}
    return set()


@pytest.mark.parametrize(
    "changes", [{"origin": None}, {"destination": HOME}, {"destination": replace(SITE, country="NL")}]
)
def test_a_parcel_that_crosses_no_border_has_no_invoice(changes: dict[str, object]) -> None:
    """Refused in words: no border, no depot, or a home."""
    with pytest.raises(NoInvoice, match="no invoice"):
        an_invoice(**changes)
    assert DEPOT.country == "NL"


def test_a_study_without_values_has_no_invoice() -> None:
    """Neither has a kind of kit without one."""
    with pytest.raises(NoInvoice, match="sets no values"):
        invoice_of(a_story(), {"PEN": 1}, None, AT)
    with pytest.raises(NoInvoice, match="no value for customs"):
        invoice_of(a_story(), {"SYRINGE": 1}, CUSTOMS, AT)
