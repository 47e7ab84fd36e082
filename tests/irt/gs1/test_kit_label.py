"""Labels of kits: what the code says, that a second and a third library read it back, and what it never tells."""

import io
from dataclasses import replace
from datetime import date

import biip
import pytest
import zxingcpp
from biip.gs1_messages import GS1Message
from lxml import etree
from PIL import Image, ImageFilter

from irt.errors import Refusal
from irt.gs1.kit_code import read_kit
from irt.gs1.kit_label import KitLabel, code_of, lines_of, parcel_code, parcel_number
from irt.gs1.label_drawing import png_of, svg_of
from irt.gs1.scan import read_scan
from irt.gs1.symbols import NotDrawn, data_matrix, gs1_128
from tests.irt.gs1.builders import GTIN

PLAIN = KitLabel("482915", "ABC-123-301", lot="BL-07", expiry=date(2027, 6, 30))
FULL = replace(PLAIN, gtin=GTIN, lot_in_code=True, expiry_in_code=True)


def picture(label: KitLabel) -> Image.Image:
    """The label as printed."""
    return Image.open(io.BytesIO(png_of(data_matrix(code_of(label)), lines_of(label))))


def test_a_kit_without_an_item_number_carries_its_plain_number():
    """GS1 keys are optional: the kit number is the key."""
    assert code_of(PLAIN) == "482915"
    (read,) = zxingcpp.read_barcodes(picture(PLAIN))
    assert (read.text, read.symbology_identifier) == ("482915", "]d1")
    assert read_kit(read.symbology_identifier + read.text)["21"] == "482915"


def test_expiry_and_lot_are_off_the_code_unless_the_study_wants_them():
    """Relabelling changes a date, and a code that holds it would have to be printed again."""
    assert code_of(replace(PLAIN, gtin=GTIN)) == f"(01){GTIN}(21)482915(7240)ABC-123-301"
    assert code_of(replace(PLAIN, gtin=GTIN, protocol_in_code=False)) == f"(01){GTIN}(21)482915"
    assert code_of(FULL) == f"(01){GTIN}(17)270630(10)BL-07(21)482915(7240)ABC-123-301"


def test_the_words_beside_the_code():
    """Expiry is printed only where the study says so; a lot can be left away."""
    assert lines_of(PLAIN) == ("Kit 482915", "Protocol ABC-123-301", "Lot BL-07")
    assert lines_of(replace(PLAIN, expiry_printed=True))[-1] == "Use by 2027-06-30"
    assert lines_of(replace(PLAIN, lot_printed=False)) == ("Kit 482915", "Protocol ABC-123-301")


@pytest.mark.parametrize("angle", [0, 90, 180, 270, 17])
@pytest.mark.parametrize("blur", [0, 2])
@pytest.mark.parametrize("scale", [1, 0.5])
def test_printed_codes_are_read_back(angle: int, blur: int, scale: float):
    """By zxing from the picture, turned, blurred and small; by biip and by this house from what zxing read."""
    image = picture(FULL)
    image = image.resize((int(image.width * scale), int(image.height * scale)))
    image = image.rotate(angle, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(blur * scale))
    (read,) = zxingcpp.read_barcodes(image)
    assert read.symbology_identifier == "]d2"
    raw = read.bytes.decode()
    values = {"01": GTIN, "17": "270630", "10": "BL-07", "21": "482915", "7240": "ABC-123-301"}
    assert read_scan("]d2" + raw) == values
    theirs = GS1Message.parse(raw, config=biip.ParseConfig())
    assert {each.ai.ai: each.value for each in theirs.element_strings} == values


def test_a_parcel_has_its_number_as_gs1_128():
    """Extension digit, company prefix, the shipment's digits, check digit; read back from the picture."""
    sscc = parcel_number("9506000", "S-10001")
    assert sscc[:-1] == "09506000000010001"
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png_of(gs1_128(parcel_code(sscc)), ["one parcel"]))))
    assert (read.symbology_identifier, read.bytes.decode()) == ("]C1", "00" + sscc)
    assert biip.parse("]C1" + read.bytes.decode()).sscc is not None


def test_numbers_that_fit_no_parcel_number():
    """Too many digits, or none."""
    for shipment in ("S-1234567890123", "SHIPMENT"):
        with pytest.raises(Refusal, match="Nothing was printed"):
            parcel_number("9506000", shipment)


def test_what_breaks_a_rule_is_not_drawn():
    """Neither by this house's rules nor by zint's, which warns by default."""
    with pytest.raises(Refusal):
        code_of(replace(FULL, gtin="09506000134353"))
    with pytest.raises(Refusal):
        code_of(replace(FULL, protocol="A" * 21))
    with pytest.raises(NotDrawn):
        data_matrix("(01)09506000134353")


def test_the_svg_is_sound_and_its_words_are_text():
    """XML that another parser reads, letters that can be searched, no script."""
    tree = etree.fromstring(svg_of(data_matrix(code_of(FULL)), lines_of(replace(FULL, protocol="A<B"))))
    words = [each.text for each in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["Kit 482915", "Protocol A<B", "Lot BL-07"]
    assert tree.get("width", "").endswith("mm")


def test_the_same_label_is_the_same_picture():
    """Drawing brings nothing of its own into it."""
    assert png_of(data_matrix("482915"), ["x"]) == png_of(data_matrix("482915"), ["x"])
