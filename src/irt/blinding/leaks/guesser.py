"""A guesser that learns on some sites and is judged on others: a logistic model of the columns that stand out."""

import numpy as np

from irt.blinding.leaks.rank_test import Flags, Floats, Marks

FOLDS = 5
STANDS_OUT = 2.0
"""Standard errors from chance at which a column is taken into the model."""
COLUMNS_MAX = 40
PENALTY = 2.0
STEPS = 12


def folds_of(strata: Marks, seed: int) -> Marks:
    """A fold for each unit; units of one stratum stay together, unless there are fewer strata than folds."""
    rng = np.random.default_rng(seed)
    if len(np.unique(strata)) < FOLDS:
        return rng.permutation(np.arange(len(strata)) % FOLDS)
    sizes = np.bincount(strata)
    # Mixed, then the largest first, each to the fold that is least filled.
    order = sorted(rng.permutation(len(sizes)), key=lambda stratum: -int(sizes[stratum]))
    filled, fold_of = np.zeros(FOLDS), np.zeros(len(sizes), dtype=np.int64)
    for stratum in order:
        fold_of[stratum] = int(filled.argmin())
        filled[fold_of[stratum]] += sizes[stratum]
    return fold_of[strata]


def guesses(columns: Floats, ones: Flags, folds: Marks) -> Floats:
    """A score for each unit from models that were not shown its fold; 0 where nothing stood out."""
    scores = np.zeros(len(ones))
    for fold in range(FOLDS):
        known = folds != fold
        if known.all() or not 0 < ones[known].sum() < known.sum():
            continue
        centre, scale = columns[known].mean(axis=0), columns[known].std(axis=0)
        usable = scale > 1e-9
        shown = (columns[:, usable] - centre[usable]) / scale[usable]
        wanted = ones[known] - ones[known].mean()
        z = wanted @ shown[known] / np.sqrt(known.sum() * wanted.var() + 1e-12)
        chosen = np.argsort(-np.abs(z), kind="stable")[:COLUMNS_MAX]
        chosen = chosen[np.abs(z[chosen]) >= STANDS_OUT]
        if len(chosen):
            scores[~known] = shown[~known][:, chosen] @ _weights(shown[known][:, chosen], ones[known])
    return scores


def _weights(columns: Floats, ones: Flags) -> Floats:
    """Weights of a logistic model with a penalty, by Newton's steps; the intercept is left out of the score."""
    full = np.column_stack([np.ones(len(ones)), columns])
    penalty = np.full(full.shape[1], PENALTY * np.sqrt(len(ones)))
    penalty[0] = 1e-6
    weights = np.zeros(full.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(full @ weights, -30, 30)))
        bend = full.T @ (full * (chance * (1 - chance))[:, None]) + np.diag(penalty)
        step = np.linalg.solve(bend, full.T @ (ones - chance) - penalty * weights)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights[1:]
