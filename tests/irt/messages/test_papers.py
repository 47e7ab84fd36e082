"""The packing list and the despatch advice, read by programs that are not ours."""

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy
import pytest
import zxingcpp
from pydifact.segmentcollection import Interchange
from pypdf import PdfReader

from irt.errors import IntegrityFault
from irt.messages.desadv import check_counts, desadv_of
from irt.messages.manifest import manifest_of
from irt.messages.packing_list import packing_list_of
from irt.messages.shipment_story import StoryKit
from irt.states.records import Mode
from tests.irt.messages.stories import AT, ITEMS, NUMBERS, a_story

MANIFEST = manifest_of(a_story(), AT)


def text_of(paper: bytes) -> str:
    """The text of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)


def test_the_packing_list_can_be_read_as_text() -> None:
    """Each kit with lot and expiry, from and to, how it travels, and that it is a test."""
    text = text_of(packing_list_of(MANIFEST))
    for words in ("S-10001", *NUMBERS, "L1", "31 Dec 2027", "Depot Leiden", "1 High Street", "TM-77201456"):
        assert words in text
    assert "TEST, not for patients" in text
    assert "This paper alone books nothing" in text
    assert [text.index(number) for number in NUMBERS] == sorted(text.index(number) for number in NUMBERS)


def test_the_same_manifest_gives_the_same_paper() -> None:
    """So that two papers can be compared by their hash; in production nothing says test."""
    assert packing_list_of(MANIFEST) == packing_list_of(manifest_of(a_story(), AT))
    assert "TEST" not in text_of(packing_list_of(manifest_of(a_story(mode=Mode.PRODUCTION), AT)))


def test_many_kits_take_many_pages_and_none_is_lost() -> None:
    """Two hundred kits, each with its own row."""
    kits = tuple(StoryKit(str(100_000 + n), "L1", a_story().kits[0].expiry) for n in range(200))
    paper = packing_list_of(manifest_of(a_story(kits=kits), AT))
    reader = PdfReader(BytesIO(paper))
    assert len(reader.pages) > 5
    text = text_of(paper)
    assert all(kit.number in text for kit in kits)


def test_the_codes_on_paper_scan() -> None:
    """Another reader finds the parcel's and every kit's number in the dark bars of the page."""
    (page,) = PdfReader(BytesIO(packing_list_of(MANIFEST))).pages
    picture = drawn_bars(page.get_contents().get_data().decode("latin-1"))
    found = {code.text for code in zxingcpp.read_barcodes(picture, zxingcpp.BarcodeFormat.DataMatrix)}
    assert found == {"S-10001", *NUMBERS}


def drawn_bars(content: str) -> numpy.ndarray[Any, Any]:
    """The filled rectangles of a page of A4 as dots, eight to a millimetre."""
    picture = numpy.full((297 * 8, 210 * 8), 255, dtype=numpy.uint8)
    dots = 8 * 25.4 / 72
    for written in re.findall(r"([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) re f\b", content):
        left, top, width, height = (float(each) * dots for each in written)
        down = 297 * 8 - top
        picture[round(down) : round(down - height), round(left) : round(left + width)] = 0
    return picture


def test_the_packing_list_tells_what_has_no_number() -> None:
    """Each lot with its date and how many, below the kits; without items there is no such table."""
    text = text_of(packing_list_of(manifest_of(a_story(items=ITEMS), AT)))
    for words in ("Quantity", "BAG", "B:1", "30 Sep 2026", "12", "B-2", "31 Jan 2028", "8"):
        assert re.search(rf"\b{re.escape(words)}\b", text)
    assert text.index(NUMBERS[-1]) < text.index("B-2") < text.index("B:1")
    assert "Quantity" not in text_of(packing_list_of(MANIFEST))
    many = tuple(replace(ITEMS[0], lot=f"L-{n:03}") for n in range(60))
    reader = PdfReader(BytesIO(packing_list_of(manifest_of(a_story(items=many), AT))))
    pages = [page.extract_text() for page in reader.pages]
    assert all(any(item.lot in page for page in pages) for item in many)
    assert all("Quantity" in page for page in pages if "L-0" in page)


@pytest.mark.filterwarnings("ignore:segments.xml not found")
def test_the_despatch_advice_counts_what_has_no_number() -> None:
    """A line for each lot after the kits, with how many; the message's own counts hold, as another parser reads."""
    (message,) = Interchange.from_str(desadv_of(manifest_of(a_story(items=ITEMS), AT)).decode()).get_messages()
    segments = list(message.segments)
    found = [[segment.tag, *segment.elements] for segment in segments if segment.tag in ("LIN", "QTY", "CNT")]
    kits, items = found[:6], found[6:]
    assert [each[1:] for each in kits if each[0] == "QTY"] == [[["12", "1"]]] * 3
    assert items == [
        ["LIN", "4", "", ["BAG", "SA"]],
        ["QTY", ["12", "8"]],
        ["LIN", "5", "", ["BAG", "SA"]],
        ["QTY", ["12", "12"]],
        ["CNT", ["2", "5"]],
    ]
    assert [s.elements[1] for s in segments if s.tag == "GIN" and s.elements[0] == "BX"][3:] == ["B-2", "B:1"]


@pytest.mark.filterwarnings("ignore:segments.xml not found")
def test_the_despatch_advice_is_parsed_by_another_library() -> None:
    """Kits by number, lots and expiry, released signs restored, and its own counts right."""
    parsed = Interchange.from_str(desadv_of(MANIFEST).decode())
    (message,) = parsed.get_messages()
    segments = list(message.segments)
    assert message.type == "DESADV"
    kits = [segment.elements[2][0] for segment in segments if segment.tag == "LIN"]
    assert kits == list(NUMBERS)
    assert [s.elements for s in segments if s.tag == "CNT"] == [[["2", "3"]]]
    lots = [segment.elements[1] for segment in segments if segment.tag == "GIN" and segment.elements[0] == "BX"]
    assert lots == ["L1", "L2", "L1"]
    (party,) = [segment for segment in segments if segment.tag == "NAD" and segment.elements[0] == "ST"]
    assert party.elements[2][0] == "Łódź & Sons 'A+B?'"


def test_a_wrong_count_does_not_leave() -> None:
    """Neither of segments nor of lines."""
    right = desadv_of(MANIFEST).decode().replace("'\n", "\n").splitlines()[1:]
    check_counts(right)
    for told, other in (("CNT+2:3", "CNT+2:4"), (right[-2], "UNT+7+1")):
        with pytest.raises(IntegrityFault):
            check_counts([other if segment == told else segment for segment in right])
