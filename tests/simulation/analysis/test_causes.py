"""Every miss has one cause; and the trials worth looking at again."""

import numpy as np
import pytest

from simulation.analysis.causes import LEFT, decomposed, misses_by_cause, overage_by_cause, waterfall
from simulation.analysis.refusals import UnusableReplications
from simulation.analysis.worst import Worst, worst_of
from simulation.measures import CAUSES, MEASURES, WASTED

MISSED = {"kits elsewhere": [1, 0, 2], "none in the network": [0, 0, 3], "late first shipment": [0, 0, 0]}


def test_causes_add_up_to_the_whole() -> None:
    """Six misses of 60 visits, largest cause first, those by name that are alike."""
    parts = decomposed([1, 0, 5], MISSED, [10, 20, 30])
    assert [(part.cause, part.count, part.replications_with) for part in parts] == [
        ("kits elsewhere", 3.0, 2),
        ("none in the network", 3.0, 1),
        ("late first shipment", 0.0, 0),
    ]
    assert sum(part.share for part in parts) == pytest.approx(1.0)
    assert [part.rate.value for part in parts] == pytest.approx([0.05, 0.05, 0.0])


def test_a_waterfall_climbs_to_the_whole_rate() -> None:
    """Each column begins where the last one ended."""
    steps = waterfall(decomposed([1, 0, 5], MISSED, [10, 20, 30]))
    assert [step.begin for step in steps] == pytest.approx([0, 0.05, 0.1])
    assert [step.end for step in steps] == pytest.approx([0.05, 0.1, 0.1])


def test_nothing_missed_has_no_shares() -> None:
    """A trial without a miss: all parts are nought."""
    (part,) = decomposed([0, 0], {"any": [0, 0]}, [5, 5])
    assert (part.share, part.rate.value) == (0.0, 0.0)


def test_a_miss_without_a_cause_is_refused() -> None:
    """The first replication where parts do not add up is named, so that it can be replayed."""
    with pytest.raises(UnusableReplications, match="Replication 2 "):
        decomposed([1, 0, 6], MISSED, [10, 20, 30])


def test_the_worst_replications_can_be_run_again() -> None:
    """Largest first, the lower index first of equals, each with the run's seed."""
    assert worst_of([0, 7, 3, 7], seed=42, many=3) == (Worst(1, 42, 7.0), Worst(3, 42, 7.0), Worst(2, 42, 3.0))
    assert worst_of([5.0], seed=1, indexes=[900]) == (Worst(900, 1, 5.0),)
    with pytest.raises(UnusableReplications):
        worst_of([1, 2], seed=1, indexes=[0])


def test_misses_that_share_a_cause_keep_their_interval_by_replication() -> None:
    """Of the rate of a cause the replication is the unit, as everywhere."""
    draws = np.random.Generator(np.random.PCG64(1))
    missed, visits = draws.poisson(2.0, 400), np.full(400, 100)
    (part,) = decomposed(missed, {"any": missed}, visits)
    assert part.rate.low < 0.02 < part.rate.high
    assert part.rate.replications == 400


def _measures(**columns: list[int]) -> dict[str, list[int]]:
    return {name: [0, 0] for name in MEASURES} | columns


def test_measures_share_out_misses_and_kits() -> None:
    """Every cause of a miss, and everything that became of a kit that nobody got."""
    table = _measures(
        visits=[50, 50],
        missed=[3, 0],
        missed_by_road=[2, 0],
        missed_by_depot=[1, 0],
        kits_dispensed=[40, 60],
        wasted_lost=[0, 4],
        left_at_sites=[0, 6],
    )
    misses, overage = misses_by_cause(table), overage_by_cause(table)
    assert {part.cause for part in misses} == set(CAUSES)
    assert {part.cause for part in overage} == {*WASTED, *LEFT}
    assert (misses[0].cause, misses[0].rate.value) == ("missed_by_road", pytest.approx(0.02))
    assert (overage[0].cause, overage[0].share) == ("left_at_sites", pytest.approx(0.6))
    assert sum(part.rate.value for part in overage) == pytest.approx(0.1)
