"""A file of subjects is read as it is meant, or refused with its line."""

from pathlib import Path

import pytest

from simulation.enrolment.enrolment_file import EnrolmentFileUnusable, read_enrolment
from simulation.enrolment.history import History
from simulation.enrolment.months import NotAMonth, day_within, month_of, written

GOOD = "patient,month,hospital,country\n1,1994-01,7,UK\n2,1994-03,7,UK\n3,1993-12,2,ITAL\n4,1994-03,9,UK\n"


def put(tmp_path: Path, text: str | bytes) -> Path:
    """A file with that in it."""
    file = tmp_path / "enrolment.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_a_history_is_laid_out_by_site_and_month(tmp_path: Path) -> None:
    """Sites stand in the order of their first subjects; months without any are there."""
    history = History.of(read_enrolment(put(tmp_path, GOOD)), month_of("1994-03"))
    assert history.sites == ("2", "7", "9")
    assert history.countries == ("ITAL", "UK", "UK")
    assert history.counts.tolist() == [[1, 0, 0, 0], [0, 1, 0, 1], [0, 0, 0, 1]]
    assert history.openings.tolist() == [1, 1, 0, 1]
    assert written(history.first_month) == "1993-12"


def test_what_came_later_is_not_looked_at(tmp_path: Path) -> None:
    """A history up to a month is that of a file that ends there, however it is cut."""
    subjects = read_enrolment(put(tmp_path, GOOD))
    cut, early = History.of(subjects, month_of("1994-03")).until(2), History.of(subjects, month_of("1994-01"))
    assert (cut.sites, cut.countries, cut.counts.tolist()) == (early.sites, early.countries, early.counts.tolist())


def test_a_file_without_countries_will_do(tmp_path: Path) -> None:
    """All sites are of one country then."""
    subjects = read_enrolment(put(tmp_path, "\ufeffhospital,month\na,2001-02\n"))
    assert [(each.site, each.country, written(each.month)) for each in subjects] == [("a", "", "2001-02")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Line 1: the column month and the column hospital is missing."),
        ("month,site\n", "Line 1: the column hospital is missing."),
        ("month,month,hospital\n", "Line 1: the column month is there twice."),
        ("month,hospital\n", "the file names no subject."),
        ("month,hospital\n1994-01,1\n1994-13,1\n", "Line 3: '1994-13' is no month; months are written YYYY-MM."),
        ("month,hospital\n94-01,1\n", "Line 2: '94-01' is no month"),
        ("month,hospital\n1994-01,\n", "Line 2: the hospital is missing."),
        ("month,hospital\n1994-01\n", "Line 2: there are more or fewer fields than columns."),
        ("month,hospital\n1994-01,1,2\n", "Line 2: there are more or fewer fields than columns."),
        ("month,hospital,country\n1994-01,1,UK\n1994-01,1,USA\n", "Line 3: hospital 1 is in USA, but in UK above."),
        ('month,hospital\n1994-01,"1\n', "this is no line of a CSV file"),
        ("month,hospital\n1901-01,1\n1994-01,1\n", "the months lie more than 50 years apart."),
        (b"month,hospital\n1994-01,\xff\n", "the file is not written in UTF-8."),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, text: str | bytes, words: str) -> None:
    """What is wrong, where, and what to do."""
    with pytest.raises(EnrolmentFileUnusable) as refused:
        read_enrolment(put(tmp_path, text))
    assert words in refused.value.sentence
    assert refused.value.sentence.endswith("Nothing was calculated. Correct the file and try again.")


@pytest.mark.parametrize("text", ["", "1994", "1994-1", "1994-00", "0000-01", "1994-01-01", "１９９４-01"])
def test_a_month_is_written_in_one_way(text: str) -> None:
    """Year, hyphen, two digits."""
    with pytest.raises(NotAMonth):
        month_of(text)


def test_days_of_a_month_come_evenly() -> None:
    """From the first day to the last, never beyond."""
    days = [day_within(month_of("2000-02"), share).day for share in (0.0, 0.5, 0.999, 1.0)]
    assert days == [1, 15, 29, 29]
