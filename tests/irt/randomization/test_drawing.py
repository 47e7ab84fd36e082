"""Drawn sequences can be drawn again by anybody, and come about with the chances that stand beside them."""

from collections import Counter
from fractions import Fraction
from math import lcm, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.errors import IntegrityFault
from irt.randomization.catalogue import method_of
from irt.randomization.design import design_of
from irt.randomization.drawing import PARTS, Arrival, draw_arm, draw_sequence, drawable
from irt.randomization.stream import Seed, Stream
from tests.irt.randomization.builders import KEY, arms, blocks, generate_list
from tests.irt.randomization.methods.walks import law_after, sequence_law

NAME = "IRT-RNG/1|TRIAL-1|test/1|"


def design(method, ratio=(1, 1), **params):
    """Arms A, B ... in that ratio."""
    letters = [chr(ord("A") + arm) for arm in range(len(ratio))]
    return design_of({"method": method, "arms": letters, "ratio": list(ratio), "params": params})


def drawn(asked, subjects, key=KEY):
    """That many subjects of whom nothing is known."""
    return draw_sequence(asked, Stream(key, NAME), [Arrival()] * subjects)


@pytest.mark.parametrize(
    "asked",
    [
        design("complete", (2, 1)),
        design("efron", p="2/3"),
        design("maximal", mti=3),
        design("brick_tunnel", (2, 3, 5)),
        design("random_allocation"),
    ],
)
def test_each_arm_follows_from_its_number_and_its_chances(asked):
    """One number a subject at its assignment number from 1; the first arm whose cumulated chance is above it."""
    method = method_of(asked, 40)
    sequence = drawn(asked, 40)
    history = "".join("ABC"[each.arm] for each in sequence)
    for number, each in enumerate(sequence, start=1):
        assert each.chances == law_after(method, history[: number - 1])
        (draw,) = each.draws
        assert draw.modulus == lcm(*(chance.denominator for chance in each.chances))
        assert draw == Stream(KEY, NAME).below(draw.modulus, number)
        reached = [sum(each.chances[: arm + 1]) for arm in range(len(each.chances))]
        assert each.arm == next(
            arm for arm, edge in enumerate(reached) if Fraction(draw.value, draw.modulus) < edge
        )


def test_a_wide_denominator_takes_more_words():
    """A maximal procedure of 400 subjects needs more than 64 bits."""
    assert max(each.draws[0].modulus for each in drawn(design("maximal", mti=3), 400)) > 2**64


@pytest.mark.parametrize(("ratio", "sizes"), [((1, 1), (4, 6)), ((2, 1), (3,)), ((1, 1, 1), (3, 6))])
def test_blocks_are_those_of_a_live_list(ratio, sizes):
    """The same running counter, the same shuffle: the list that a study with this stream would have."""
    seed = Seed(KEY, "TRIAL-1")
    stream = seed.stream("permuted_block", "sex=F")
    live = generate_list(blocks(*sizes), arms(*ratio), seed, "sex=F", 50)
    sequence = draw_sequence(design("permuted_block", ratio, block_sizes=list(sizes)), stream, [Arrival()] * 50)
    assert ["ABC"[each.arm] for each in sequence] == list(live)
    draws = [draw for each in sequence for draw in each.draws]
    assert [draw.index for draw in draws] == list(range(len(draws)))


def test_the_chances_beside_a_block_are_those_of_one_who_does_not_see_it():
    """Over the hidden sizes, given the arms so far."""
    asked = design("permuted_block", block_sizes=[4, 6])
    sequence = drawn(asked, 30)
    history = "".join("AB"[each.arm] for each in sequence)
    assert [each.chances for each in sequence] == [
        law_after(method_of(asked), history[:subjects]) for subjects in range(30)
    ]


def test_a_list_begins_alike_whatever_its_length():
    """More subjects never change those before, where the planned number is not part of the method."""
    for asked in (design("permuted_block", block_sizes=[4, 6]), design("efron", p="2/3")):
        assert [each.arm for each in drawn(asked, 25)] == [each.arm for each in drawn(asked, 40)][:25]


@pytest.mark.parametrize(
    "asked",
    [
        design("efron", p="2/3"),
        design("permuted_block", block_sizes=[2, 4]),
        design("adjustable_biased_coin", a="1/2"),
    ],
)
def test_sequences_come_about_as_often_as_they_should(asked):
    """Chi-square over all sequences of four subjects and 3,000 seeds: below the 99.99th percentile."""
    law = sequence_law(method_of(asked), 4)
    trials = 3000
    seen = Counter(
        "".join("AB"[each.arm] for each in drawn(asked, 4, key=number.to_bytes(32, "big")))
        for number in range(trials)
    )
    assert set(seen) <= set(law)
    distance = sum((seen[sequence] - trials * chance) ** 2 / (trials * chance) for sequence, chance in law.items())
    freedom = len(law) - 1
    assert float(distance) < freedom + 4 * sqrt(2 * freedom) + 8


def test_irrational_chances_are_rounded_to_2_53_with_the_rest_for_the_last():
    """What is drawn is what stands beside it."""
    first = sqrt(2) / (1 + sqrt(2))
    chances = drawable((first, 1 - first))
    assert chances == (Fraction(round(first * PARTS), PARTS), 1 - Fraction(round(first * PARTS), PARTS))
    assert drawable((Fraction(1, 3), Fraction(2, 3))) == (Fraction(1, 3), Fraction(2, 3))
    assert drawable((Fraction(1, 3), 1 / 3, 1 / 3))[0] == Fraction(round(Fraction(PARTS, 3)), PARTS)


@given(st.lists(st.floats(1e-6, 1), min_size=2, max_size=6))
@settings(deadline=None)
def test_rounded_chances_are_chances(weights):
    """They sum to one and none is below zero, whatever floating point did before."""
    chances = drawable(tuple(weight / sum(weights) for weight in weights))
    assert sum(chances) == 1
    assert min(chances) >= 0
    assert all(PARTS % chance.denominator == 0 for chance in chances)
    assert all(abs(float(c) - w / sum(weights)) < 1e-14 for c, w in zip(chances, weights, strict=True))


def test_an_arm_without_a_chance_is_never_drawn():
    """Certain allocations draw a number below one, so that every subject has its record."""
    arm, draw = draw_arm((Fraction(0), Fraction(1), Fraction(0)), Stream(KEY, NAME), 7)
    assert (arm, draw.modulus, draw.value, draw.index) == (1, 1, 0, 7)


def test_it_stops_where_chances_do_not_sum_to_one():
    """A method that lost a chance is a fault of the program."""
    index = next(i for i in range(50) if Stream(KEY, NAME).below(4, i).value == 3)
    with pytest.raises(IntegrityFault, match="sum to 2/4"):
        draw_arm((Fraction(1, 4), Fraction(1, 4)), Stream(KEY, NAME), index)


def test_levels_and_responses_are_looked_at():
    """A subject like the one before gets the other arm; after a success the winner is played."""
    sex = [{"name": "sex", "levels": ["F", "M"]}]
    minimized = design_of({"method": "minimization", "arms": ["A", "B"], "params": {"p": 1}, "factors": sex})
    pair = draw_sequence(minimized, Stream(KEY, NAME), [Arrival(("F",)), Arrival(("F",))])
    assert {each.arm for each in pair} == {0, 1}
    winner = design("play_the_winner", initial=1, added=1000)
    first, second = draw_sequence(winner, Stream(KEY, NAME), [Arrival(response=1), Arrival()])
    assert second.chances[first.arm] == Fraction(1001, 1002)
