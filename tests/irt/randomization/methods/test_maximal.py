"""The maximal procedure against all the sequences it allows."""

from fractions import Fraction
from itertools import product
from math import comb

import pytest

from irt.randomization.methods.maximal import Maximal
from irt.randomization.methods.random_allocation import RandomAllocation
from tests.irt.randomization.methods.walks import of_counts, sequence_law


def allowed(subjects: int, mti: int, balanced: bool) -> set[str]:
    """Every sequence within the limit, by looking at all."""
    found = set()
    for letters in product("AB", repeat=subjects):
        leads = [0]
        for letter in letters:
            leads.append(leads[-1] + (1 if letter == "A" else -1))
        if max(map(abs, leads)) <= mti and (not balanced or not leads[-1]):
            found.add("".join(letters))
    return found


@pytest.mark.parametrize("balanced", [True, False])
@pytest.mark.parametrize("mti", [1, 2, 3, 9])
@pytest.mark.parametrize("subjects", [2, 6, 10])
def test_exactly_the_allowed_sequences_are_equally_likely(subjects, mti, balanced):
    """As published (2003) they also end in balance."""
    law = sequence_law(Maximal((1, 1), subjects, mti, balanced), subjects)
    assert set(law) == allowed(subjects, mti, balanced)
    assert set(law.values()) == {Fraction(1, len(law))}


def test_eighteen_of_six():
    """Of the twenty balanced sequences of six a limit of two leaves out AAABBB and BBBAAA."""
    assert len(sequence_law(Maximal((1, 1), 6, 2), 6)) == 18


def test_a_limit_out_of_reach_is_the_random_allocation_rule():
    """Half the number."""
    assert sequence_law(Maximal((1, 1), 8, 4), 8) == sequence_law(RandomAllocation((1, 1), 8), 8)


def test_counts_beyond_doubles_stay_exact():
    """200 subjects within 100: C(200, 100) sequences, of which C(199, 99) go on with A; the limit is never met."""
    first, second = of_counts(Maximal((1, 1), 200, 100), 30, 20)
    left = (comb(149, 69), comb(149, 70))
    assert (first, second) == (Fraction(left[0], sum(left)), Fraction(left[1], sum(left)))
    assert first.denominator == Fraction(7, 15).denominator


def test_an_odd_number_without_terminal_balance():
    """It may end anywhere within the limit."""
    law = sequence_law(Maximal((1, 1), 5, 2, terminal_balance=False), 5)
    assert set(law) == allowed(5, 2, False)


def test_large_trials_have_denominators_wider_than_a_word():
    """Which is why draws take as many words as they need."""
    chance = of_counts(Maximal((1, 1), 400, 3), 1, 1)[0]
    assert chance == Fraction(1, 2)
    assert of_counts(Maximal((1, 1), 400, 3), 2, 1)[0].denominator > 2**64
