"""What a table of replications tells, and that its page tells of every column."""

import re
from pathlib import Path

import numpy as np

from simulation.analysis.ratio import ratio_of
from simulation.measures import MEASURES
from simulation.run.summary import summary_of

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "simulation-results.md"


def test_the_page_tells_of_every_column() -> None:
    """Each with its meaning, in order, and no other."""
    columns = PAGE.read_text().split("## Columns")[1].split("## Days")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", columns, re.MULTILINE)
    assert rows[0][0] == "index"
    assert dict(rows[1:]) == MEASURES
    assert [name for name, _ in rows[1:]] == list(MEASURES)


def test_a_trial_without_visits_has_no_ratio() -> None:
    """Nobody came: the ratios are null, the counts are not."""
    told = summary_of({name: np.zeros(5) for name in MEASURES}, seed=1)
    assert told["missed_per_visit"] is None
    assert told["missed_by_cause"] == []
    assert told["any_missed"]["value"] == 0
    assert told["measures"]["visits"] == {"mean": told["measures"]["missed"]["mean"], "p05": 0, "p50": 0, "p95": 0}


def test_kits_made_are_held_against_kits_given() -> None:
    """Sum over sum, not the mean of ratios."""
    measures = {name: np.zeros(3) for name in MEASURES}
    measures |= {"kits_made": np.array([10, 20, 30]), "kits_dispensed": np.array([5, 15, 20])}
    told = summary_of(measures, seed=1)["kits_made_per_dispensed"]
    assert told == ratio_of(measures["kits_made"], measures["kits_dispensed"]).record()
    assert told["value"] == 60 / 40
