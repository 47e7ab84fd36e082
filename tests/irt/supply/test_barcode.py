"""What scanners send and people type: the kit number is found in every form of it, and in nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.supply.barcode import kit_number_in, misread, protocol_in

GS = "\x1d"
GTIN = "09506000134352"
NUMBERS = st.from_regex(r"[0-9]{4,12}", fullmatch=True)


@pytest.mark.parametrize(
    ("read", "number"),
    [
        ("12345", "12345"),
        (" 12 345 ", "12345"),
        ("(01)04012345678901(17)271231(10)L1(21)12345", "12345"),
        ("(21)12345(10)L1", "12345"),
        (f"]d20104012345678901172712311021{GS}2112345", "12345"),
        (f"]d201040123456789011727123110L1{GS}2112345", "12345"),
        (f"]d2010401234567890117271231211234567{GS}10L1", "1234567"),
        (f"]d2{GS}01040123456789012112345", "12345"),
        ("123", None),
        ("1234567890123", None),
        ("", None),
        ("   ", None),
        ("KIT 7", None),
        ("(01)04012345678901", None),
        ("(21)", None),
        ("]d20104012345678901", None),
        ("]d2010401234567890110L1", None),
        ("]d2010401234567890199X", None),
        ("https://example.org/12345", None),
    ],
)
def test_reads(read: str, number: str | None) -> None:
    """Typed, in brackets as printed, or raw from the symbol; whatever is none of these has no number."""
    assert kit_number_in(read) == number


@given(number=NUMBERS)
def test_a_plain_number_is_itself(number: str) -> None:
    """With blanks anywhere or none."""
    assert kit_number_in(number) == kit_number_in(" ".join(number)) == number


@given(
    number=NUMBERS,
    gtin=st.from_regex(r"[0-9]{14}", fullmatch=True),
    day=st.dates().map(lambda day: f"{day:%y%m%d}"),
    lot=st.from_regex(r"[A-Z0-9]{1,20}", fullmatch=True),
)
def test_the_serial_number_is_found_whatever_stands_before_it(number: str, gtin: str, day: str, lot: str) -> None:
    """Item, expiry and lot in front, as brackets or with the separator."""
    assert kit_number_in(f"(01){gtin}(17){day}(10){lot}(21){number}") == number
    assert kit_number_in(f"]d201{gtin}17{day}10{lot}{GS}21{number}") == number
    assert kit_number_in(f"]d201{gtin}21{number}{GS}10{lot}") == number


@given(read=st.text(max_size=200))
def test_nothing_breaks_it(read: str) -> None:
    """Any text has a number or none; it never fails, and blanks around it change nothing."""
    number = kit_number_in(read)
    assert number is None or number
    assert kit_number_in(f" {read} ") == number


@pytest.mark.parametrize(
    ("read", "title"),
    [
        (f"]d201{GTIN}10LOT-A12112345", "The scanner ran two data fields into one"),
        (f"]d201{GTIN}10LOT-A121123457240ABC-123-301", "The scanner ran two data fields into one"),
        (f"]d201{GTIN}21123457240ABC-1", "The scanner ran two data fields into one"),
        (f"]d201{GTIN}10LOT-A1^2112345", "The scanner sends ^ where the group separator belongs"),
        (f"(01){GTIN}(21)12345(7240)XYZ-9", "This kit is of study XYZ-9, not of ABC-1"),
    ],
)
def test_a_scan_that_went_wrong_says_how(read: str, title: str) -> None:
    """A lost or replaced separator, and another study's kit."""
    wrong = misread(read, "ABC-1")
    assert wrong is not None
    assert wrong.title == title


@pytest.mark.parametrize(
    "read",
    ["12345", "", "KIT 7", f"(01){GTIN}(21)12345(7240)ABC-1", f"]d201{GTIN}2112345", "https://example.org/12345"],
)
def test_what_is_a_kit_or_no_code_at_all_has_no_such_words(read: str) -> None:
    """The page then says what it knows of the number."""
    assert misread(read, "ABC-1") is None


def test_a_digital_link_names_a_kit() -> None:
    """Any domain; the study's number stands behind the question mark."""
    read = f"https://id.example.org/01/{GTIN}/21/12345?7240=ABC-1"
    assert (kit_number_in(read), protocol_in(read)) == ("12345", "ABC-1")
    assert protocol_in("12345") is None
