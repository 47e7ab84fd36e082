"""Chances of 0, 1, 2 … kits: arrays whose last axis counts kits and sums to one; leading axes are many at once."""

import math

import numpy as np
from numpy.typing import NDArray

Mass = NDArray[np.float64]

NEGLIGIBLE = 1e-12
"""What a tail may weigh that is cut off."""
FFT_FROM = 256
"""Masses at least this long are convolved by transforms."""


def certain(kits: int) -> Mass:
    """Exactly so many kits."""
    mass = np.zeros(kits + 1)
    mass[kits] = 1.0
    return mass


def add(first: Mass, second: Mass) -> Mass:
    """The sum of two independent numbers, batched over leading axes: exact convolution, in full length."""
    length = first.shape[-1] + second.shape[-1] - 1
    if min(first.shape[-1], second.shape[-1]) >= FFT_FROM:
        size = 1 << (length - 1).bit_length()
        both = np.fft.rfft(first, size) * np.fft.rfft(second, size)
        return np.maximum(np.fft.irfft(both, size)[..., :length], 0.0)
    if first.shape[-1] < second.shape[-1]:
        first, second = second, first
    total = np.zeros((*np.broadcast_shapes(first.shape[:-1], second.shape[:-1]), length))
    for kits in range(second.shape[-1]):
        total[..., kits : kits + first.shape[-1]] += first * second[..., kits, None]
    return total


def add_all(masses: list[Mass]) -> Mass:
    """The sum of many independent numbers: neighbours first, so that lengths stay alike."""
    if not masses:
        return certain(0)
    while len(masses) > 1:
        pairs = [trimmed(add(*masses[i : i + 2])) for i in range(0, len(masses) - 1, 2)]
        masses = pairs + ([masses[-1]] if len(masses) % 2 else [])
    return masses[0]


def beyond(mass: Mass, kits: int) -> Mass:
    """The number above so many; nothing where it is not above."""
    above = mass[kits:].copy() if kits < len(mass) else np.zeros(1)
    above[0] += mass[:kits].sum() if kits < len(mass) else 1.0
    return above


def trimmed(mass: Mass) -> Mass:
    """One mass without its negligible tail, which goes to the largest number kept."""
    beyond = np.cumsum(mass[::-1])[::-1]
    length = max(int(np.count_nonzero(beyond > NEGLIGIBLE)), 1)
    kept = mass[:length].copy()
    kept[-1] += mass[length:].sum()
    return kept


def lumped(mass: Mass, length: int) -> Mass:
    """At most `length` numbers: the chance of all larger ones is put on the largest."""
    if mass.shape[-1] <= length:
        return np.pad(mass, [(0, 0)] * (mass.ndim - 1) + [(0, length - mass.shape[-1])])
    kept = mass[..., :length].copy()
    kept[..., -1] += mass[..., length:].sum(axis=-1)
    return kept


def poisson_binomial(chances: NDArray[np.float64]) -> Mass:
    """How many of independent events happen; the last axis of `chances` is the events."""
    mass = np.zeros((*chances.shape[:-1], chances.shape[-1] + 1))
    mass[..., 0] = 1.0
    for event in range(chances.shape[-1]):
        chance = chances[..., event, None]
        more = mass[..., : event + 1] * chance
        mass[..., : event + 1] *= 1 - chance
        mass[..., 1 : event + 2] += more
    return mass


def poisson(mean: float) -> Mass:
    """The Poisson law, until its tail is negligible."""
    longest = math.ceil(mean + 12 * math.sqrt(mean) + 20)
    numbers = range(longest + 1)
    log = [kits * math.log(mean) - mean - math.lgamma(kits + 1) if mean > 0 else 0.0 for kits in numbers]
    return trimmed(np.exp(log)) if mean > 0 else certain(0)


def mean_of(mass: Mass) -> NDArray[np.float64]:
    """The expected number."""
    return np.asarray(mass @ np.arange(mass.shape[-1]))


def variance_of(mass: Mass) -> NDArray[np.float64]:
    """The variance of the number."""
    return np.asarray(mass @ np.arange(mass.shape[-1]) ** 2 - mean_of(mass) ** 2)


def stock_for(mass: Mass, alpha: float) -> NDArray[np.int64]:
    """The least stock that P(number <= stock) >= 1 - alpha holds for."""
    # A rounding error of a sum must not ask for one kit more.
    reached = np.cumsum(mass, axis=-1) >= 1 - alpha - NEGLIGIBLE
    return np.asarray(np.where(reached.any(axis=-1), reached.argmax(axis=-1), mass.shape[-1] - 1))


def shortage_at(mass: Mass) -> Mass:
    """The expected number beyond each stock 0, 1, 2 …, as long as the mass."""
    beyond = 1 - np.cumsum(mass, axis=-1)
    return np.asarray(np.maximum(np.cumsum(beyond[..., ::-1], axis=-1)[..., ::-1], 0.0))
