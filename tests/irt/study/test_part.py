"""Exact numbers: 0.8 is four fifths, and nothing else gets in."""

from fractions import Fraction

import pytest
from pydantic import TypeAdapter, ValidationError

from irt.study.part import Ratio

RATIO: TypeAdapter[Fraction] = TypeAdapter(Ratio)


@pytest.mark.parametrize("written", [0.8, "0.8", "4/5", "8/10", Fraction(4, 5)])
def test_a_ratio_is_exact(written):
    """A float, its text and a fraction are the same number."""
    assert RATIO.validate_python(written) == Fraction(4, 5)


@pytest.mark.parametrize("written", ["1e999999999", "1/0", "nan", "", "-1", True, None, [1], "1/2/3", "0x1"])
def test_what_is_no_ratio_is_refused_at_once(written):
    """Huge exponents, division by zero and words are refused before they are computed."""
    with pytest.raises(ValidationError):
        RATIO.validate_python(written)
