"""Loggers' files: what profiles can tell, and what is refused with its line."""

import pytest
from pydantic import ValidationError

from irt.study.temperature import LoggerProfile
from irt.temperature.logger_file import UnreadableLoggerFile, read_logger_file
from irt.temperature.readings import NoReadings, Record
from tests.irt.temperature.builders import at, record


def lines(*rows: str, header: str = "timestamp,temperature_c") -> bytes:
    """A file of these rows."""
    return ("\n".join([header, *rows]) + "\n").encode()


def read(*rows: str, header: str = "timestamp,temperature_c", **profile: object) -> Record:
    """Their record under a profile."""
    return read_logger_file(lines(*rows, header=header), LoggerProfile.model_validate(profile))


THREE = record((0, 5.5), (1, 6), (2, -0.5))


@pytest.mark.parametrize(
    "rows",
    [
        ("2026-11-02T08:00:00Z,5.5", "2026-11-02T09:00:00Z,6", "2026-11-02T10:00:00Z,-0.5"),
        ("2026-11-02 08:00,5.5", "2026-11-02 09:00,6.0", "2026-11-02 10:00,-0.50"),
        ("2026-11-02T10:00:00+02:00,5.5", "2026-11-02T10:00:00+01:00,6", "2026-11-02T10:00:00+00:00,-0.5"),
        ("2026-11-02T10:00,-0.5", "2026-11-02T08:00,5.5", "2026-11-02T09:00,6", "2026-11-02T09:00,6"),
        ("", '"2026-11-02 08:00"," 5.5 °C"', "2026-11-02 09:00,+6", ",", "2026-11-02 10:00,−0.5"),
    ],
    ids=["UTC", "no offset is UTC", "offsets", "unsorted and twice", "spaces, units, empty lines"],
)
def test_the_default_columns(rows):
    """Times in ISO 8601, in any order, each row counted once."""
    assert read(*rows) == THREE


def test_a_profile_tells_the_rest():
    """Preamble, date and time apart, an offset, Fahrenheit, decimal comma, semicolons."""
    profile = LoggerProfile(
        timestamp="Datum",
        time="Uhrzeit",
        temperature="Temp",
        unit="F",
        zone="+01:00",
        decimal=",",
        separator=";",
        date_formats=("%d.%m.%Y %H:%M", "%d.%m.%y %H:%M"),
        lines_before_header=1,
        encoding="latin-1",
    )
    content = "Kühlbox 7\nNr;datum;Uhrzeit;TEMP\n1;02.11.2026;09:00;41,9\n2;02.11.26;10:00;42,8 °F\n".encode(
        "latin-1"
    )
    found = read_logger_file(content, profile)
    assert [reading.at for reading in found.readings] == [at(0), at(1)]
    assert found.temperatures == pytest.approx((5.5, 6))


def test_a_named_zone():
    """In Berlin, one hour before UTC in November."""
    assert read("2026-11-02 09:00,5.5", zone="Europe/Berlin").start == at(0)


@pytest.mark.parametrize("moment", ["2026-10-25 02:30", "2026-03-29 02:30"])
def test_an_hour_that_the_clocks_change_is_refused(moment):
    """It is two moments, or none."""
    with pytest.raises(UnreadableLoggerFile, match=r"Line 2: .*not one moment in Europe/Berlin"):
        read(f"{moment},5", zone="Europe/Berlin")
    assert read(f"{moment},5", zone="+01:00").temperatures == (5,)


def test_silence_is_a_gap():
    """What the logger writes where it measured nothing is named by the profile; it is not a reading."""
    found = read("2026-11-02 08:00,5", "2026-11-02 08:10,---", "2026-11-02 08:20,5", no_data=["---", "NC"])
    assert found.temperatures == (5, 5)
    assert [(gap.start, gap.end) for gap in found.gaps(at(24) - at(0))] == [
        (found.silences[0], found.readings[1].at)
    ]


def test_of_two_temperatures_at_one_moment_the_warmer_holds():
    """And both count as measured, in whatever order they stand."""
    found = read("2026-11-02 08:00,9", "2026-11-02 08:00,3", "2026-11-02 09:00,5")
    assert found.temperatures == (3, 9, 5)
    assert found.durations[0] == 0
    assert found.contradictions == (at(0),)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["2026-11-02 08:00,5", "yesterday,5"], "Line 3: `yesterday` is not a time such as"),
        (["2026-11-02 08:00,5", "2026-13-02 08:00,5"], "Line 3: `2026-13-02 08:00` is not a time"),
        ([",5"], "Line 2: there is no time"),
        (["2026-11-02 08:00,"], "Line 2: there is no temperature"),
        (["2026-11-02 08:00,warm"], "Line 2: `warm` is not a temperature"),
        (["2026-11-02 08:00,nan"], "Line 2: `nan` is not a temperature"),
        (["2026-11-02 08:00,1e3"], "Line 2: `1e3` is not a temperature"),
        (["2026-11-02 08:00,inf"], "Line 2: `inf` is not a temperature"),
        (["2026-11-02 08:00,5 F"], "Line 2: `5 F` is not in °C"),
        (['2026-11-02 08:00,"5,5"'], "Line 2: `5,5` has the other decimal sign"),
        (["2026-11-02 08:00,5,5"], "Line 2: 3 values under 2 columns"),
        (["2026-11-02 08:00"], "Line 2: 1 values under 2 columns"),
        (["2026-11-02 08:00,-300"], "Line 2: `-300` is below absolute zero"),
        (['2026-11-02 08:00,"5'], "Line 2: unexpected end of data"),
        (["0001-01-01T00:00:00+14:00,5"], "Line 2: .* lies outside the calendar"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(rows, sentence):
    """By its line and what is wrong."""
    with pytest.raises(UnreadableLoggerFile, match=sentence):
        read(*rows)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"time,temp\n1,2\n", "no column `timestamp`; its columns are `time`, `temp`"),
        (b"timestamp,temperature_c,timestamp\n", "more than one column `timestamp`"),
        (b"timestamp;temperature_c\n2026-11-02;5,0\n", "no column `timestamp`"),
        (b"timestamp,temperature_c\n\xff,5\n", "Line 2: not a text in utf-8"),
        ("timestamp,temperature_c\n".encode("utf-16"), "UTF-16"),
        (b"%PDF-1.7\n\0\0", "no text has"),
    ],
)
def test_a_file_of_another_kind_is_refused(content, sentence):
    """With what it has and what is missing."""
    with pytest.raises(UnreadableLoggerFile, match=sentence):
        read_logger_file(content, LoggerProfile())


def test_a_file_without_rows_is_refused():
    """A header alone is no record."""
    with pytest.raises(NoReadings):
        read()


def test_a_mark_of_bytes_at_the_start_is_no_part_of_a_name():
    """As spreadsheets write it."""
    found = read_logger_file(b"\xef\xbb\xbf" + lines("2026-11-02 08:00,5"), LoggerProfile())
    assert found.temperatures == (5,)


@pytest.mark.parametrize("wrong", [{"zone": "Mars/Olympus"}, {"zone": "+25:00"}, {"unit": "K"}, {"colour": "red"}])
def test_a_profile_that_cannot_be_is_refused(wrong):
    """Zones, units and keys are known ones."""
    with pytest.raises(ValidationError):
        LoggerProfile.model_validate(wrong)
