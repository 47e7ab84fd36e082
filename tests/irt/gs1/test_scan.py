"""Codes as scanners send them, whole and broken: what is read, and the reason of what is refused."""

import contextlib
from datetime import date

import biip
import pytest
from biip.gs1_messages import GS1Message
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.errors import Refusal
from irt.gs1.digital_link import link
from irt.gs1.elements import bracketed, raw
from irt.gs1.scan import fields_of, read_scan
from tests.irt.gs1.builders import GS, GTIN, GTINS, items

KIT = {"01": GTIN, "17": "270630", "10": "LOT-A1", "21": "K100234", "7240": "ABC-123-301"}


@pytest.mark.parametrize(
    "text",
    [
        f"(01){GTIN}(17)270630(10)LOT-A1(21)K100234(7240)ABC-123-301",
        f" (01) {GTIN} (17) 270630 (10) LOT-A1 (21) K100234 (7240) ABC-123-301\r\n",
        f"01{GTIN}1727063010LOT-A1{GS}21K100234{GS}7240ABC-123-301",
        f"01{GTIN}1727063010LOT-A1<GS>21K100234<GS>7240ABC-123-301",
        f"{GS}01{GTIN}{GS}17270630{GS}10LOT-A1{GS}21K100234{GS}7240ABC-123-301{GS}",
        *(
            f"{kind}01{GTIN}1727063010LOT-A1{GS}21K100234{GS}7240ABC-123-301"
            for kind in ("]d2", "]C1", "]Q3", "]e0")
        ),
        f"https://id.example.org/01/{GTIN}/10/LOT-A1/21/K100234?17=270630&7240=ABC-123-301",
        f"http://example.com/some/shop/01/{GTIN}/10/LOT-A1/21/K100234?lang=en&17=270630&7240=ABC%2D123-301#top",
        f"]Q1HTTPS://ID.EXAMPLE.ORG/01/{GTIN}/10/LOT-A1/21/K100234?17=270630&7240=ABC-123-301",
    ],
)
def test_every_form_says_the_same(text):
    """Raw with or without the kind of symbol, in brackets, as an address of any domain."""
    assert read_scan(text) == KIT


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("]C100106141412345678908", {"00": "106141412345678908"}),
        (f"01{GTIN}17270600", {"01": GTIN, "17": "270600"}),
        (f"01{GTIN}17280229", {"01": GTIN, "17": "280229"}),
        (f"(01){GTIN}(10)A\\(1\\(", {"01": GTIN, "10": "A(1("}),
        (f"(01){GTIN}(21)1(21)1", {"01": GTIN, "21": "1"}),
        ("]E04006381333931", {"01": "04006381333931"}),
        ("https://a.example/00/106141412345678908?3303=000195", {"00": "106141412345678908", "3303": "000195"}),
    ],
)
def test_other_fields(text, values):
    """A parcel; days that are 00; leap years; brackets within values; the same field twice with one value."""
    assert read_scan(text) == values


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "NothingScanned"),
        ("]d2", "NothingScanned"),
        ("]d2\x1d", "NothingScanned"),
        ("(01)09506000134353", "WrongValue"),
        ("(01)0950600013435", "WrongValue"),
        ("(01)095060001343521", "LostSeparator"),
        (f"(01){GTIN}(17)271330", "WrongValue"),
        (f"(01){GTIN}(17)270229", "WrongValue"),
        (f"(01){GTIN}(17)270001", "WrongValue"),
        (f"(01){GTIN}(17)2706", "WrongValue"),
        (f"(01){GTIN}(10)", "WrongValue"),
        (f"(01){GTIN}(10)LOT A", "SubstituteCharacter"),
        (f"(01){GTIN}(7240)É1", "SubstituteCharacter"),
        (f"(01){GTIN}(7240){'A' * 21}", "LostSeparator"),
        (f"01{GTIN}10LOT-A1^21K100234", "SubstituteCharacter"),
        (f"01{GTIN}10LOT-A121K1002347240ABC-123-301", "LostSeparator"),
        ("(21)K100234", "MissingCompanion"),
        ("(10)LOT", "MissingCompanion"),
        ("(17)270630", "MissingCompanion"),
        ("(7240)ABC", "MissingCompanion"),
        (f"(02){GTIN}", "MissingCompanion"),
        (f"(02){GTIN}(37)5", "MissingCompanion"),
        (f"(01){GTIN}(21)1(235)A", "ExcludedPair"),
        (f"(01){GTIN}(02){GTIN}(37)1", "ExcludedPair"),
        ("(8017)950600013435280001(8018)950600013435280001", "WrongValue"),
        (f"(01){GTIN}(21)1(21)2", "Contradiction"),
        (f"(01){GTIN}(89)1", "UnknownIdentifier"),
        (f"(01){GTIN}(ab)1", "WrongValue"),
        (f"01{GTIN}X1", "UnknownIdentifier"),
        ("KIT 7", "UnknownIdentifier"),
        ("]C0ABC", "NotGs1"),
        ("]E0123", "NotGs1"),
        ("(421)999A", "WrongValue"),
        (f"(01){GTIN}(422)999", "WrongValue"),
        ("https://example.org/", "NotALink"),
        ("https://example.org", "NotALink"),
        ("https://example.org/12345", "NotALink"),
        (f"https://example.org/01/{GTIN}/21/1/10/A", "NotALink"),
        (f"https://example.org/01/{GTIN}?10=A", "NotALink"),
        (f"https://example.org/01/{GTIN}?21=A", "NotALink"),
        (f"https://example.org/01/{GTIN}/21/", "NotALink"),
        (f"https://example.org/01/{GTIN}/21/%4", "NotALink"),
        (f"https://example.org/01/{GTIN}/21/A%20B", "SubstituteCharacter"),
        (f"https://example.org/01/{GTIN}/7240/ABC", "NotALink"),
        (f"https://example.org/01/{GTIN}?7240=A&7240=A", "Contradiction"),
        (f"https://example.org/01/{GTIN}?89=A", "UnknownIdentifier"),
        (f"https://example.org/01/{GTIN[:-1]}3", "WrongValue"),
    ],
)
def test_refusals(text, name):
    """Each broken code has its reason: signs, lengths, check digits, dates, pairings, addresses."""
    with pytest.raises(Refusal) as refused:
        read_scan(text)
    assert refused.value.name == name
    assert refused.value.sentence.endswith((".", "?"))


