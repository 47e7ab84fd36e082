"""Numbers drawn by the laws that a scenario names."""

from typing import Any

import numpy as np

from simulation.arrays import Floats, Words
from simulation.inputs.chance import Stream, normal, share
from simulation.spec import laws

TRIES_MAX, TRIES_OF_FEW, FEW = 200, 4, 500


def draw(law: laws.Law, stream: Stream, entity: Any, number: Any = 0) -> Floats:
    """One number of the law at each address (entity, number)."""
    match law:
        case laws.Fixed():
            return np.full(np.broadcast(entity, number).shape, law.value)
        case laws.Gamma():
            return gamma(law.shape, stream, entity, number) * (law.mean / law.shape)
    return _inverse(law, stream.words(entity, number))


def _inverse(law: laws.Law, words: Words) -> Floats:
    result: Floats
    match law:
        case laws.Uniform():
            result = law.least + (law.most - law.least) * share(words[0])
        case laws.Exponential():
            result = -law.mean * np.log(share(words[0]))
        case laws.LogNormal():
            result = law.median * np.exp(law.sigma * normal(words))
        case laws.Table():
            edges = np.cumsum(law.weights or (1,) * len(law.values))
            places = np.searchsorted(edges, share(words[0]) * edges[-1], side="right")
            result = np.asarray(law.values, np.float64)[np.minimum(places, len(edges) - 1)]
        case _:
            raise TypeError(f"no way to draw from {law}")
    return result


def gamma(shape: float, stream: Stream, entity: Any, number: Any = 0) -> Floats:
    """A gamma number with that shape and scale 1 at each address (Marsaglia and Tsang 2000).

    The k-th try of an address is at its place k, so that tries of others do not matter.
    """
    entities, numbers = np.broadcast_arrays(np.asarray(entity, np.uint64), np.asarray(number, np.uint64))
    flat, counts = entities.ravel(), numbers.ravel()
    raised = shape if shape >= 1 else shape + 1
    d = raised - 1 / 3
    found, left, tried = np.empty(flat.shape), np.arange(flat.size), 0
    while left.size and tried < TRIES_MAX:
        # A few numbers take as long as one: mostly one of them is good, and the first such counts.
        tries = TRIES_OF_FEW if left.size <= FEW else 1
        words = stream.words(flat[left], counts[left], np.arange(tried, tried + tries)[:, None])
        z = normal(words)
        v = (1 + z / np.sqrt(9 * d)) ** 3
        with np.errstate(invalid="ignore", divide="ignore"):
            good = (v > 0) & (np.log(share(words[2])) < z * z / 2 + d - d * v + d * np.log(v))
        first, done = good.argmax(axis=0), good.any(axis=0)
        found[left[done]] = d * v[first[done], np.flatnonzero(done)]
        left, tried = left[~done], tried + tries
    if shape < 1:
        found *= share(stream.words(flat, counts, TRIES_MAX)[0]) ** (1 / shape)
    return found.reshape(entities.shape)
