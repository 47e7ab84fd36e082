"""What is known of a site's activity agrees with a sum over every way it might have gone."""

from itertools import pairwise, product

import numpy as np
import pytest

from simulation.enrolment.history import History
from simulation.enrolment.posterior.activity import draw_activity, filtered_activity
from simulation.enrolment.posterior.evidence import evidence_of
from simulation.enrolment.posterior.state import State
from simulation.enrolment.prior import PRIOR

COUNTS = np.array([[2, 0, 1, 0, 0], [0, 1, 0, 0, 3], [0, 0, 0, 0, 1]])
STOPPING, RESUMING = 0.2, 0.3


def ways(site: int, empty: np.ndarray) -> dict[tuple[bool, ...], float]:
    """P of each way from the month of opening on, and of what was seen, but for months with subjects."""
    opened = int((COUNTS[site] > 0).argmax())
    found = {}
    for way in product((False, True), repeat=COUNTS.shape[1] - opened):
        weight = float(way[0]) * empty[site, opened] ** (COUNTS[site, opened] == 1)
        for month, (before, now) in enumerate(pairwise(way), start=opened + 1):
            leaves = STOPPING if before else RESUMING
            weight *= leaves if before != now else 1 - leaves
            seen = COUNTS[site, month] > 0
            weight *= (float(now) if seen else 1.0) * (empty[site, month] if now and not seen else 1.0)
        found[way] = weight
    return found


@pytest.mark.parametrize("site", [0, 1, 2])
def test_the_latest_month_agrees_with_every_way(site: int) -> None:
    """P(active now) is the share of the ways that end in activity."""
    history = History(24000, ("a", "b", "c"), ("X",) * 3, COUNTS)
    empty = np.random.default_rng(1).uniform(0.1, 0.9, COUNTS.shape)
    filtered = filtered_activity(empty, evidence_of(history, 20.0), STOPPING, RESUMING)
    found = ways(site, empty)
    active = sum(weight for way, weight in found.items() if way[-1])
    assert filtered[site, -1] == pytest.approx(active / sum(found.values()))


def test_ways_are_drawn_as_often_as_they_weigh() -> None:
    """Drawn whole, backwards: the first site has eight possible ways."""
    history = History(24000, ("a", "b", "c"), ("X",) * 3, COUNTS)
    evidence, chance = evidence_of(history, 20.0), np.random.default_rng(2)
    state = State.beginning(evidence)
    drawn: dict[tuple[bool, ...], int] = {}
    for _ in range(2000):
        state.stopping, state.resuming = STOPPING, RESUMING
        draw_activity(state, evidence, PRIOR, chance)
        way = tuple(bool(each) for each in state.active[0])
        drawn[way] = drawn.get(way, 0) + 1
    found = ways(0, np.exp(-state.rates(evidence) * state.emptiness))
    total = sum(found.values())
    for way, weight in found.items():
        assert drawn.get(way, 0) / 2000 == pytest.approx(weight / total, abs=0.04)
