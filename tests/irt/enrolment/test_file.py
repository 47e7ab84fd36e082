"""Reading real enrolment: days by the stated rule, levels as written, and every mistake named with its line."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.enrolment.file import Enrolment, read_enrolment
from irt.errors import BadInput
from tests.builders_supply import the_study
from tests.irt.enrolment.lines import COLUMNS, LINE, a_file

STROKE = the_study("ist")


def read(folder: Path, *lines: dict[str, str]) -> Enrolment:
    """A file of these lines, read for the stroke study."""
    return read_enrolment(a_file(folder, *lines), STROKE)


def test_a_line_is_a_person_at_a_hospital(tmp_path: Path) -> None:
    """Local time becomes UTC, the country's other name is known, an age falls into its range."""
    people = read(tmp_path, LINE)
    (arrival,) = people.arrivals
    assert (people.sites[0].number, people.sites[0].country) == ("0007", "IT")
    assert arrival.at == datetime(1991, 6, 4, 7, 30, tzinfo=UTC)
    assert arrival.levels == {**LINE_LEVELS, "age": AGE_OF_71}


LINE_LEVELS = {
    factor.code: LINE[factor.code] for factor in STROKE.factors if factor.source == "entered" and factor.levels
}
AGE_OF_71 = next(
    code
    for code in STROKE.factor("age").level_codes()
    if "-" in code and int(code.split("-")[0]) <= 71 <= int(code.split("-")[1])
)


def test_without_a_time_it_is_noon(tmp_path: Path) -> None:
    """An hour without its minutes counts as none."""
    for hour, minute in (("", ""), ("9", ""), ("", "30")):
        people = read(tmp_path, {**LINE, "hour": hour, "minute": minute})
        assert people.arrivals[0].at.astimezone(ZoneInfo("Europe/Rome")).hour == 12


def test_people_of_one_weekday_are_spread_over_its_dates(tmp_path: Path) -> None:
    """Six people on the Tuesdays of June 1991, of which there are four: 4, 11, 18 and 25."""
    people = read(tmp_path, *[LINE] * 6)
    days = [arrival.at.date().day for arrival in people.arrivals]
    assert days == [4, 4, 11, 18, 18, 25]


@given(people=st.integers(1, 40), weekday=st.integers(1, 7), month=st.integers(1, 12))
def test_the_day_rule_holds(
    tmp_path_factory: pytest.TempPathFactory, people: int, weekday: int, month: int
) -> None:
    """Every day is that weekday of that month, in file order, and dates differ in load by one at most."""
    folder = tmp_path_factory.mktemp("days")
    line = {**LINE, "month": f"1993-{month:02d}", "weekday": str(weekday)}
    days = [arrival.at.date() for arrival in read(folder, *[line] * people).arrivals]
    assert {(day.month, day.isoweekday() % 7 + 1) for day in days} == {(month, weekday)}
    dates = sum(1 for d in range(1, 29 + 3) if _is(month, d, weekday))
    loads = [*Counter(days).values(), *[0] * (dates - len(set(days)))]
    assert max(loads) - min(loads) <= 1


def _is(month: int, day: int, weekday: int) -> bool:
    try:
        return date(1993, month, day).isoweekday() % 7 + 1 == weekday
    except ValueError:
        return False


def test_empty_is_unknown_only_where_the_study_says_so(tmp_path: Path) -> None:
    """A factor that lists `unknown` takes an empty value as such; another one refuses it with the line."""
    for factor in STROKE.factors:
        if factor.source != "entered":
            continue
        line = {**LINE, factor.code: ""}
        if "unknown" in factor.level_codes():
            assert read(tmp_path, line).arrivals[0].levels[factor.code] == "unknown"
        else:
            with pytest.raises(BadInput, match=f"line 2: '' is not a level of {factor.code}"):
                read(tmp_path, line)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"country": "Atlantis"}, "line 3: 'Atlantis' is not a value of the study"),
        ({"hospital": "St Mary"}, "line 3: "),
        ({"hour": "25", "minute": "0"}, "line 3: hour must be in 0..23"),
        ({"sex": "X"}, "line 3: 'X' is not a level of sex"),
        ({"age": "²"}, "line 3: "),
        ({"country": "UK"}, "line 3: hospital 7 is in another country than before"),
        ({"month": "June"}, "line 3: month 'June', weekday '3' cannot be read"),
        ({"weekday": "8"}, "line 3: month '1991-06', weekday '8' cannot be read"),
        ({"month": "1991-13"}, "line 3: month '1991-13'"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, changes: dict[str, str], words: str) -> None:
    """One sentence with the line, never a traceback."""
    with pytest.raises(BadInput) as refused:
        read(tmp_path, LINE, {**LINE, **changes})
    assert words in refused.value.sentence


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    """Each column that is needed."""
    file = a_file(tmp_path, LINE, without=column)
    with pytest.raises(BadInput, match=f"has no column '{column}'"):
        read_enrolment(file, STROKE)


def test_files_that_are_none(tmp_path: Path) -> None:
    """No text, a line cut short, nothing at all; a mark before the first column is no trouble."""
    file = tmp_path / "x.csv"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="cannot be read"):
        read_enrolment(file, STROKE)
    file.write_text(",".join(COLUMNS) + "\n1991-06\n")
    with pytest.raises(BadInput, match="line 2"):
        read_enrolment(file, STROKE)
    file.write_text("")
    with pytest.raises(BadInput, match="has no column 'month'"):
        read_enrolment(file, STROKE)
    good = a_file(tmp_path, LINE)
    good.write_bytes(b"\xef\xbb\xbf" + good.read_bytes())
    assert len(read_enrolment(good, STROKE).arrivals) == 1


def test_strata_are_counted(tmp_path: Path) -> None:
    """As entered, in any order of factors."""
    people = read(tmp_path, LINE, LINE, {**LINE, "sex": "F" if LINE["sex"] == "M" else "M"})
    strata = Counter(tuple(sorted(arrival.levels.items())) for arrival in people.arrivals)
    assert sorted(strata.values()) == [1, 2]
