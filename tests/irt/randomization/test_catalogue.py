"""The catalogue: every method by its name, and what does not go together."""

import pytest

from irt.randomization.catalogue import (
    CATALOGUE,
    FactorNotUsed,
    FactorsMissing,
    UnknownMethod,
    cautions,
    entry_of,
    method_of,
)
from irt.randomization.design import design_of
from irt.randomization.methods.efron import Efron
from irt.randomization.settings import SettingMissing, UnknownSetting

SEX = [{"name": "sex", "levels": ["F", "M"]}]


def design(method, factors=(), **params):
    """Two arms, one to one."""
    return design_of({"method": method, "arms": ["A", "B"], "params": params, "factors": list(factors)})


def test_the_public_names_are_there():
    """Names that design files in the world use never go away."""
    public = (
        "complete random_allocation permuted_block truncated_binomial efron adjustable_biased_coin "
        "generalized_biased_coin wei_urn big_stick chen block_urn brick_tunnel maximal mass_weighted_urn "
        "minimization biased_coin_minimization hu_hu atkinson_da play_the_winner doubly_adaptive thompson "
        "three_plus_three boin"
    )
    assert set(public.split()) <= set(CATALOGUE)


def test_it_builds_the_method_with_its_settings():
    """A value, equal to another of the same settings."""
    built = method_of(design("efron", p="0.75"))
    assert isinstance(built, Efron)
    assert built == method_of(design("efron", p="3/4"))


@pytest.mark.parametrize(
    ("name", "near"), [("eforn", "efron"), ("permuted_blocks", "permuted_block"), ("x", "wei_urn")]
)
def test_it_refuses_an_unknown_method_with_names_near_it(name, near):
    """Or with all names where none is near."""
    with pytest.raises(UnknownMethod, match=near):
        entry_of(design(name))


def test_it_refuses_factors_the_method_does_not_use():
    """By the name of the factor."""
    with pytest.raises(FactorNotUsed, match="Leave out sex"):
        method_of(design("efron", SEX, p="2/3"))


def test_it_refuses_a_method_of_factors_without_any():
    """Minimization has nothing to balance."""
    with pytest.raises(FactorsMissing, match="Name at least one"):
        method_of(design("minimization", p="0.8"))


@pytest.mark.parametrize("name", [name for name, entry in CATALOGUE.items() if entry.factors])
def test_methods_with_factors_take_them(name):
    """They are refused for no factors, never for some."""
    assert entry_of(design(name, SEX)) is CATALOGUE[name]


@pytest.mark.parametrize("name", CATALOGUE)
def test_it_refuses_a_setting_the_method_does_not_have(name):
    """By the names of both."""
    with pytest.raises(UnknownSetting, match=f"{name} has no setting colour"):
        entry_of(design(name, SEX if CATALOGUE[name].factors else (), colour="red"))


def test_it_refuses_a_missing_setting():
    """By its name."""
    with pytest.raises(SettingMissing, match="big_stick needs its setting mti"):
        method_of(design("big_stick"))


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        (design("efron", p=1), 1),
        (design("efron", p="1.0"), 1),
        (design("efron", p="0.99"), 0),
        (design("chen", p="3/3", mti=2), 1),
        (design("max_entropy", eta=1), 1),
        (design("minimization", SEX, p=1), 1),
        (design("big_stick", mti=2), 0),
    ],
)
def test_it_cautions_against_certainty(asked, count):
    """A p of one is not refused: it needs a signed justification."""
    told = cautions(asked)
    assert len(told) == count
    assert all("ICH E9" in caution.sentence for caution in told)
