"""A randomization design as its author writes it: one JSON or YAML file of method, arms, ratio and settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path
from typing import Any

from irt.errors import BadInput
from irt.randomization.methods.method import Levels
from irt.randomization.scheme import FactorMissing, UnusablePlan
from irt.randomization.settings import Settings, rational
from irt.study.source import UnreadableFile, read_source, resolve

KEYS = ("method", "arms", "ratio", "params", "factors")
FACTOR_KEYS = ("name", "levels", "weight")
ARMS_MAX = 100
SHARE_MAX = 1000


class UnreadableDesign(UnusablePlan):
    """The file is not there, or does not have the shape of a design."""


class ImpossibleRatio(UnusablePlan):
    """A ratio that does not give each arm a share."""


class NotPlainText(UnusablePlan):
    """A name or a level with letters that not every system writes alike."""


class UnknownLevel(UnusablePlan):
    """A subject's level that its factor does not have."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A baseline factor: its levels, and its weight where the method weighs factors."""

    name: str
    levels: tuple[str, ...]
    weight: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Design:
    """One design; its params are as written: whole numbers, texts such as 0.7, and lists and mappings of these."""

    method: str
    arms: tuple[str, ...]
    ratio: tuple[int, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    factors: tuple[Factor, ...] = ()

    def settings(self, subjects: int | None = None) -> Settings:
        """What a method of this design is built from."""
        return Settings(self.method, self.ratio, self.params, subjects)

    def levels(self, given: object) -> Levels:
        """One subject's levels in the order of the factors; FactorMissing or UnknownLevel where they are not."""
        values = tuple(map(_as_text, given)) if isinstance(given, list | tuple) else ()
        if len(values) == len(self.factors) and all(map(_is_level, self.factors, values)):
            return values
        raise self._misfit(values)

    def _misfit(self, values: Levels) -> BadInput:
        """Why these are not the levels of a subject."""
        for factor, value in zip_longest(self.factors, values[: len(self.factors)]):
            if not value:
                return FactorMissing(factor.name)
            if value not in factor.levels:
                known = ", ".join(factor.levels)
                return UnknownLevel(f"The factor {factor.name} has no level {value[:40]}. Its levels: {known}.")
        return UnknownLevel(f"A subject has {len(values)} levels, but the design {len(self.factors)} factors.")


def read_design(path: Path | str) -> Design:
    """The design in that file; UnreadableDesign, ImpossibleRatio or NotPlainText where it is none."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise UnreadableDesign(f"{path}: not a text file in UTF-8 (byte {fault.start}).") from None
    except OSError as fault:
        raise UnreadableDesign(f"{path}: {fault.strerror or fault}.") from None
    return parse_design(text)


def parse_design(text: str) -> Design:
    """The design in a text of JSON or YAML, its decimals read literally: 0.7 is 7/10."""
    try:
        source = read_source(text, _literally)
    except UnreadableFile as fault:
        raise UnreadableDesign(f"The design is {fault.sentence} (line {fault.place.line}).") from None
    if source.faults:
        first = source.faults[0]
        raise UnreadableDesign(f"Line {first.place.line} of the design: {first.sentence}.")
    return design_of(source.data)


def design_of(data: object) -> Design:
    """The design that plain values tell; a named refusal where they tell none."""
    if not isinstance(data, Mapping):
        raise UnreadableDesign(f"A design is a mapping with the keys {', '.join(KEYS)}.")
    _only(data, KEYS, "A design")
    method = data.get("method")
    if not isinstance(method, str) or not method:
        raise UnreadableDesign("A design needs a method, such as complete or permuted_block.")
    arms = _arms(data.get("arms"))
    params = data.get("params") or {}
    if not isinstance(params, Mapping):
        raise UnreadableDesign("The params of a design are a mapping from names to values.")
    return Design(method, arms, _ratio(data.get("ratio"), arms), params, _factors(data.get("factors") or []))


def _literally(plain: str) -> object:
    """A number other than a plain whole one stays the text that was written, and is read where it is used."""
    number = rational(plain)
    if number is None:
        return resolve(plain)
    return int(number) if str(number) == plain and number.denominator == 1 else plain


def _is_level(factor: Factor, value: str) -> bool:
    return value in factor.levels


def _as_text(level: object) -> str:
    """A level as a query gives it; a number is as good as its text."""
    return "" if level is None else str(level)


def _only(data: Mapping[Any, Any], keys: tuple[str, ...], what: str) -> None:
    unknown = sorted(str(key) for key in data if key not in keys)
    if unknown:
        raise UnreadableDesign(f"{what} has no key {unknown[0]}. Its keys are {', '.join(keys)}.")


def _arms(given: object) -> tuple[str, ...]:
    arms = _texts(given, "The arms")
    if not 2 <= len(arms) <= ARMS_MAX:
        raise UnreadableDesign(f"A design has between 2 and {ARMS_MAX} arms, not {len(arms)}.")
    return arms


def _ratio(given: object, arms: tuple[str, ...]) -> tuple[int, ...]:
    """Equal shares where nothing is said."""
    if given is None:
        return (1,) * len(arms)
    shares = [rational(each) for each in given] if isinstance(given, list | tuple) else []
    if len(shares) != len(arms):
        raise ImpossibleRatio(f"The ratio is a list with one whole number for each of the {len(arms)} arms.")
    whole = tuple(int(share) for share in shares if share is not None and share.denominator == 1)
    if len(whole) != len(arms) or min(whole) < 1 or max(whole) > SHARE_MAX:
        raise ImpossibleRatio(
            f"Each share of a ratio is a whole number from 1 to {SHARE_MAX}. Write 3 and 2 for 1.5 to 1."
        )
    return whole


def _factors(given: object) -> tuple[Factor, ...]:
    if not isinstance(given, list | tuple):
        raise UnreadableDesign("The factors of a design are a list.")
    factors = tuple(_factor(each) for each in given)
    _texts([factor.name for factor in factors], "The names of the factors")
    return factors


def _factor(given: object) -> Factor:
    if not isinstance(given, Mapping):
        raise UnreadableDesign(f"A factor is a mapping with the keys {', '.join(FACTOR_KEYS)}.")
    _only(given, FACTOR_KEYS, "A factor")
    (name,) = _texts([given.get("name")], "The name of a factor")
    levels = _texts(given.get("levels"), f"The levels of {name}")
    weight = rational(given.get("weight", 1))
    if not levels:
        raise UnreadableDesign(f"The factor {name} has no levels.")
    if weight is None or weight < 0:
        raise UnreadableDesign(f"The weight of {name} is a number of zero or more.")
    return Factor(name, levels, weight)


def _texts(given: object, what: str) -> tuple[str, ...]:
    """Different texts in plain ASCII, so that two systems cannot spell one of them in two ways."""
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list | tuple) or not all(type(text) in {str, int} for text in texts):
        raise UnreadableDesign(f"{what} are a list of texts. Put words such as true in quotes.")
    written = tuple(str(text) for text in texts)
    for text in written:
        if not (text.isascii() and text.isprintable() and text.strip() == text != ""):
            raise NotPlainText(
                f"{what}: {text[:40]!a} is not plain text. Use ASCII letters, digits and signs, no space around."
            )
    if len(set(written)) != len(written):
        raise UnreadableDesign(f"{what} are not all different.")
    return written
