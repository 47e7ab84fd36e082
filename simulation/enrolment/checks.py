"""Whether the model could have made the data it has learned from: posterior predictive checks."""

from dataclasses import dataclass

import numpy as np

from simulation.enrolment.forecast import stream
from simulation.enrolment.history import Counts, History
from simulation.enrolment.posterior.evidence import Evidence, evidence_of
from simulation.enrolment.posterior.fit import EFFORT, Effort, Posterior, fit
from simulation.enrolment.prior import PRIOR
from simulation.enrolment.special import Floats

CHECK_STREAM = 3
SILENT_MONTHS = 3
AUTOCORRELATION_FROM = 4
"""Fewer months tell nothing of it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One figure of the data, and the share of replicated data in which it is smaller, equal ones counted half."""

    figure: str
    observed: float
    replicated_middle: float
    smaller: float


def check_model(history: History, seed: int, effort: Effort = EFFORT) -> list[Check]:
    """New data for the same sites from every draw; extreme shares tell where the model misses."""
    evidence = evidence_of(history, PRIOR.early_sites)
    chance = np.random.Generator(np.random.PCG64DXSM(stream(seed, CHECK_STREAM)))
    posterior = fit(history, stream(seed, 0), effort=effort)
    replicated = [figures(each, evidence) for each in _replicated(posterior, evidence, chance)]
    observed = figures(_after_first(history), evidence)
    return [_check(name, value, np.array([each[name] for each in replicated])) for name, value in observed.items()]


def figures(counts: Counts, evidence: Evidence) -> dict[str, float]:
    """What is looked at: subjects after each site's first, by site and month."""
    enrolled = counts.sum(axis=1)
    totals = counts.sum(axis=0).astype(float)
    return {
        "variance of sites": float(enrolled.var()),
        "sites with one subject": float((enrolled == 0).sum()),
        "largest site": float(enrolled.max()),
        "silent months": float(((counts == 0) & evidence.open).sum()),
        "sites silent at the end": float((counts[:, -SILENT_MONTHS:].sum(axis=1) == 0).sum()),
        "autocorrelation of months": _autocorrelation(np.diff(np.log(totals + 1))),
    }


def _replicated(posterior: Posterior, evidence: Evidence, chance: np.random.Generator) -> list[Counts]:
    return [_one(posterior, draw, evidence, chance) for draw in range(posterior.draws)]


def _one(posterior: Posterior, draw: int, evidence: Evidence, chance: np.random.Generator) -> Counts:
    """Data of sites with new rates of the same law, opened when ours were, in months with the levels drawn."""
    known = {name: float(values[draw]) for name, values in posterior.scalar.items()}
    effect = posterior.country[draw][evidence.country] - known["fading"] * evidence.running
    rate = known["mean"] * np.exp(effect) * chance.gamma(known["shape"], size=evidence.sites) / known["shape"]
    months = np.exp(posterior.level[draw] + posterior.holiday[draw] @ evidence.holidays)
    expected = rate[:, None] * months * np.exp(-known["tiring"] * evidence.slowing) * evidence.exposure
    expected *= _activity(known["stopping"], known["resuming"], evidence, chance)
    shape = np.maximum(expected, 1e-12) / known["spread"]
    return np.asarray(chance.poisson(chance.gamma(shape) * known["spread"]))


def _activity(stopping: float, resuming: float, evidence: Evidence, chance: np.random.Generator) -> Counts:
    active = np.ones((evidence.sites, evidence.months), dtype=np.int64)
    for month in range(1, evidence.months):
        luck = chance.random(evidence.sites)
        goes_on = np.where(active[:, month - 1] == 1, luck >= stopping, luck < resuming)
        active[:, month] = goes_on | (evidence.age[:, month] == 0)
    return active


def _after_first(history: History) -> Counts:
    counts = history.counts.copy()
    counts[np.arange(len(history.sites)), history.opened] -= 1
    return counts


def _autocorrelation(values: Floats) -> float:
    if len(values) < AUTOCORRELATION_FROM or not values.std():
        return 0.0
    away = values - values.mean()
    return float((away[1:] * away[:-1]).sum() / (away**2).sum())


def _check(name: str, observed: float, replicated: Floats) -> Check:
    smaller = (replicated < observed).mean() + (replicated == observed).mean() / 2
    return Check(name, round(observed, 4), round(float(np.median(replicated)), 4), round(float(smaller), 4))
