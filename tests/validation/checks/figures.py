"""Operating characteristics, ratios before anything is known, and re-randomization tests, against enumeration."""

from fractions import Fraction
from itertools import permutations, product
from typing import Any
from unittest.mock import patch

from irt.randomization import rerandomization
from irt.randomization.allocation_ratio import allocation_ratio
from irt.randomization.assessment.assess import Question, assess
from irt.randomization.catalogue import method_of
from irt.randomization.redrawing import Allocated
from irt.randomization.rerandomization import rerandomize
from tests.validation.asking import a_design
from tests.validation.check import check
from tests.validation.oracles import restricted, sequences

F = Fraction
NEAR = 1e-10


def _close(got: float, wanted: Fraction | float, where: str) -> None:
    assert abs(got - float(wanted)) < NEAR, f"{where}: {got}, not {float(wanted)}"


@check("assessment", "second route", "definitions, over all sequences of eight subjects")
def figures_route() -> int:
    """The law of the lead, expected |D| and max |D|, both kinds of guesses, certain allocations; seven designs."""
    compared = 0
    for method, params, law in (
        ("complete", {}, lambda h: restricted.complete(h, (1, 1))),
        ("efron", {"p": "2/3"}, lambda h: restricted.efron(h, F(2, 3))),
        ("big_stick", {"mti": 2}, lambda h: restricted.big_stick(h, 2)),
        ("chen", {"mti": 3, "p": "3/4"}, lambda h: restricted.chen(h, 3, F(3, 4))),
        ("wei_urn", {"initial": 1, "added": 1}, lambda h: restricted.wei_urn(h, 2, F(1), F(1))),
        ("truncated_binomial", {}, restricted.truncated_binomial(8)),
        ("permuted_block", {"block_sizes": [2, 4]}, restricted.permuted_block((2, 4), (1, 1))),
    ):
        wanted = sequences.figures(law, 8)
        told = assess(a_design(method, **params), Question(8)).figures
        assert told.exact
        assert set(told.imbalance.distribution) >= set(wanted.lead), method
        for lead, chance in told.imbalance.distribution.items():
            _close(chance, wanted.lead.get(int(lead), F(0)), f"{method}, lead {lead}")
        _close(told.imbalance.expected_abs_final, wanted.abs_final, f"{method}, |D|")
        _close(told.imbalance.expected_max_abs, wanted.max_abs, f"{method}, max |D|")
        _close(told.convergence, wanted.convergence, f"{method}, convergence")
        _close(told.directional, wanted.directional, f"{method}, directional")
        _close(told.deterministic, wanted.deterministic, f"{method}, certain")
        for share in told.allocation_ratio:
            _close(share, F(1, 2), f"{method}, ratio")
        compared += 5 + len(wanted.lead)
    return compared


@check(
    "assessment",
    "known answer",
    "Matts and Lachin 1988 (17/6 in a block of four); a Markov chain by hand for the big stick",
)
def figures_known() -> int:
    """Ten blocks of four have 85/3 correct guesses; big stick of three at n = 200 has 0.582222 of them right."""
    blocks = assess(a_design("permuted_block", block_sizes=[4]), Question(40)).figures
    _close(blocks.convergence, F(17, 6) * 10, "blocks of four")
    stick = assess(a_design("big_stick", mti=3), Question(200)).figures
    assert abs(stick.convergence / 200 - 0.582222) < 1e-6, stick.convergence
    fair = assess(a_design("complete"), Question(4)).figures
    _close(fair.imbalance.expected_abs_final, F(3, 2), "|D| of four tosses")
    _close(fair.imbalance.expected_max_abs, _max_of_four(), "max")
    return 4


def _max_of_four() -> Fraction:
    paths = [[sum(tosses[: k + 1]) for k in range(4)] for tosses in product((1, -1), repeat=4)]
    return F(sum(max(map(abs, path)) for path in paths), 16)


@check("assessment", "second route", "the law averaged over all sequences")
def ratios_route() -> int:
    """Each subject's chances before anything is known, for a design that keeps its ratio and two that do not."""
    compared = 0
    for method, ratio, params, law in (
        ("permuted_block", (2, 1), {"block_sizes": [3]}, restricted.permuted_block((3,), (2, 1))),
        ("block_urn", (2, 1), {"lambda": 2}, lambda h: restricted.block_urn(h, (2, 1), 2)),
        ("mass_weighted_urn", (3, 1), {"alpha": 2}, lambda h: restricted.mass_weighted_urn(h, (3, 1), F(2))),
    ):
        got = allocation_ratio(method_of(a_design(method, ratio, **params)), [()] * 6)
        for subject in range(6):
            shares = [F(0), F(0)]
            for sequence, chance in sequences.every_sequence(law, subject):
                shares = [share + chance * part for share, part in zip(shares, law(sequence), strict=True)]
            assert list(got[subject]) == shares, f"{method}, subject {subject + 1}: {got[subject]}, not {shares}"
            compared += 1
    return compared


