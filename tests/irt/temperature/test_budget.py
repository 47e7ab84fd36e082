"""The stability budget: hours by band over all legs, two loggers of one stay not counted twice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from irt.study.temperature import REFRIGERATED, Band
from irt.temperature.budget import Leg, hours_by_band, is_spent, spent
from tests.irt.temperature.builders import at, hourly, records

BANDS = (Band(low=8, high=15, hours_max=10), Band(low=15, high=25, hours_max=2))


def test_hours_off_the_label_by_band():
    """The label's own range is free; a limit between two bands counts in both."""
    assert hours_by_band(hourly(5, 8, 9, 15, 16, 26, 5), REFRIGERATED, BANDS) == (2, 2)


def test_legs_add_up_and_overlapping_records_do_not():
    """Two parcels and a fridge; the second logger of the first parcel read less."""
    legs = [
        Leg("shipment 1", at(0), at(10), (3.0, 0.0)),
        Leg("shipment 1", at(1), at(11), (2.0, 1.0)),
        Leg("shipment 1", at(50), at(60), (1.0, 0.0)),
        Leg("Fridge 2", at(20), at(40), (4.0, 0.5)),
    ]
    assert spent(legs, 2) == (8.0, 1.5)
    assert not is_spent((10.0, 2.0), BANDS)
    assert is_spent((10.01, 0.0), BANDS)


@given(records(), st.lists(st.tuples(st.integers(0, 50), st.floats(0, 9)), max_size=8))
@settings(deadline=None)
def test_a_further_leg_never_gives_hours_back(found, starts):
    """What is spent only grows."""
    legs = [Leg("shipment", at(start), at(start + 3), (hours, 0.0)) for start, hours in starts]
    more = [*legs, Leg("fridge", at(0), at(9), hours_by_band(found, REFRIGERATED, BANDS))]
    assert all(after >= before for before, after in zip(spent(legs, 2), spent(more, 2), strict=True))
