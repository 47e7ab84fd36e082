"""Statistics of simulated trials beside their yardsticks: pairing, a sequential gate, rare stock-outs."""

import click
import numpy as np

from simulation.analysis.characteristics import characteristics
from simulation.analysis.paired import difference_of, ratio_difference
from simulation.analysis.sprt import Rates, fixed_size, sprt
from simulation.analysis.tilt import Demand, GammaPoissonDemand, PoissonDemand, stock_out, variance_ratio
from simulation.replication import replicate
from tests.bench.figures import Figure
from tests.bench.simulated_trial import simulated_trial

PAIRS = 60
"""Two trials each, two seconds of processor time a trial with the reference engine."""
PAIRED_MISSES, PAIRED_KITS, TILTED, SEQUENTIAL = 4.0, 7.0, 1000.0, 1.5


def simulation_statistics(pairs: int = PAIRS) -> list[Figure]:
    """All figures; those of pairs take minutes."""
    return [*rare_figures(), *sequential_figures(), *paired_figures(pairs)]


def rare_figures() -> list[Figure]:
    """Draws that tilting spares, beside the exact number."""
    laws: tuple[tuple[str, Demand, int], ...] = (
        ("Poisson", PoissonDemand(10.0), 26),
        ("Poisson-gamma", GammaPoissonDemand(5.0, 4.0), 24),
    )
    return [_stock_out(*law) for law in laws]


def _stock_out(name: str, demand: Demand, stock: int) -> Figure:
    told = stock_out(demand, stock, 10_000, np.random.Generator(np.random.PCG64(1)))
    times = told.variance_ratio or 0.0
    return Figure(
        f"Tilted draws for a rare stock-out, {name} demand",
        f"{times:,.0f} times fewer draws, chance {told.estimate.value:.3g}",
        f"exactly {variance_ratio(demand, stock):,.0f} times, chance {demand.above(stock):.3g}",
        f"at least {TILTED:,.0f} times",
        times >= TILTED,
    )


def sequential_figures() -> list[Figure]:
    """Replications that a sequential gate spares, exactly."""
    rates = Rates(0.005, 0.02)
    gate, (fixed, _) = sprt(rates, 3000), fixed_size(rates)
    used = {name: characteristics(gate, rate) for name, rate in (("good", rates.good), ("bad", rates.bad))}
    errors = f"errors {used['bad'].passes:.1%} and {used['good'].fails:.1%}, exactly"
    return [
        Figure(
            f"Wald's test of 0.5 % against 2 %, at the {name} rate",
            f"{told.expected_replications:.0f} replications in the mean",
            f"{fixed} at once",
            f"at least {SEQUENTIAL} times fewer",
            fixed / told.expected_replications >= SEQUENTIAL,
            (errors,),
        )
        for name, told in used.items()
    ]


def paired_figures(pairs: int) -> list[Figure]:
    """What common random numbers take from the variance of a difference."""
    lean, ample = (_played(minimum, maximum, pairs) for minimum, maximum in ((2, 5), (3, 6)))
    missed = ratio_difference(*((each["missed"], each["visits"]) for each in (lean, ample)))
    kits = difference_of(lean["kits_shipped"], ample["kits_shipped"])
    told = (
        (
            "misses per visit",
            missed,
            PAIRED_MISSES,
            [each["missed"].sum() / each["visits"].sum() for each in (lean, ample)],
        ),
        ("kits sent", kits, PAIRED_KITS, [each["kits_shipped"].mean() for each in (lean, ample)]),
    )
    return [
        Figure(
            f"Common random numbers, min/max (2, 5) and (3, 6), {name}",
            f"variance of the difference {compared.variance_ratio:.1f} times smaller",
            f"{values[0]:.4g} and {values[1]:.4g}, correlation {compared.correlation:.2f}",
            f"at least {aim:.0f} times",
            compared.variance_ratio >= aim,
        )
        for name, compared, aim, values in told
    ]


def _played(minimum: int, maximum: int, replications: int) -> dict[str, np.ndarray]:
    scenario, played = simulated_trial(minimum, maximum), []
    for index in range(replications):
        click.echo(f"\r{scenario.name}: {index + 1} of {replications}", nl=False, err=True)
        played.append(replicate(scenario, 1, index).measures)
    return {name: np.array([each[name] for each in played], dtype=np.float64) for name in played[0]}
