"""Questions about a design: who came before and what they got, and with what chances the next one gets each arm."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import zip_longest
from typing import Any, NamedTuple

from irt.errors import BadInput, Refusal
from irt.randomization.catalogue import method_of
from irt.randomization.design import Design
from irt.randomization.methods.method import Law, Levels, Method, Step

KEYS = ("n", "history", "subjects", "subject", "responses")


class BadQuery(BadInput):
    """A question that cannot be answered; its sentence says which line it is on."""


class Query(NamedTuple):
    """One question: the planned number of subjects where known, the steps so far, and the new subject's levels."""

    planned: int | None
    history: tuple[Step, ...]
    levels: Levels


def query_of(design: Design, data: object) -> Query:
    """The question that plain values ask; a named refusal where they ask none."""
    if not isinstance(data, Mapping):
        raise BadQuery(f"A query is an object with the keys {', '.join(KEYS)}.")
    unknown = sorted(str(key) for key in data if key not in KEYS)
    if unknown:
        raise BadQuery(f"A query has no key {unknown[0][:40]}. Its keys are {', '.join(KEYS)}.")
    arms = [_arm(design, arm) for arm in _list(data, "history")]
    levels = _levels_before(design, data, len(arms))
    responses = [_response(each) for each in _list(data, "responses")]
    if len(responses) > len(arms):
        raise BadQuery(f"There are {len(responses)} responses, but {len(arms)} subjects before.")
    steps = tuple(Step(arm, lv, resp) for arm, lv, resp in zip_longest(arms, levels, responses))
    subject = design.levels(data.get("subject")) if design.factors else ()
    return Query(_planned(data.get("n")), steps, subject)


class Answering:
    """Answers questions about one design; memories of the last question serve the next as far as both agree."""

    def __init__(self, design: Design) -> None:
        self._design = design
        self._methods: dict[int | None, Method[Any]] = {}
        self._last: Method[Any] | None = None
        self._history: tuple[Step, ...] = ()
        self._memories: list[Any] = []

    def law(self, query: Query) -> Law:
        """Each arm's chance for the new subject; named refusals where there is none."""
        method = self._method_for(query.planned)
        agreed = _agreed(self._history, query.history, len(self._memories) - 1)
        del self._memories[agreed + 1 :]
        self._history = query.history
        for step in query.history[agreed:]:
            self._memories.append(method.after(self._memories[-1], step))
        return method.law(self._memories[-1], query.levels)

    def _method_for(self, planned: int | None) -> Method[Any]:
        if planned not in self._methods:
            self._methods[planned] = method_of(self._design, planned)
        method = self._methods[planned]
        if method != self._last:
            self._last, self._history, self._memories = method, (), [method.start()]
        return method


def answers(design: Design, queries: Iterable[tuple[int, object]]) -> Iterator[Law]:
    """Each question's answer in order; each comes with its line, which BadQuery names where there is no answer."""
    answering = Answering(design)
    for line, data in queries:
        try:
            yield answering.law(query_of(design, data))
        except Refusal as refusal:
            raise BadQuery(f"Line {line}: {refusal.sentence}") from None


def written(law: Law) -> list[str]:
    """The chances as texts: exact ones as fractions, others with 17 significant digits."""
    return [str(chance) if isinstance(chance, Fraction) else f"{chance:.17g}" for chance in law]


def _agreed(before: tuple[Step, ...], now: tuple[Step, ...], remembered: int) -> int:
    """How many steps two histories begin alike with, as far as memories reach."""
    longest = min(len(before), len(now), remembered)
    if before[:longest] == now[:longest]:
        return longest
    return next(place for place in range(longest) if before[place] != now[place])


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    given = data.get(key)
    if given is None:
        return []
    if not isinstance(given, list):
        raise BadQuery(f"The value of {key} is a list.")
    return given


def _arm(design: Design, given: object) -> int:
    if type(given) is not int or not 0 <= given < len(design.arms):
        raise BadQuery(
            f"Each arm of the history is a position from 0 to {len(design.arms) - 1}, not {given!r:.40}."
        )
    return given


def _levels_before(design: Design, data: Mapping[str, Any], subjects: int) -> list[Levels]:
    given = _list(data, "subjects")
    if not design.factors:
        return [()] * subjects
    if len(given) != subjects:
        raise BadQuery(f"The history has {subjects} subjects, but the levels of {len(given)} are given.")
    return [design.levels(each) for each in given]


def _response(given: object) -> int | None:
    if given is None:
        return None
    if type(given) not in {int, bool} or given not in {0, 1}:
        raise BadQuery(f"A response is 1, 0 or null, not {given!r:.40}.")
    return int(bool(given))


def _planned(given: object) -> int | None:
    if given is None:
        return None
    if type(given) is not int or given < 1:
        raise BadQuery(f"The planned number n is a whole number of 1 or more, not {given!r:.40}.")
    return given
