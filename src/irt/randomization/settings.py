"""The settings of a design, each read once and by its name: rational numbers stay exact, and none is guessed."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from irt.randomization.scheme import UnusablePlan

_WHOLE = re.compile(r"[-+]?[0-9]{1,40}")
_RATIO = re.compile(r"[-+]?[0-9]{1,40}/[0-9]{1,40}")
_DECIMAL = re.compile(r"[-+]?([0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})([eE][-+]?[0-9]{1,2})?")


class SettingMissing(UnusablePlan):
    """A method without a setting that it cannot do without."""


class UnknownSetting(UnusablePlan):
    """A setting that the method does not have."""


class UnusableSetting(UnusablePlan):
    """A value that is not of its setting's kind."""


class PlannedNumberMissing(UnusablePlan):
    """A method that needs to know how many subjects are planned, without being told."""


def rational(written: object) -> Fraction | None:
    """The number as written, exactly: 2, "2/3" or 0.7 (which is 7/10); None where it is not a number."""
    if isinstance(written, int | Fraction) and not isinstance(written, bool):
        return Fraction(written)
    if isinstance(written, float):
        # The shortest decimal that is this float: what was typed, unless with more than 15 digits.
        written = repr(written)
    if not isinstance(written, str):
        return None
    text = written.strip()
    if _WHOLE.fullmatch(text) or _DECIMAL.fullmatch(text):
        return Fraction(text)
    if _RATIO.fullmatch(text) and int(text.partition("/")[2]):
        return Fraction(text)
    return None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a method is built from: its ratio, the planned number of subjects where known, and its params."""

    method: str
    ratio: tuple[int, ...]
    params: Mapping[str, Any]
    planned: int | None = None
    within: str = ""

    def only(self, known: Collection[str]) -> None:
        """UnknownSetting where there is a setting with another name."""
        unknown = sorted(set(self.params) - set(known))
        if unknown:
            names = ", ".join(known) or "none at all"
            raise UnknownSetting(
                f"{self.method} has no setting {self.within}{unknown[0]}. Its settings here are: {names}."
            )

    @property
    def subjects(self) -> int:
        """The planned number of subjects; PlannedNumberMissing where nobody said."""
        if self.planned is None:
            raise PlannedNumberMissing(f"{self.method} needs the planned number of subjects. Give it as n.")
        return self.planned

    def rational(self, name: str, default: Fraction | None = None) -> Fraction:
        """An exact number; SettingMissing where it has no default, UnusableSetting where it is not a number."""
        if name not in self.params and default is not None:
            return default
        number = rational(self._given(name))
        if number is None:
            raise self._unusable(name, 'a number, such as 2, 0.7 or "2/3"')
        return number

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number; SettingMissing where it has no default, UnusableSetting where it is not whole."""
        if name not in self.params and default is not None:
            return default
        number = rational(self._given(name))
        if number is None or number.denominator != 1:
            raise self._unusable(name, "a whole number")
        return int(number)

    def wholes(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers with at least one; SettingMissing, UnusableSetting."""
        given = self._given(name)
        numbers = [rational(each) for each in given] if isinstance(given, list | tuple) else []
        whole = tuple(int(number) for number in numbers if number is not None and number.denominator == 1)
        if not whole or len(whole) != len(numbers):
            raise self._unusable(name, "a list of whole numbers, such as [4, 6]")
        return whole

    def rationals(self, name: str) -> tuple[Fraction, ...]:
        """An exact number or a list of them, with at least one; SettingMissing, UnusableSetting."""
        given = self._given(name)
        numbers = [rational(each) for each in given] if isinstance(given, list | tuple) else [rational(given)]
        exact = tuple(number for number in numbers if number is not None)
        if not exact or len(exact) != len(numbers):
            raise self._unusable(name, 'a number or a list of numbers, such as ["1/3", 0.5]')
        return exact

    def flag(self, name: str, *, default: bool = False) -> bool:
        """True or false; UnusableSetting where it is neither."""
        given = self.params.get(name, default)
        if not isinstance(given, bool):
            raise self._unusable(name, "true or false")
        return given

    def choice(self, name: str, choices: Collection[str], default: str | None = None) -> str:
        """One of some words; SettingMissing where it has no default, UnusableSetting where it is another word."""
        if name not in self.params and default is not None:
            return default
        given = self._given(name)
        if not isinstance(given, str) or given not in choices:
            raise self._unusable(name, f"one of {', '.join(choices)}")
        return given

    def group(self, name: str, known: Collection[str]) -> "Settings":
        """Settings inside a setting, such as the weights of hu_hu; none of them where it is left out."""
        given = self.params.get(name, {})
        if not isinstance(given, Mapping):
            raise self._unusable(name, f"made of {', '.join(known)}")
        inner = Settings(self.method, self.ratio, given, self.planned, f"{self.within}{name}.")
        inner.only(known)
        return inner

    def _given(self, name: str) -> object:
        if self.params.get(name) is None:
            raise SettingMissing(f"{self.method} needs its setting {self.within}{name}. Add it to params.")
        return self.params[name]

    def _unusable(self, name: str, kind: str) -> UnusableSetting:
        shown = str(self.params[name])[:40]
        return UnusableSetting(f"The setting {self.within}{name} of {self.method} is {kind}, not {shown}.")
