"""Asking the engine through its public face: a design as its file says it, a history, and each arm's chance."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any, NamedTuple

from irt.errors import Refusal
from irt.randomization.design import Design, design_of
from irt.randomization.queries import Answering, query_of

CLOSE = 1e-12
"""Chances that are irrational agree to this."""

Chances = tuple[Any, ...]


class Case(NamedTuple):
    """A question: the arms so far, the planned number, levels before and of the new subject, responses."""

    history: tuple[int, ...] = ()
    n: int | None = None
    subjects: tuple[tuple[str, ...], ...] = ()
    subject: tuple[str, ...] = ()
    responses: tuple[int | None, ...] = ()

    def query(self) -> dict[str, object]:
        """As a line of a file of queries."""
        asked = {key: list(value) for key, value in self._asdict().items() if key != "n" and value}
        return asked if self.n is None else {**asked, "n": self.n}


Oracle = Callable[[Case], Chances | None]
"""Each arm's chance by the second route; None where the design cannot have come there."""


def a_design(
    method: str, ratio: Sequence[int] = (1, 1), factors: Sequence[dict[str, Any]] = (), **params: Any
) -> Design:
    """A design of arms A, B, C ... as its file would say it."""
    arms = [chr(ord("A") + arm) for arm in range(len(ratio))]
    return design_of(
        {"method": method, "arms": arms, "ratio": list(ratio), "params": params, "factors": list(factors)}
    )


def answers_to(design: Design, cases: Iterable[Case]) -> Iterator[tuple[Case, Chances | None]]:
    """Each case with the engine's answer; None where it refuses."""
    answering = Answering(design)
    for case in cases:
        try:
            yield case, answering.law(query_of(design, case.query()))
        except Refusal:
            yield case, None


def law_of(design: Design, history: Sequence[int] = (), **rest: Any) -> Chances | None:
    """The engine's answer to one question."""
    ((_, law),) = answers_to(design, [Case(tuple(history), **rest)])
    return law


def agrees(design: Design, oracle: Oracle, cases: Iterable[Case]) -> int:
    """Compares every answer with the oracle's: exactly where it is a fraction, else to 1e-12.

    What goes on from a history that is refused is not asked: memories of counts alone forget how they came about.
    """
    compared, refused = 0, set()
    for case, law in answers_to(design, cases):
        if case.history[:-1] in refused:
            refused.add(case.history)
            continue
        expected = oracle(case)
        if expected is None:
            refused.add(case.history)
        same(law, expected, f"{design.method} {design.params} {design.ratio} after {case}")
        compared += 1
    assert compared, "nothing was compared"
    return compared


def same(law: Chances | None, expected: Chances | None, where: str) -> None:
    """AssertionError where a law is not as expected, or does not sum to one."""
    assert (law is None) == (expected is None), f"{where}: {law}, not {expected}"
    if law is None or expected is None:
        return
    assert len(law) == len(expected), where
    for got, wanted in zip(law, expected, strict=True):
        if isinstance(wanted, Fraction):
            assert isinstance(got, Fraction), f"{where}: {got!r} is not exact"
            assert got == wanted, f"{where}: {got}, not {wanted}"
        else:
            assert abs(float(got) - float(wanted)) <= CLOSE, f"{where}: {float(got)!r}, not {float(wanted)!r}"
    total = sum(law)
    exact = all(isinstance(chance, Fraction) for chance in law)
    assert total == 1 if exact else abs(total - 1) <= CLOSE, f"{where}: sums to {total}"


def every_history(arms: int, longest: int, n: int | None = None) -> Iterator[Case]:
    """Every sequence of arms up to that length, those that begin alike side by side."""
    yield from _longer((), arms, longest, n)


def _longer(history: tuple[int, ...], arms: int, longest: int, n: int | None) -> Iterator[Case]:
    yield Case(history, n)
    if len(history) < longest:
        for arm in range(arms):
            yield from _longer((*history, arm), arms, longest, n)


def random_histories(seed: int, arms: int, longest: int, times: int) -> Iterator[Case]:
    """Sequences of any length up to the longest, the same for the same seed."""
    random = Random(seed)
    for _ in range(times):
        yield Case(tuple(random.randrange(arms) for _ in range(random.randint(0, longest))))


def factors_of(*levels: int, weights: Sequence[object] = ()) -> list[dict[str, Any]]:
    """Factors f0, f1 ... with that many levels a, b, c ..."""
    made: list[dict[str, Any]] = [
        {"name": f"f{place}", "levels": list("abcdefgh"[:count])} for place, count in enumerate(levels)
    ]
    for factor, weight in zip(made, weights, strict=False):
        factor["weight"] = weight
    return made


def covariate_cases(seed: int, arms: int, levels: Sequence[int], longest: int, times: int) -> Iterator[Case]:
    """Subjects with any levels in any arms, and a new one, after each number of subjects up to the longest."""
    random = Random(seed)
    profiles = list(product(*("abcdefgh"[:count] for count in levels)))
    for _ in range(times):
        history = tuple(random.randrange(arms) for _ in range(longest))
        subjects = tuple(random.choice(profiles) for _ in range(longest))
        for length in range(longest + 1):
            yield Case(history[:length], None, subjects[:length], random.choice(profiles))


def response_cases(seed: int, arms: int, longest: int, times: int, unknown: bool = True) -> Iterator[Case]:
    """Subjects in any arms with any responses, some not known yet, after each number up to the longest."""
    random = Random(seed)
    responses: list[int | None] = [0, 1, None] if unknown else [0, 1]
    for _ in range(times):
        history = tuple(random.randrange(arms) for _ in range(longest))
        told = tuple(random.choice(responses) for _ in range(longest))
        for length in range(longest + 1):
            yield Case(history[:length], responses=told[:length])
