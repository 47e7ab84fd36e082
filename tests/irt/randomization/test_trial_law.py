"""A study's own law: stratum by stratum, and the same chances as were drawn with."""

from fractions import Fraction

from irt.randomization.methods.method import Step
from irt.randomization.methods.permuted_block import PermutedBlocks
from irt.randomization.trial_law import Stratified, law_of
from tests.builders_supply import the_lipid_study


def test_a_stratum_remembers_its_own_subjects_only() -> None:
    """After A in one stratum the other still has the ratio."""
    law = law_of(the_lipid_study())
    assert law is not None
    method = law.method()
    here, there = law.levels({"ldl": "LT85", "region": "EU"}), law.levels({"ldl": "GE85", "region": "EU"})
    memory = method.after(method.start(), Step(0, here))
    assert method.law(memory, there) == (Fraction(1, 2), Fraction(1, 2))
    assert method.law(memory, here)[0] < Fraction(1, 2)


def test_factors_stand_before_strata() -> None:
    """The method inside is asked with its own levels, and strata do not mix whatever comes first."""
    inner = PermutedBlocks((1, 1), (2,))
    method = Stratified(inner, 0)
    one = method.after(method.after(method.start(), Step(0, ("a",))), Step(1, ("b",)))
    other = method.after(method.after(method.start(), Step(1, ("b",))), Step(0, ("a",)))
    assert one == other
    assert method.law(one, ("a",)) == (0, 1)
    assert method.law(one, ("b",)) == (1, 0)
    assert method.ratio == (1, 1)
