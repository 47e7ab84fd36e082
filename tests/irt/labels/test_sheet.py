"""Labels on paper: read back by a second library, the same bytes each time, no letter lost."""

import io
from datetime import UTC, datetime

import pypdf
import pytest
import zxingcpp
from lxml import etree
from PIL import Image

from irt.errors import Refusal
from irt.gs1.kit_code import read_kit
from irt.labels.label import LINE_LETTERS_MAX, Label, label_of, png_label, svg_label
from irt.labels.letters import LettersLacking
from irt.labels.proof import proof_of
from irt.labels.sheet import A_PAGE, sheet_of
from irt.study.blinded import blinded_study
from tests.builders_supply import the_lipid_study
from tests.irt.labels.builders import a_text

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def some(count: int) -> list[Label]:
    """Labels of so many kits."""
    return [
        label_of(str(48213370 + n), [f"Kit no. {48213370 + n}", "Für klinische Prüfung – 2 °C"])
        for n in range(count)
    ]


def test_eight_labels_a_page() -> None:
    """In their order, every number once; with umlauts and dashes."""
    pages = pypdf.PdfReader(io.BytesIO(sheet_of(some(A_PAGE + 1), "Labels", AT))).pages
    words = [page.extract_text() for page in pages]
    assert [text.count("Kit no.") for text in words] == [A_PAGE, 1]
    assert "48213378" in words[1]
    assert "Für klinische Prüfung – 2 °C" in words[0]


def test_the_same_labels_are_the_same_bytes() -> None:
    """At the same time; another time is told in the file alone."""
    assert sheet_of(some(2), "Labels", AT) == sheet_of(some(2), "Labels", AT)


def test_a_rehearsals_label_says_so_on_itself() -> None:
    """Across every label of the sheet, so that none goes onto a patient's kit."""
    printed = pypdf.PdfReader(io.BytesIO(sheet_of(some(2), "Labels", AT, "TRAINING"))).pages[0].extract_text()
    assert printed.count("TRAINING") == 2


def test_no_letter_becomes_a_question_mark() -> None:
    """Polish, Greek and Cyrillic are printed; what the letters lack is refused by name, and SVG writes it."""
    abroad = label_of("48213377", ["Przechowywać w lodówce", "Μόνο για κλινική δοκιμή", "Только для исследования"])
    words = pypdf.PdfReader(io.BytesIO(sheet_of([abroad], "Labels", AT))).pages[0].extract_text()
    assert all(line in words for line in abroad.lines)
    assert png_label(abroad)
    japanese = label_of("48213377", ["治験用"])
    for printed in (lambda: sheet_of([japanese], "Labels", AT), lambda: png_label(japanese)):
        with pytest.raises(LettersLacking, match="治 用 験"):
            printed()
    assert "治験用" in svg_label(japanese).decode()


def test_long_lines_are_broken() -> None:
    """At words."""
    (first, second) = label_of("1", ["word " * 20]).lines
    assert len(first) <= LINE_LETTERS_MAX
    assert (first.split() + second.split()) == ["word"] * 20


def test_a_proof_says_that_it_is_one_and_scans_as_no_kit() -> None:
    """SPECIMEN in the code, in the words and across the label."""
    proof = proof_of(a_text(storage="Store at 2 to 8 C"), blinded_study(the_lipid_study()), "PEN")
    tree = etree.fromstring(svg_label(proof))
    words = [each.text for each in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert words[-1] == "SPECIMEN"
    assert "Kit no. SPECIMEN" in words
    assert "Use by 12/2099" in words
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png_label(proof))))
    assert "SPECIMEN" in read.text
    with pytest.raises(Refusal):
        read_kit(read.symbology_identifier + read.text)
    assert "SPECIMEN" in pypdf.PdfReader(io.BytesIO(sheet_of([proof], "Proof", AT))).pages[0].extract_text()
