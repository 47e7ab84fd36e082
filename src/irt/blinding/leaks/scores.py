"""The ways in which a field can tell an arm: by size, by distance from the middle, by number, by kind, by words."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from irt.blinding.leaks.rank_test import Floats
from irt.blinding.leaks.values import Column, Read

Seen = Mapping[str, Mapping[str, Sequence[str]]]
"""Unit (a subject, a kit) -> field -> the values that blinded people see there, in their order."""
KINDS_MAX = 40
"""A field of more different values is no kind but a text or a number."""
WORDS_MAX = 150
RARE, COMMON = 0.02, 0.98
"""Words that fewer, or more, of the units show tell nothing of so many."""
UNITS_MIN = 30
_WORD = re.compile(r"[^\W\d_]{2,}")


class Aspect(NamedTuple):
    """One way to look at one field. `columns` of one number each are judged as they are, others by a guesser."""

    field: str
    aspect: str
    units: np.ndarray
    columns: Floats
    names: tuple[str, ...] = ()

    @property
    def learned(self) -> bool:
        """Whether a guesser has to learn what the columns mean."""
        return bool(self.names)


def aspects(seen: Seen, units: Sequence[str]) -> Iterator[Aspect]:
    """Everything that any field says, equal aspects once: the first field that says it names the others' too."""
    fields = sorted({field for unit in units for field in seen.get(unit, ())})
    first = {unit: _first_day(seen.get(unit, {})) for unit in units}
    for field in fields:
        shown = [seen.get(unit, {}).get(field, ()) for unit in units]
        here = np.array([bool(values) for values in shown])
        counts = np.array([len(values) for values in shown], dtype=float)
        yield from _if_it_differs(field, "how many", np.ones(len(units), dtype=bool), counts)
        if here.sum() >= UNITS_MIN:
            begun = [first[unit] for unit, is_here in zip(units, here, strict=True) if is_here]
            yield from _of_values(field, here, [values for values in shown if values], begun)


def _of_values(
    field: str, here: np.ndarray, shown: Sequence[Sequence[str]], begun: Sequence[float | None]
) -> Iterator[Aspect]:
    numbers = Column(shown).numbers()
    if numbers is not None:
        yield from _of_numbers(field, here, shown, numbers, begun)
    flat = [value for values in shown for value in values]
    kinds = Counter(flat)
    if 1 < len(kinds) <= KINDS_MAX:
        yield from _by_kind(field, "kind", here, shown)
    elif numbers is None and len(kinds) > 1:
        words = [[word for value in values for word in _WORD.findall(value)] for values in shown]
        yield from _by_kind(field, "words", here, words)
        lengths = np.array([sum(map(len, values)) for values in shown], dtype=float)
        yield from _if_it_differs(field, "length", here, lengths)


def _of_numbers(
    field: str,
    here: np.ndarray,
    shown: Sequence[Sequence[str]],
    numbers: Sequence[Sequence[Read]],
    begun: Sequence[float | None],
) -> Iterator[Aspect]:
    plain = [[one.number or 0.0 for one in values] for values in numbers]
    mean = np.array([sum(values) / len(values) for values in plain])
    yield from _if_it_differs(field, "size", here, mean)
    yield from _if_it_differs(field, "distance from the middle", here, np.abs(mean - np.median(mean)))
    yield from _if_it_differs(field, "spread", here, np.array([max(values) - min(values) for values in plain]))
    if numbers[0][0].shape == "date":
        since = np.array([value - (start or 0.0) for value, start in zip(mean, begun, strict=True)])
        yield from _if_it_differs(field, "days since the first date", here, since)
        clocks = [[one.clock for one in values if one.clock is not None] for values in numbers]
        if all(clocks):
            yield from _if_it_differs(field, "time of day", here, np.array([sum(c) / len(c) for c in clocks]))
    elif len({value for values in shown for value in values}) > len(shown) / 2:
        for aspect, cut in (("last character", slice(-1, None)), ("first two characters", slice(0, 2))):
            yield from _by_kind(field, aspect, here, [[value.strip()[cut] for value in values] for values in shown])


def _if_it_differs(field: str, aspect: str, here: np.ndarray, values: np.ndarray) -> Iterator[Aspect]:
    if len(values) and values.min() < values.max():
        yield Aspect(field, aspect, here, values.reshape(-1, 1))


def _by_kind(field: str, aspect: str, here: np.ndarray, shown: Sequence[Sequence[str]]) -> Iterator[Aspect]:
    """How often each unit shows each of the values that neither all nor hardly any show."""
    counted = [Counter(values) for values in shown]
    known = Counter(value for one in counted for value in one)
    told = [
        value
        for value, units in sorted(known.items(), key=lambda pair: (-pair[1], pair[0]))
        if RARE * len(shown) <= units <= COMMON * len(shown)
        or (units > COMMON * len(shown) and len({one[value] for one in counted}) > 1)
    ][:WORDS_MAX]
    if told:
        columns = np.array([[float(one[value]) for value in told] for one in counted])
        yield Aspect(field, aspect, here, columns, tuple(told))


def _first_day(fields: Mapping[str, Sequence[str]]) -> float | None:
    """The first date that a unit shows anywhere."""
    days = [
        one.number
        for values in fields.values()
        if (numbers := Column([values]).numbers())
        for one in numbers[0]
        if one.shape == "date" and one.number is not None
    ]
    return min(days, default=None)