def test_a_substitute_that_is_named_is_a_separator():
    """As keyboards lose ASCII 29, scanners may send another sign."""
    assert read_scan(f"01{GTIN}10L1|21K1", substitutes=["^", "|"]) == {"01": GTIN, "10": "L1", "21": "K1"}


@settings(deadline=None)
@given(fields=items())
def test_round_trips(fields):
    """Raw to brackets to an address and back: the same fields and values."""
    values = {each.code: each.value for each in fields}
    again = fields_of(bracketed(fields_of("]d2" + raw(fields))))
    assert {each.code: each.value for each in again} == values
    assert {each.code: each.value for each in fields_of(link(again, "https://id.example.org/x/"))} == values


@settings(deadline=None)
@given(fields=items())
def test_biip_reads_the_same(fields):
    """A second parser takes the raw text apart in the same way."""
    message = GS1Message.parse(raw(fields), config=biip.ParseConfig(gs1_element_strings_verify_date=False))
    assert [(each.ai.ai, each.value) for each in message.element_strings] == [(e.code, e.value) for e in fields]


@given(text=st.text(max_size=80))
def test_nothing_but_a_refusal_comes_of_any_text(text):
    """Whatever is scanned, the answer is values or a reason."""
    with contextlib.suppress(Refusal):
        assert read_scan(text)


@given(gtin=GTINS, place=st.integers(0, 13), step=st.integers(1, 9))
def test_one_wrong_digit_is_always_found(gtin, place, step):
    """The check digit of an item number catches every single slip."""
    wrong = gtin[:place] + str((int(gtin[place]) + step) % 10) + gtin[place + 1 :]
    with pytest.raises(Refusal):
        read_scan(f"(01){wrong}")


@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_of_the_calendar_is_a_day(day):
    """And day 00 of its month."""
    assert read_scan(f"(01){GTIN}(17){day:%y%m%d}")["17"] == f"{day:%y%m%d}"
    assert read_scan(f"(01){GTIN}(17){day:%y%m}00")
