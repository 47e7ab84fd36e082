"""Control variates from what is known of a trial before it is played."""

import numpy as np
from scipy.special import pdtr

from simulation.explore.inputs_known import KNOWN, controlled, known_of
from simulation.replication import replicate
from tests.simulation.worked import small_trial, worked


def test_requests_take_the_chance_out_of_what_is_given() -> None:
    """Misses of a season follow from what is asked for; their mean is that of Poisson requests beyond 40 kits."""
    season = worked("newsvendor")
    rows = [replicate(season, 1, index).measures for index in range(110)]
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    known = [known_of(season, 1, index).measures for index in range(1110)]
    told = controlled(columns, {name: np.array([each[name] for each in known]) for name in KNOWN})["missed"]
    true = 42 - sum(1 - pdtr(kits, 42) for kits in range(40))
    assert told.estimate.low < true < told.estimate.high
    assert told.variance_ratio > 2


def test_controls_are_those_of_the_inputs() -> None:
    """People and visits as they would come, whatever is supplied."""
    trial = small_trial()
    known = known_of(trial, 8, 0).measures
    played = replicate(trial, 8, 0).measures
    assert list(known) == list(KNOWN)
    assert known["people"] >= played["screened"]
    assert known["visits"] >= played["visits"]
    assert 2 < known["transit_days"] < 5
