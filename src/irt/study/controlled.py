"""Controlled drugs: which schedules the countries know, and when a place answers for one. The same in every arm."""

from collections.abc import Iterable, Mapping

from pydantic import Field

from irt.study.part import Code, Part

SCHEDULES: Mapping[str, tuple[str, ...]] = {
    "AU": ("S4D", "S8", "S9"),
    "CA": ("I", "II", "III", "IV", "V", "VI"),
    "CH": ("a", "b", "c", "d"),
    "DE": ("I", "II", "III"),
    "FR": ("narcotic", "psychotropic"),
    "GB": ("1", "2", "3", "4-I", "4-II", "5"),
    "NL": ("I", "II"),
    "US": ("I", "II", "III", "IV", "V"),
}
"""Country -> its schedules of controlled drugs; in a country that is not here, any word is taken as written."""


class ControlledRules(Part):
    """What a study asks beyond the law's own words, for every blinding group with a schedule."""

    report_hours: int = Field(default=24, ge=1, description="so long after it is found, a discrepancy is reported")


def schedule_known(country: Code, schedule: str) -> bool:
    """Whether the country has such a schedule, as far as is known here."""
    return country not in SCHEDULES or schedule in SCHEDULES[country]


def controlled_groups(schedules: Mapping[Code, Mapping[Code, str]], countries: Iterable[str | None]) -> set[Code]:
    """Blinding groups that are controlled in any of the countries, from group -> country -> schedule."""
    places = set(countries)
    return {group for group, by_country in schedules.items() if places & set(by_country)}
