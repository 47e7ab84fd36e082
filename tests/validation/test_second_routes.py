"""The second routes over whatever designs and histories Hypothesis comes upon, edges among them."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.validation.asking import Case, a_design, answers_to, factors_of, same
from tests.validation.oracles import covariates, responses, restricted

F = Fraction
EXAMPLES = settings(deadline=None, max_examples=60)
COINS = st.fractions(F(1, 2), 1, max_denominator=12)
POSITIVE = st.fractions(F(1, 6), 6, max_denominator=6)
PLANNED = 8

Law = Callable[[tuple[int, ...]], Any]


def ratios(arms_max: int, share_max: int = 4) -> st.SearchStrategy[tuple[int, ...]]:
    """From two arms on."""
    return st.lists(st.integers(1, share_max), min_size=2, max_size=arms_max).map(tuple)


@st.composite
def two_arm_designs(draw: st.DrawFn) -> tuple[Any, Law]:
    """A design of two equal arms, and its second route."""
    mti, p = draw(st.integers(1, 4)), draw(COINS)
    exponent = draw(st.fractions(0, 4, max_denominator=3))
    made: list[tuple[Any, Law]] = [
        (a_design("efron", p=str(p)), lambda h: restricted.efron(h, p)),
        (a_design("big_stick", mti=mti), lambda h: restricted.big_stick(h, mti)),
        (a_design("chen", mti=mti, p=str(p)), lambda h: restricted.chen(h, mti, p)),
        (
            a_design("adjustable_biased_coin", a=str(exponent)),
            lambda h: restricted.adjustable_biased_coin(h, exponent),
        ),
        (
            a_design("generalized_biased_coin", rho=str(exponent)),
            lambda h: restricted.generalized_biased_coin(h, exponent),
        ),
        (a_design("truncated_binomial"), restricted.truncated_binomial(PLANNED)),
        (a_design("maximal", mti=mti), restricted.maximal(PLANNED, mti, balanced=True)),
        (a_design("maximal", mti=mti, terminal_balance=False), restricted.maximal(PLANNED, mti, balanced=False)),
    ]
    return draw(st.sampled_from(made))


@st.composite
def designs_of_any_ratio(draw: st.DrawFn) -> tuple[Any, Law]:
    """A design of two to four arms, and its second route."""
    ratio = draw(ratios(4))
    sets, alpha, eta = draw(st.integers(1, 3)), draw(POSITIVE), draw(st.fractions(0, 1, max_denominator=8))
    sizes = [times * sum(ratio) for times in draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))]
    initial, added = draw(POSITIVE), draw(st.fractions(0, 4, max_denominator=4))
    equal = (1,) * len(ratio)
    made: list[tuple[Any, Law]] = [
        (a_design("block_urn", ratio, **{"lambda": sets}), lambda h: restricted.block_urn(h, ratio, sets)),
        (
            a_design("mass_weighted_urn", ratio, alpha=str(alpha)),
            lambda h: restricted.mass_weighted_urn(h, ratio, alpha),
        ),
        (a_design("max_entropy", ratio, eta=str(eta)), lambda h: restricted.max_entropy(h, ratio, eta)),
        (a_design("permuted_block", ratio, block_sizes=sizes), restricted.permuted_block(sizes, ratio)),
        (
            a_design("wei_urn", equal, initial=str(initial), added=str(added)),
            lambda h: restricted.wei_urn(h, len(equal), initial, added),
        ),
    ]
    if len(ratio) == 2:
        made.append((a_design("brick_tunnel", ratio), lambda h: restricted.brick_tunnel_of_two(h, ratio)))
    if len(ratio) == 3:
        made.append((a_design("brick_tunnel", ratio), lambda h: restricted.brick_tunnel_of_three(h, ratio)))
    return draw(st.sampled_from(made))


def walk(data: st.DataObject, design: Any, law: Law, longest: int) -> None:
    """Along any possible path every law is that of the second route, until none is left."""
    history: tuple[int, ...] = ()
    for _ in range(longest):
        expected = law(history)
        ((_, got),) = answers_to(design, [Case(history, PLANNED)])
        same(got, expected, f"{design} after {history}")
        if expected is None:
            return
        history = (*history, data.draw(st.sampled_from([arm for arm, chance in enumerate(expected) if chance])))


@given(two_arm_designs(), st.data())
@EXAMPLES
def test_two_equal_arms(made: tuple[Any, Law], data: st.DataObject) -> None:
    """Limits from one, coins from a half to certainty, any power."""
    walk(data, *made, longest=9)


@given(designs_of_any_ratio(), st.data())
@EXAMPLES
def test_any_ratio(made: tuple[Any, Law], data: st.DataObject) -> None:
    """Two to four arms of shares up to four; blocks of up to three sizes, named twice or not."""
    walk(data, *made, longest=9)


@st.composite
def trials(draw: st.DrawFn, arms: int) -> tuple[tuple[int, ...], Case]:
    """Levels of one to three factors (some of one level), subjects so far, and a new one."""
    levels = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple))
    profiles = st.tuples(*(st.sampled_from("abc"[:count]) for count in levels))
    before = draw(st.lists(st.tuples(st.integers(0, arms - 1), profiles), max_size=14))
    history, subjects = tuple(arm for arm, _ in before), tuple(profile for _, profile in before)
    return levels, Case(history, None, subjects, draw(profiles))


def answer(design: Any, case: Case) -> Any:
    """The engine's answer to one question."""
    ((_, law),) = answers_to(design, [case])
    return law


