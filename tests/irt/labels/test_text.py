"""What a label must say by region, what may be left off with a reason, and how a text becomes a kit's lines."""

from dataclasses import replace
from datetime import date

import pytest

from irt.labels.particulars import BY_CODE, PARTICULARS, REQUIRED, Packaging, Region, may_be_left_off, region_of
from irt.labels.text import KitWords, LabelText, lines_of, period_of_use, problems_of
from tests.irt.labels.builders import AMERICAN, WHOLE, a_text

WORDS = KitWords("NB-301", "LARKSPUR", "Northbeam", "+44 20 7946 0000", "48213377", "BL-07", "12/2027")


@pytest.mark.parametrize(
    ("country", "region"), [("DE", "eu"), ("NO", "eu"), ("GB", "uk"), ("US", "us"), ("CH", "elsewhere")]
)
def test_the_law_follows_the_country(country: str, region: str) -> None:
    """Norway labels as the Union does, Switzerland does not."""
    assert region_of(country) == region


def test_every_asked_particular_is_one_and_has_its_clause() -> None:
    """For every region and both packagings."""
    assert set(REQUIRED) == {(region, packaging) for region in Region for packaging in Packaging}
    for clauses in REQUIRED.values():
        assert set(clauses) <= set(BY_CODE)
        assert all(clauses.values())


@pytest.mark.parametrize("code", list(REQUIRED[Region.EU, Packaging.OUTER]))
def test_each_missing_particular_is_named_with_its_clause(code: str) -> None:
    """One sentence for what is missing, none for what is there."""
    (said,) = problems_of(a_text(**{code: None}))
    assert BY_CODE[code].title in said
    assert "Annex VI A.1 (1)" in said
    assert problems_of(a_text()) == ()


@pytest.mark.parametrize("country", ["DE", "GB"])
def test_the_period_of_use_cannot_be_left_off_the_outer_label(country: str) -> None:
    """No system is a reason to leave it off there; the immediate packaging need not have it."""
    outer = replace(a_text(country, use_by=None), omitted={"use_by": "Shown by the central system to every site"})
    (said,) = problems_of(outer)
    assert "Period of use cannot be left off the outer label" in said
    assert problems_of(replace(outer, packaging=Packaging.IMMEDIATE)) == ()


def test_another_particular_is_left_off_with_a_justification() -> None:
    """Too short a one does not do; the kit number never is."""
    lacking = a_text(children=None)
    assert problems_of(replace(lacking, omitted={"children": "Given in hospital alone, never taken home"})) == ()
    (said,) = problems_of(replace(lacking, omitted={"children": "no"}))
    assert "without a justification" in said
    (said,) = problems_of(replace(a_text(kit=None), omitted={"kit": "The site knows the kit by its place"}))
    assert "cannot be left off" in said
    assert not may_be_left_off(Region.US, Packaging.IMMEDIATE, "caution")


def test_the_united_states_ask_for_their_caution() -> None:
    """On the immediate packaging too; little else."""
    american = LabelText("US", "en", Packaging.IMMEDIATE, AMERICAN)
    assert problems_of(american) == ()
    bare = {code: said for code, said in AMERICAN.items() if code != "caution"}
    assert problems_of(replace(american, particulars=bare)) == (
        "Caution of the United States is missing (21 CFR 312.6(a)).",
    )


def test_a_text_without_its_placeholder_is_no_label_of_a_kit() -> None:
    """A date typed in would be wrong for the next lot."""
    (said,) = problems_of(a_text(use_by="Use by 12/2027"))
    assert said == "Period of use: the text must hold {use_by}."


def test_what_nobody_knows_is_named() -> None:
    """A placeholder and a particular."""
    said = problems_of(a_text(directions="Take {dose} pens", colour="blue"))
    assert said[0] == "'colour' is not a particular of a label."
    assert said[1].startswith("Directions for use: {dose} stands for nothing.")
    assert "{help_phone}" in said[1]


def test_lines_in_the_order_of_the_particulars() -> None:
    """Placeholders are filled; several lines stay several."""
    text = a_text(directions="Shake.\n\nUse at once.")
    lines = lines_of(text, WORDS)
    assert lines[:3] == (
        "Kit no. 48213377",
        "Protocol NB-301",
        "Northbeam, 1 High Street, Leeds. Telephone +44 20 7946 0000",
    )
    assert lines[8:10] == ("Shake.", "Use at once.")
    assert "Use by 12/2027" in lines
    assert len(WHOLE) + 1 == len(lines)
    assert not [line for line in lines if "{" in line]


@pytest.mark.parametrize(
    ("expiry", "said"),
    [
        (date(2027, 12, 31), "12/2027"),
        (date(2028, 2, 29), "02/2028"),
        (date(2027, 2, 28), "02/2027"),
        (date(2028, 2, 28), "2028-02-28"),
        (date(2027, 6, 15), "2027-06-15"),
    ],
)
def test_month_and_year_mean_the_last_day(expiry: date, said: str) -> None:
    """A kit that ends within a month says the day, so that nobody uses it to the month's end."""
    assert period_of_use(expiry) == said


def test_particulars_have_distinct_codes() -> None:
    """And placeholders that stand for something."""
    assert len(BY_CODE) == len(PARTICULARS)
    assert {name for one in PARTICULARS for name in one.needs} <= set(WORDS.__dataclass_fields__)
