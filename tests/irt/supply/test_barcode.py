"""What scanners send and people type: the kit number is found in every form of it, and in nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.supply.barcode import kit_number_in

GS = "\x1d"
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