def _tested(
    design: Any, arms: list[int], outcomes: list[Any], statistic: Any = "means", responses: Any = None
) -> Any:
    told = responses or [None] * len(arms)
    subjects = [
        Allocated(arm, None if outcome is None else F(outcome), (), response)
        for arm, outcome, response in zip(arms, outcomes, told, strict=True)
    ]
    return rerandomize(method_of(design, len(arms)), subjects, statistic)


@check("re-randomization", "known answer", "Fisher 1935: the lady tasting tea, 1 of 70 on each side")
def tea_known() -> int:
    """All eight cups right has 2/70; six of eight right has 34/70."""
    design = a_design("random_allocation")
    right = _tested(design, [0, 1, 1, 0, 1, 0, 0, 1], [1, 0, 0, 1, 0, 1, 1, 0], "rates")
    assert right.exact
    assert right.p_value == F(2, 70), right.p_value
    most = _tested(design, [0, 1, 1, 0, 1, 0, 0, 1], [1, 0, 0, 1, 0, 1, 0, 1], "rates")
    assert most.p_value == F(34, 70), most.p_value
    return 2


@check("re-randomization", "second route", "all sequences weighed by their chance")
def rerandomization_route() -> int:
    """Means and ranks, with an outcome missing, under four designs; the p-value exactly."""
    compared = 0
    arms, outcomes = [0, 1, 1, 0, 0, 1, 1, 0], [F(3), F(1, 2), F(2), F(7), None, F(2), F(1), F(5)]
    for method, params, law in (
        ("complete", {}, lambda h: restricted.complete(h, (1, 1))),
        ("big_stick", {"mti": 2}, lambda h: restricted.big_stick(h, 2)),
        ("efron", {"p": "2/3"}, lambda h: restricted.efron(h, F(2, 3))),
        ("permuted_block", {"block_sizes": [4]}, restricted.permuted_block((4,), (1, 1))),
    ):
        for statistic in ("means", "ranks"):
            values = outcomes if statistic == "means" else _ranks(outcomes)
            observed = _difference(arms, values)
            wanted = sum(
                (
                    chance
                    for sequence, chance in sequences.every_sequence(law, 8)
                    if _difference(sequence, values) >= observed
                ),
                F(0),
            )
            got = _tested(a_design(method, **params), arms, outcomes, statistic)
            assert got.exact
            assert abs(got.observed) == observed, f"{method}, {statistic}: {got.observed}, not {observed}"
            assert got.p_value == wanted, f"{method}, {statistic}: {got.p_value}, not {wanted}"
            compared += 1
    return compared


def _ranks(outcomes: list[Any]) -> list[Any]:
    known = sorted(value for value in outcomes if value is not None)
    return [
        None
        if value is None
        else F(sum(1 for k in known if k < value) + sum(1 for k in known if k <= value) + 1, 2)
        for value in outcomes
    ]


def _difference(arms: Any, values: list[Any]) -> Fraction:
    means = []
    for arm in (0, 1):
        own = [value for given, value in zip(arms, values, strict=True) if given == arm and value is not None]
        if not own:
            return F(0)
        means.append(sum(own) / len(own))
    return abs(means[0] - means[1])


@check("re-randomization", "known answer", "Wilcoxon 1945: the rank sum of three against three, 2 of 20")
def rank_sum_known() -> int:
    """The three largest in one arm, under a random allocation rule; and three arms against all their orders."""
    p = _tested(a_design("random_allocation"), [0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6], "ranks").p_value
    assert p == F(1, 10), p
    arms, values = [0, 1, 2, 0, 1, 2], [1, 5, 9, 2, 6, 8]
    orders = set(permutations(arms))
    observed = _between(arms, values)
    wanted = F(sum(_between(order, values) >= observed for order in orders), len(orders))
    got = _tested(a_design("random_allocation", (1, 1, 1)), arms, values).p_value
    assert got == wanted, f"{got}, not {wanted}"
    return 2


def _between(arms: Any, values: list[int]) -> Fraction:
    groups = [[value for given, value in zip(arms, values, strict=True) if given == arm] for arm in range(3)]
    mean = F(sum(values), len(values))
    return sum((len(group) * (F(sum(group), len(group)) - mean) ** 2 for group in groups), F(0))


@check("re-randomization", "property", "Phipson and Smyth 2010: a simulated p is (x + 1) / (B + 1)")
def simulated_tests() -> int:
    """Large trials: never zero, near the exact one, the same for the same seed."""
    design, arms = a_design("random_allocation"), [0, 1] * 40
    outcomes = [F(1 if arm else -1) * (1 + place) for place, arm in enumerate(arms)]
    subjects = [Allocated(arm, outcome) for arm, outcome in zip(arms, outcomes, strict=True)]
    method = method_of(design, 80)
    with patch.object(rerandomization, "STEPS_MAX", 1000):
        one, other = (rerandomize(method, subjects, "means", 99, 7) for _ in range(2))
    assert one == other
    assert not one.exact
    assert one.p_value == F(1, 100), one.p_value
    return 3