@given(st.data(), ratios(5, 3), st.fractions(F(1, 20), 1, max_denominator=20))
@settings(deadline=None, max_examples=120)
def test_minimization(data: st.DataObject, ratio: tuple[int, ...], p: Fraction) -> None:
    """Every distance, tie rule and scaling; weights of zero, p down to below a fair share, p of one."""
    levels, case = data.draw(trials(len(ratio)))
    weights = data.draw(st.lists(st.fractions(0, 3, max_denominator=4), min_size=len(levels), max_size=len(levels)))
    distance = data.draw(st.sampled_from(["range", "variance", "sd", "sum"]))
    ties = data.draw(st.sampled_from(["shared", "random_rank"]))
    scaling = data.draw(st.sampled_from(["add_then_divide", "divide_then_add"]))
    factors = factors_of(*levels, weights=[str(weight) for weight in weights])
    settings_given = {"p": str(p), "distance": distance, "scaling": scaling}
    made = covariates.scores(case.history, case.subjects, case.subject, ratio, weights, distance, scaling)
    got = answer(a_design("minimization", ratio, factors, tie_rule=ties, **settings_given), case)
    same(got, covariates.minimization(made, ratio, p, ties), f"minimization {ratio} {case}")
    got = answer(a_design("biased_coin_minimization", ratio, factors, **settings_given), case)
    same(got, covariates.biased_coin_minimization(made, ratio, p), f"Han {ratio} {case}")


@given(st.data(), COINS)
@EXAMPLES
def test_hu_hu(data: st.DataObject, p: Fraction) -> None:
    """Any weights, not all zero."""
    levels, case = data.draw(trials(2))
    weights = st.fractions(0, 2, max_denominator=6)
    overall, stratum = data.draw(weights), data.draw(weights)
    margins = data.draw(st.lists(weights, min_size=len(levels), max_size=len(levels)))
    if not (overall or stratum or any(margins)):
        overall = F(1)
    given_weights = {"overall": str(overall), "stratum": str(stratum), "margins": [str(each) for each in margins]}
    design = a_design("hu_hu", factors=factors_of(*levels), p=str(p), weights=given_weights)
    expected = covariates.hu_hu(case.history, case.subjects, case.subject, p, overall, stratum, margins)
    same(answer(design, case), expected, str(case))


@given(st.data(), st.integers(2, 4))
@EXAMPLES
def test_atkinson_da(data: st.DataObject, arms: int) -> None:
    """Two to four arms, one-level factors too; both start-ups for two arms."""
    levels, case = data.draw(trials(arms))
    names = ["abc"[:count] for count in levels]
    design = a_design("atkinson_da", (1,) * arms, factors_of(*levels))
    expected = covariates.atkinson_da(case.history, case.subjects, case.subject, names, arms)
    same(answer(design, case), expected, str(case))
    if arms == 2:
        early = a_design("atkinson_da", factors=factors_of(*levels), start_up="covariates")
        expected = covariates.atkinson_da_of_two(case.history, case.subjects, case.subject, names)
        same(answer(early, case), expected, str(case))


@given(st.data(), st.integers(2, 4))
@EXAMPLES
def test_responses(data: st.DataObject, arms: int) -> None:
    """Urns, targets and posteriors after any responses, known or not."""
    told = st.tuples(st.integers(0, arms - 1), st.sampled_from([0, 1, None]))
    before = data.draw(st.lists(told, max_size=10 if arms < 4 else 6))
    case = Case(tuple(arm for arm, _ in before), responses=tuple(response for _, response in before))
    initial, added = data.draw(POSITIVE), data.draw(st.fractions(0, 4, max_denominator=4))
    urn = a_design("play_the_winner", (1,) * arms, initial=str(initial), added=str(added))
    expected: Any = responses.play_the_winner(case.history, case.responses, (1,) * arms, initial, added)
    same(answer(urn, case), expected, str(case))
    gamma = data.draw(st.fractions(0, 4, max_denominator=3))
    for target in ("neyman", "rsihr", "urn"):
        doubly = a_design("doubly_adaptive", (1,) * arms, target=target, gamma=str(gamma))
        expected = responses.doubly_adaptive(case.history, case.responses, arms, target, gamma)
        same(answer(doubly, case), expected, f"{target} {gamma} {case}")
    power = data.draw(st.fractions(0, 3, max_denominator=2))
    expected = responses.thompson(case.history, case.responses, arms, power)
    same(answer(a_design("thompson", (1,) * arms, power=str(power)), case), expected, f"{power} {case}")


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_maximal_without_balance_at_any_number(n: int) -> None:
    """Odd numbers and limits beyond them too."""
    for mti in (1, 2, 9):
        law = restricted.maximal(n, mti, balanced=False)
        design = a_design("maximal", mti=mti, terminal_balance=False)
        for length in range(n):
            case = Case(tuple(place % 2 for place in range(length)), n)
            same(answer(design, case), law(case.history), str(case))
