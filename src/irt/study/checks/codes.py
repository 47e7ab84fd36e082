"""Codes that would read as something else."""

import re
from collections.abc import Iterator

from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.network import HOME
from irt.study.problems import Finding
from irt.study.schedule import UNSCHEDULED
from irt.study.source import Path


def reserved_codes(draft: Draft) -> Iterator[Finding]:
    """`home` is where subjects live and no place of the study; UNSCHEDULED is no planned visit."""
    for section, reserved in (("visits", UNSCHEDULED), ("countries", HOME), ("depots", HOME)):
        for index, part in enumerate(getattr(draft.study, section)):
            if part.code == reserved:
                yield Finding("ReservedCode", (section, index, "code"), f"the code `{reserved}` is reserved")


def codes_of_two_places(draft: Draft) -> Iterator[Finding]:
    """A lane's target is a country, a depot or a site, so the three share no code."""
    countries, depots = draft.codes("countries"), draft.codes("depots")
    for index, depot in enumerate(draft.study.depots):
        if depot.code in countries:
            yield _of_two(("depots", index, "code"), depot.code, "country")
    for index, site in enumerate(draft.study.sites):
        if site.number in countries | depots:
            yield _of_two(("sites", index, "number"), site.number, "country or depot")


def _of_two(path: Path, code: str, other: str) -> Finding:
    return Finding("CodeOfTwoPlaces", path, f"`{code}` is also the code of a {other}: a lane could mean either")


def visits_called_like_a_repeat(draft: Draft) -> Iterator[Finding]:
    """`W36.2` is the second W36, so no visit of its own can have that code."""
    repeats = {visit.code for visit in draft.study.visits if visit.repeat}
    for index, visit in enumerate(draft.study.visits):
        base, dot, number = visit.code.rpartition(".")
        if dot and re.fullmatch(r"[0-9]+", number) and base in repeats:
            sentence = f"`{visit.code}` reads as occurrence {number} of visit `{base}`"
            yield Finding("CodeOfARepeat", ("visits", index, "code"), sentence)


def factors_with_an_equals_sign(draft: Draft) -> Iterator[Finding]:
    """Levels are written `factor=level`, so a factor's code has no equals sign."""
    for index, factor in enumerate(draft.study.factors):
        if "=" in factor.code:
            sentence = f"`{factor.code}`: levels are written factor=level, so a factor's code cannot hold `=`"
            yield Finding("EqualsInFactor", ("factors", index, "code"), sentence)


CHECKS = tuple(
    check(find)
    for find in (reserved_codes, codes_of_two_places, visits_called_like_a_repeat, factors_with_an_equals_sign)
)
