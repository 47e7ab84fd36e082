"""The table of application identifiers: whole, unambiguous, and with the rules a kit's label rests on."""

import biip.gs1_application_identifiers as theirs
import pytest

from irt.gs1.dictionary import identifier_at, identifiers, read_table
from irt.gs1.rules import RULES


def test_every_rule_that_is_named_exists():
    """The table names no rule that nobody wrote."""
    named = {rule for each in identifiers().values() for part in each.components for rule in part.rules}
    assert named <= RULES.keys()


def test_no_identifier_begins_another():
    """A raw code can be cut in one way only."""
    codes = sorted(identifiers())
    assert not [(one, two) for one in codes for two in codes if one != two and two.startswith(one)]


def test_another_table_knows_the_same_identifiers_and_separators():
    """biip's own table, made from GS1's published list, agrees on every identifier both have."""
    other = {each.ai: each for each in theirs._GS1_APPLICATION_IDENTIFIERS.values()}
    both = other.keys() & identifiers().keys()
    assert len(both) > 500
    assert [code for code in both if other[code].separator_required == identifiers()[code].fixed_length] == []


@pytest.mark.parametrize(
    ("code", "length", "fixed", "excludes"),
    [
        ("00", 18, True, ()),
        ("01", 14, True, ("255", "37")),
        ("10", 20, False, ()),
        ("17", 6, True, ()),
        ("21", 20, False, ("235",)),
        ("7240", 20, False, ("03",)),
        ("8018", 18, False, ("8017",)),
    ],
)
def test_what_labels_use(code, length, fixed, excludes):
    """Lengths, separators and exclusions of the fields of kits, parcels and subjects."""
    entry = identifiers()[code]
    assert (entry.length_max, entry.fixed_length, entry.excludes) == (length, fixed, excludes)


def test_the_keys_of_a_digital_link():
    """An item's qualifiers come in one of two orders; a parcel has none; a protocol number is no qualifier."""
    assert identifiers()["01"].qualifiers == (("22", "10", "21"), ("235",))
    assert identifiers()["00"].qualifiers == ((),)
    assert identifiers()["7240"].qualifiers is None


def test_identifiers_are_found_by_their_beginning():
    """Two to four digits are tried; what is none is none."""
    assert identifier_at("2112345") is identifiers()["21"]
    assert identifier_at("7240ABC") is identifiers()["7240"]
    assert identifier_at("99A") is identifiers()["99"]
    assert identifier_at("89A") is None


def test_a_bad_line_is_refused():
    """A part that is none of N, X, Y and Z does not go unnoticed."""
    assert [each.code for each in read_table("# nothing\n91-93 ? X..90 # INTERNAL\n")] == ["91", "92", "93"]
