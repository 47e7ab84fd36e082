"""Lines of an enrolment file of the stroke study."""

import csv
from pathlib import Path

from tests.builders_supply import the_study

_FACTORS = [factor for factor in the_study("ist").factors if factor.source == "entered"]
LINE = {
    "month": "1991-06",
    "weekday": "3",
    "hour": "9",
    "minute": "30",
    "hospital": "7",
    "country": "ITAL",
    **{factor.code: factor.level_codes()[0] for factor in _FACTORS},
    "age": "71",
}
"""A Tuesday in June at half past nine in Italy."""
COLUMNS = tuple(LINE)


def a_file(folder: Path, *lines: dict[str, str], without: str | None = None) -> Path:
    """A CSV of these lines, a column left out on request."""
    file = folder / "enrolment.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, [c for c in COLUMNS if c != without], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(lines)
    return file
