"""Figures of reports, held against answers that are known beforehand."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.analysis.boundaries import Verdict
from simulation.analysis.frontier import frontier
from simulation.analysis.limits import Figure
from simulation.gate.agreement import AgreedLimit, Agreement
from simulation.measures import CAUSES, MEASURES
from simulation.report.axes import axes_of
from simulation.report.bands import enrolment_band, site_band
from simulation.report.course import COURSE
from simulation.report.courses import Courses
from simulation.report.risk import causes_by_period, risk_by_period, risk_by_site
from simulation.report.spread import spread_of
from simulation.report.tornado import UnreadableTornado, read_tornado
from simulation.report.traces import traces
from simulation.report.words import WORDS, limit_words
from tests.simulation.worked import small_trial


def courses(replications: int = 40) -> Courses:
    """At site 0 nothing happens, at 1 visits of period 3 are missed by the depot; replication i enrols i a week."""
    axes = axes_of(small_trial())
    shapes = {"site": len(axes.sites), "visit": len(axes.visit_names), "period": axes.periods}
    shapes["site, period"] = len(axes.sites) * axes.periods
    columns = {
        name: np.zeros((replications, shapes[words[1 : words.index("]")]]), np.int64)
        for name, words in COURSE.items()
    }
    columns["randomized"][:] = np.arange(replications)[:, None]
    columns["visits"][:, 3] = columns["site_visits"][:, 1] = 10
    columns["missed_by_depot"][:, 3] = columns["site_missed"][:, 1] = 2
    columns["site_stock"][:, axes.periods] = np.arange(replications)
    return Courses(axes, columns)


def test_bands_are_quantiles_over_trials() -> None:
    """Of what was reached so far, and of the stock of the one site."""
    told = courses()
    fan = enrolment_band(told)
    assert fan.at(0.5)[:3] == [19, 38, 57]
    assert site_band(told, told.axes.sites[1]).at(0.95)[:2] == [37, 0]


def test_risk_is_told_where_there_are_visits() -> None:
    """The worst site first; a place without visits has no rate."""
    worst, other, *_ = risk_by_site(courses())
    assert (worst.name, worst.due, worst.missed) == (courses().axes.sites[1], 400, 80)
    assert worst.rate is not None
    assert (worst.rate.low, worst.rate.value) == (pytest.approx(0.2), 0.2)
    assert other.rate is None
    assert [risk.rate is None for risk in risk_by_period(courses())[2:5]] == [True, False, True]
    assert list(causes_by_period(courses())) == ["missed_by_depot"]


@given(st.lists(st.integers(-50, 5_000_000), min_size=1, max_size=60))
def test_every_trial_is_in_one_bar(values: list[int]) -> None:
    """Whatever is measured: about twenty bars of a round width."""
    spread = spread_of("missed", values)
    assert sum(spread.counts) == len(values)
    assert len(spread.counts) <= 44
    assert spread.edges[0] <= min(values) <= max(values) < spread.edges[-1]


def test_a_run_that_another_beats_in_both_is_not_efficient() -> None:
    """Points by cost; one without visits is left out."""

    def run(cost: int, missed: int, visits: int = 100) -> dict[str, np.ndarray]:
        return {name: np.full(30, {"cost_total": cost, "missed": missed}.get(name, visits)) for name in MEASURES}

    points = frontier({"dear": run(9, 1), "cheap": run(5, 4), "worse": run(9, 4), "none": run(1, 0, 0)})
    assert [(point.name, point.efficient) for point in points] == [
        ("cheap", True),
        ("dear", True),
        ("worse", False),
    ]


def test_traces_end_with_the_verdict_of_the_gate() -> None:
    """As many looks as were reached, each with the interval of its look, narrower at the last than at the first."""
    limits = (AgreedLimit(name="misses", figure=Figure.MEAN, measure="missed", below=5),)
    agreement = Agreement(name="g", scenarios=("s",), limits=limits, looks=(100, 200, 400))
    values = np.random.Generator(np.random.PCG64(3)).poisson(4.4, 250)
    (trace,) = traces(agreement, {"missed": values})
    assert [look for look, _ in trace.looks] == [100, 200]
    first, last = (judged.estimate for _, judged in trace.looks)
    assert first.high - first.low > last.high - last.low
    assert trace.looks[0][1].verdict is Verdict.INCONCLUSIVE


def test_words_are_of_measures_that_there_are() -> None:
    """Every cause has its own, and a limit is told with its unit."""
    assert {name for name in WORDS if not name.startswith("kits_")} <= set(MEASURES)
    assert len({WORDS[cause] for cause in CAUSES}) == len(CAUSES)
    per = AgreedLimit(name="m", figure=Figure.PER, measure="missed", per="visits", below=0.1)
    share = AgreedLimit(name="c", figure=Figure.QUANTILE, measure="cost_total", share=0.95, below=1)
    assert limit_words(per.limit(0.95)) == "visits missed per visit"
    assert limit_words(share.limit(0.95)) == "cost, in 95 % of trials at most"


def test_a_tornado_is_read_as_it_was_written(tmp_path: Path) -> None:
    """And another method's answer is refused."""
    figure = {"value": 1.0, "low": None, "high": 2.0, "confidence": 0.95, "replications": 9, "method": "delta"}
    told = {
        "format": "irt-simulation-sensitivity/1",
        "scenario": "s",
        "looked_at": {"measure": "missed", "per": "visits"},
        "base": figure,
        "bars": [{"name": "rate", "low": figure, "high": figure}],
        "inputs": [{"key": "enrolment.rate", "name": "rate", "low": 1, "high": 2}],
    }
    file = tmp_path / "sensitivity.json"
    file.write_text(json.dumps(told))
    tornado = read_tornado(file)
    assert (tornado.base.low, tornado.base.high, tornado.ends) == (-np.inf, 2.0, {"rate": (1, 2)})
    file.write_text(json.dumps({"format": told["format"], "effects": []}))
    with pytest.raises(UnreadableTornado):
        read_tornado(file)
