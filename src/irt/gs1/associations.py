"""Which data fields must stand together, which must not, and that none says two things."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from irt.gs1.dictionary import Identifier, identifiers
from irt.gs1.elements import Element
from irt.gs1.refusals import Contradiction, ExcludedPair, MissingCompanion
from irt.gs1.values import judge_value


def judge(elements: Sequence[Element]) -> dict[str, str]:
    """The values by identifier, in their order, where every field and every pairing is sound."""
    for element in elements:
        judge_value(element.identifier, element.value)
    values = _without_repeats(elements)
    for code in values:
        _refuse_excluded(identifiers()[code], values)
    for code in values:
        _refuse_alone(identifiers()[code], values)
    return values


def _without_repeats(elements: Sequence[Element]) -> dict[str, str]:
    values: dict[str, str] = {}
    for element in elements:
        if values.setdefault(element.code, element.value) != element.value:
            raise Contradiction(
                f"{element.identifier.name} stands twice, with {values[element.code]} and {element.value}."
            )
    return values


def _refuse_excluded(identifier: Identifier, values: Mapping[str, str]) -> None:
    for pattern in identifier.excludes:
        other = _first_like(pattern, values, but=identifier.code)
        if other:
            raise ExcludedPair(f"{identifier.name} must not stand with {identifiers()[other].name}.")


def _refuse_alone(identifier: Identifier, values: Mapping[str, str]) -> None:
    for groups in identifier.needs:
        if not any(all(_first_like(pattern, values) for pattern in group) for group in groups):
            wanted = ", or ".join(" with ".join(f"({pattern})" for pattern in group) for group in groups)
            raise MissingCompanion(f"{identifier.name} stands without what it belongs to: {wanted}.")


def _first_like(pattern: str, values: Mapping[str, str], but: str = "") -> str | None:
    like = _pattern(pattern)
    return next((code for code in values if code != but and like.fullmatch(code)), None)


@cache
def _pattern(written: str) -> re.Pattern[str]:
    """A pattern of the table: n stands for any digit."""
    return re.compile(written.replace("n", "[0-9]"))
