"""Settings are read once, by name, exactly; what is not a setting is refused by name."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.randomization.settings import (
    PlannedNumberMissing,
    SettingMissing,
    Settings,
    UnknownSetting,
    UnusableSetting,
    rational,
)


def settings_of(**params):
    """Of a method called coin."""
    return Settings("coin", (1, 1), params)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (2, Fraction(2)),
        ("2/3", Fraction(2, 3)),
        ("0.7", Fraction(7, 10)),
        (0.7, Fraction(7, 10)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("1e-2", Fraction(1, 100)),
        (" 3 ", Fraction(3)),
        ("-4/6", Fraction(-2, 3)),
        ("0.66666666666666666667", Fraction(66666666666666666667, 10**20)),
        (Fraction(1, 3), Fraction(1, 3)),
    ],
)
def test_a_number_is_what_was_written(written, number):
    """Decimals literally, fractions exactly."""
    assert rational(written) == number


@pytest.mark.parametrize(
    "written",
    [True, None, "", "two", "1/0", "1/2/3", "1e999999999", "nan", "inf", float("nan"), [1], "1_000", "0x10"],
)
def test_what_is_not_a_number_is_none(written):
    """Truth values, words, a division by nothing, and numbers made to fill the memory."""
    assert rational(written) is None


@given(st.fractions())
def test_a_fraction_reads_back(number):
    """As Python prints it."""
    assert rational(str(number)) == number or len(str(number)) > 80


def test_it_reads_each_kind():
    """A fraction, a whole number, whole numbers, a word, a truth value, a group."""
    given_settings = settings_of(
        p="2/3", mti=3, sizes=[4, "6"], rule="shared", exact=True, weights={"overall": 0.3}
    )
    assert given_settings.rational("p") == Fraction(2, 3)
    assert given_settings.whole("mti") == 3
    assert given_settings.wholes("sizes") == (4, 6)
    assert given_settings.choice("rule", ("shared", "other")) == "shared"
    assert given_settings.flag("exact")
    assert given_settings.group("weights", ("overall",)).rational("overall") == Fraction(3, 10)


def test_defaults_stand_where_nothing_is_said():
    """And only there."""
    nothing = settings_of()
    assert nothing.rational("p", Fraction(1, 2)) == Fraction(1, 2)
    assert nothing.whole("mti", 4) == 4
    assert nothing.choice("rule", ("shared",), "shared") == "shared"
    assert not nothing.flag("exact")
    assert nothing.flag("exact", default=True)


@pytest.mark.parametrize(
    ("read", "params"),
    [
        (lambda s: s.rational("p"), {"p": "often"}),
        (lambda s: s.whole("p"), {"p": "1/2"}),
        (lambda s: s.whole("p"), {"p": True}),
        (lambda s: s.wholes("p"), {"p": 4}),
        (lambda s: s.wholes("p"), {"p": []}),
        (lambda s: s.wholes("p"), {"p": [4, "x"]}),
        (lambda s: s.rationals("p"), {"p": ["1/2", None]}),
        (lambda s: s.choice("p", ("a", "b")), {"p": "c"}),
        (lambda s: s.flag("p"), {"p": "yes"}),
        (lambda s: s.group("p", ("a",)), {"p": 1}),
    ],
)
def test_it_refuses_values_of_another_kind(read, params):
    """By the name of the setting."""
    with pytest.raises(UnusableSetting, match="setting p of coin"):
        read(settings_of(**params))


def test_it_refuses_a_missing_setting():
    """By its name."""
    with pytest.raises(SettingMissing, match="coin needs its setting p"):
        settings_of(q=1).rational("p")


def test_it_refuses_an_unknown_setting():
    """With the names it knows, inside a group too."""
    with pytest.raises(UnknownSetting, match=r"coin has no setting q\. Its settings here are: p, mti"):
        settings_of(q=1).only(("p", "mti"))
    with pytest.raises(UnknownSetting, match=r"no setting weights\.overal\. "):
        settings_of(weights={"overal": 1}).group("weights", ("overall",))


def test_it_refuses_to_guess_the_planned_number():
    """A method that needs it is told."""
    assert Settings("coin", (1, 1), {}, 40).subjects == 40
    with pytest.raises(PlannedNumberMissing, match="planned number"):
        _ = settings_of().subjects
