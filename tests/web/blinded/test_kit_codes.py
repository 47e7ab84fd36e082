"""The square code on a dispensing sheet: a scanner reads the kit number back."""

import re

import numpy as np
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from web.blinded.kit_codes import kit_code

_DOT_PIXELS = 4


def _picture(svg: str) -> np.ndarray:
    """The code as a scanner sees it."""
    box = re.search(r'viewBox="0 0 (\d+) \d+"', svg)
    assert box is not None
    side = int(box.group(1))
    light = np.full((side, side), 255, dtype=np.uint8)
    for written in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)", svg):
        column, row, width, height = map(int, written)
        light[row : row + height, column : column + width] = 0
    return np.kron(light, np.ones((_DOT_PIXELS, _DOT_PIXELS), dtype=np.uint8))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 99_999_999).map(lambda number: f"{number:05d}"))
def test_it_reads_back_as_the_number(number: str) -> None:
    """Whatever the number, leading zeros kept."""
    found = zxingcpp.read_barcode(_picture(kit_code(number)))
    assert found is not None
    assert found.text == number


def test_it_carries_no_style() -> None:
    """The strict policy would drop it."""
    svg = kit_code("482917")
    assert "style" not in svg
    assert "fill" not in svg
    assert 'aria-label="Code of kit 482917"' in svg
