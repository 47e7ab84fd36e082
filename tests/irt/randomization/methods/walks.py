"""Walking a method through whole sequences: the law after some arms, all sequences, and each subject's chances."""

from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import Any

from irt.randomization.methods.method import Law, Method, Step, remember

Share = Fraction | float


def steps(arms: str) -> list[Step]:
    """A history written as the letters of its arms, from A."""
    return [Step(ord(arm) - ord("A")) for arm in arms]


def law_after(method: Method[Any], arms: str) -> Law:
    """Each arm's chance after that history."""
    return method.law(remember(method, steps(arms)))


def of_counts(method: Method[Any], *counts: int) -> Law:
    """Each arm's chance where that many subjects are on each arm."""
    return method.law(counts)


def sequence_law(method: Method[Any], subjects: int) -> dict[str, Share]:
    """Every sequence that can come about, with its chance."""
    found: dict[str, Share] = {"": Fraction(1)}
    for _ in range(subjects):
        found = {
            sequence + chr(ord("A") + arm): chance * part
            for sequence, chance in found.items()
            for arm, part in enumerate(law_after(method, sequence))
            if part
        }
    return found


def layers(method: Method[Any], subjects: int) -> Iterable[dict[Hashable, Share]]:
    """The chance of each memory before the first subject, the second, and so on to after the last."""
    layer: dict[Hashable, Share] = {method.start(): Fraction(1)}
    yield layer
    for _ in range(subjects):
        after: dict[Hashable, Share] = {}
        for memory, chance in layer.items():
            for arm, part in enumerate(method.law(memory)):
                if part:
                    beyond = method.after(memory, Step(arm))
                    after[beyond] = after.get(beyond, Fraction(0)) + chance * part
        layer = after
        yield layer


def unconditional(method: Method[Any], subjects: int) -> list[tuple[Share, ...]]:
    """Each subject's chance of each arm before anything is known."""
    *before, _ = layers(method, subjects)
    return [_mean_law(method, layer) for layer in before]


def _mean_law(method: Method[Any], layer: dict[Hashable, Share]) -> tuple[Share, ...]:
    weighed = [[chance * part for part in method.law(memory)] for memory, chance in layer.items()]
    return tuple(sum(parts[1:], start=parts[0]) for parts in zip(*weighed, strict=True))
