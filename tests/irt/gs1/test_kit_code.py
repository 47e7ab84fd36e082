"""What a kit's code must say besides being sound: its number, its study, and nothing run together."""

import pytest

from irt.errors import Refusal
from irt.gs1.kit_code import read_kit
from tests.irt.gs1.builders import GS, GTIN


@pytest.mark.parametrize(
    ("text", "serial"),
    [
        (f"(01){GTIN}(21)K100234(7240)ABC-301", "K100234"),
        (f"(01){GTIN}(21)100234", "100234"),
        ("100234", "100234"),
        (" 100 234 ", "100234"),
        ("]d1100234", "100234"),
        (f"]d201{GTIN}211724055", "1724055"),
        (f"]d201{GTIN}10L21A{GS}21100234", "100234"),
        (f"https://example.org/01/{GTIN}/21/100234?7240=ABC-301", "100234"),
    ],
)
def test_kits(text, serial):
    """From a serial number in any form, or a bare number as on a kit without GS1 keys."""
    assert read_kit(text, "ABC-301")["21"] == serial


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"(01){GTIN}", "NotAKit"),
        (f"(01){GTIN}(10)LOT-A1(17)270630", "NotAKit"),
        ("(00)106141412345678908", "NotAKit"),
        (f"01{GTIN}10LOT-A121K100234", "LostSeparator"),
        (f"01{GTIN}211002347240ABC-301", "LostSeparator"),
        (f"01{GTIN}2110023410LOT-A1", "LostSeparator"),
        (f"01{GTIN}21K1{GS}10L7240ABC-301", "LostSeparator"),
        (f"(01){GTIN}(21)K100234(7240)ABC-302", "WrongStudy"),
        (f"(01){GTIN}(21)K100234(7240)abc-301", "WrongStudy"),
        ("123", "WrongValue"),
        ("(21)K100234", "MissingCompanion"),
    ],
)
def test_refusals(text, name):
    """No number, two fields in one, another study; the words say what to do."""
    with pytest.raises(Refusal) as refused:
        read_kit(text, "ABC-301")
    assert refused.value.name == name


def test_another_study_is_named_in_words():
    """The refusal says which study the kit is of, and nothing of what is in it."""
    with pytest.raises(Refusal, match="This kit is of study XYZ-9, not of ABC-301"):
        read_kit(f"(01){GTIN}(21)100234(7240)XYZ-9", "ABC-301")


def test_without_a_protocol_number_any_study_is_taken():
    """Where it is not said which study is expected."""
    assert read_kit(f"(01){GTIN}(21)100234(7240)XYZ-9")["7240"] == "XYZ-9"
