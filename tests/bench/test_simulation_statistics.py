"""Those figures of the statistics' bench that are exact, or nearly."""

from tests.bench.simulated_trial import KIT_TYPES, SITES, simulated_trial
from tests.bench.simulation_statistics import rare_figures, sequential_figures


def test_tilted_draws_and_the_sequential_gate_reach_their_aims() -> None:
    """A thousand times fewer draws at 1 in 100,000; replications fewer by half."""
    figures = [*rare_figures(), *sequential_figures()]
    assert [figure.met for figure in figures] == [True] * 4


def test_the_trial_is_of_the_size_it_is_measured_at() -> None:
    """100 sites, and four kit types with levels of their own."""
    study = simulated_trial(2, 5).definition
    assert sum(study.sizes["full"].sites.values()) == SITES
    assert set(study.resupply.study) == set(KIT_TYPES)
