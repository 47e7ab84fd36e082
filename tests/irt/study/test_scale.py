"""A study made smaller or larger in proportion."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.study.network import Size
from irt.study.scale import scaled
from tests.builders_supply import the_study


def test_a_tenth_of_the_largest_fixture() -> None:
    """27,564 subjects at 1,242 sites of 49 countries become 2,756 at 124; lots shrink alike."""
    full = the_study("fourier").sizes["full"]
    tenth = scaled(full, Fraction("0.1"))
    assert (tenth.planned_subjects, sum(tenth.sites.values())) == (2756, 124)
    assert tenth.lots[0].kits == 7500
    assert tenth.sites["US"] == 22


@given(
    sites=st.dictionaries(st.sampled_from(["GB", "DE", "FR", "IT"]), st.integers(1, 50), min_size=1),
    scale=st.fractions(min_value=Fraction(1, 10), max_value=3),
)
def test_no_country_is_off_by_a_whole_site(sites: dict[str, int], scale: Fraction) -> None:
    """The total is the scaled total, and every country has its quota rounded up or down."""
    made = scaled(Size(planned_subjects=10, sites=sites), scale)
    total = max(1, round(sum(sites.values()) * scale))
    assert sum(made.sites.values()) == total
    for country, count in sites.items():
        assert abs(made.sites[country] - Fraction(count * total, sum(sites.values()))) < 1


@pytest.mark.parametrize("name", ["ist", "activ6", "escalation", "fourier"])
def test_a_study_times_one_is_itself(name: str) -> None:
    """Nothing is lost on the way."""
    for size in the_study(name).sizes.values():
        assert scaled(size, Fraction(1)) == size
