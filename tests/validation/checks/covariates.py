"""Covariate-adaptive methods: random histories against a recount, edge cases, and what papers say."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from irt.randomization import square_roots
from irt.randomization.allocation_ratio import allocation_ratio
from irt.randomization.catalogue import method_of
from irt.randomization.design import design_of
from irt.randomization.marginal_rule import MarginalRule
from tests.validation.asking import Case, Oracle, a_design, agrees, covariate_cases, factors_of, law_of
from tests.validation.check import check
from tests.validation.oracles import covariates as plain

F = Fraction
ONE = F(1)
SHAPES: list[tuple[tuple[int, ...], tuple[int, ...], tuple[Fraction, ...]]] = [
    ((1, 1), (2, 3), (ONE, ONE)),
    ((2, 1), (2, 2), (ONE, F(2))),
    ((1, 1, 1), (3,), (ONE,)),
    ((3, 2, 1), (2, 1, 3), (F(1, 2), ONE, F(0))),
    ((1, 1, 1, 2), (2, 2), (F(3), F(2, 3))),
]
"""Ratio, levels of each factor, weights: one-level factors, a weight of zero, one factor alone."""


def minimizing(method: str, shape: tuple[Any, ...], **params: Any) -> Any:
    """A design of that shape."""
    ratio, levels, weights = shape
    return a_design(method, ratio, factors_of(*levels, weights=[str(weight) for weight in weights]), **params)


def _scored(case: Case, shape: tuple[Any, ...], distance: str, scaling: str) -> list[Any]:
    ratio, _, weights = shape
    return plain.scores(case.history, case.subjects, case.subject, ratio, weights, distance, scaling)


def pocock_simon(shape: tuple[Any, ...], p: Fraction, distance: str, tie_rule: str, scaling: str) -> Oracle:
    """Minimization by a recount."""
    return lambda case: plain.minimization(_scored(case, shape, distance, scaling), shape[0], p, tie_rule)


@check("minimization", "second route", "Pocock and Simon 1975, by a recount in sixty digits")
def minimization_route() -> int:
    """Every distance, tie rule and scaling over five shapes of factors, ratios and weights."""
    compared = 0
    for seed, shape in enumerate(SHAPES):
        for distance in ("range", "variance", "sd", "sum"):
            for tie_rule, scaling in (("shared", "add_then_divide"), ("random_rank", "divide_then_add")):
                p = F(4, 5) if seed % 2 else F(7, 10)
                design = minimizing(
                    "minimization", shape, p=str(p), distance=distance, tie_rule=tie_rule, scaling=scaling
                )
                cases = covariate_cases(seed, len(shape[0]), shape[1], 9, 3)
                compared += agrees(design, pocock_simon(shape, p, distance, tie_rule, scaling), cases)
    return compared


@check(
    "minimization",
    "known answer",
    "Pocock 1983, Clinical Trials, the breast cancer example: sums of 76 and 77, so A",
)
def minimization_known() -> int:
    """Eighty women with breast cancer; the next is ambulatory, under 50, two years free, visceral: 30 18 9 19."""
    counts = {0: (30, 18, 9, 19), 1: (31, 17, 8, 21)}
    history, subjects = [], []
    for arm, at_level in counts.items():
        for place in range(40):
            history.append(arm)
            subjects.append(tuple("a" if place < count else "b" for count in at_level))
    design = a_design("minimization", factors=factors_of(2, 2, 2, 2), p="3/4", distance="sum")
    law = law_of(design, history, subjects=tuple(subjects), subject=("a", "a", "a", "a"))
    assert law == (F(3, 4), F(1, 4)), law
    return 1


@check("minimization", "known answer", "Lim and In 2019, Korean Journal of Anesthesiology, table 4: 3 against 5")
def minimization_published_scores() -> int:
    """The fifteenth patient, female, 74, of site 2: the sums of imbalances are 3 as a control and 5 if treated."""
    controls = ["aac", "aac", "aaa", "aaa", "bbb", "bbb", "bbc"]
    treated = ["aac", "aac", "baa", "baa", "bbb", "bbb", "bbc"]
    subjects = tuple(map(tuple, controls + treated))
    history = (0,) * 7 + (1,) * 7
    rule = MarginalRule((1, 1), (F(1),) * 3, F(4, 5))
    margins = [
        [
            sum(1 for arm, levels in zip(history, subjects, strict=True) if arm == k and levels[f] == own)
            for k in (0, 1)
        ]
        for f, own in enumerate("bbc")
    ]
    assert margins == [[3, 5], [3, 3], [3, 3]]
    assert rule.scores(margins) == (3, 5), rule.scores(margins)
    design = a_design("minimization", factors=factors_of(2, 2, 3), p="4/5")
    law = law_of(design, history, subjects=subjects, subject=("b", "b", "c"))
    assert law == (F(4, 5), F(1, 5)), law
    return 3


@check("minimization", "known answer", "by hand, two tied of three arms, p = 4/5: shared 2/5, by random rank 9/20")
def minimization_ties_known() -> int:
    """And p = 1 with two arms is Taves (1974): certain unless tied."""
    compared = 0
    for tie_rule, law in (("shared", (F(2, 5), F(2, 5), F(1, 5))), ("random_rank", (F(9, 20), F(9, 20), F(1, 10)))):
        design = a_design("minimization", (1, 1, 1), factors_of(1), p="4/5", tie_rule=tie_rule)
        got = law_of(design, [2], subjects=(("a",),), subject=("a",))
        assert got == law, f"{tie_rule}: {got}"
        compared += 1
    taves = a_design("minimization", factors=factors_of(1), p=1)
    assert law_of(taves, [0], subjects=(("a",),), subject=("a",)) == (0, 1)
    assert law_of(taves, subject=("a",)) == (F(1, 2), F(1, 2))
    return compared + 2


@check("minimization", "known answer", "by hand, all histories; Kaiser 2012 tells of the fault: 2:1 is not kept")
def minimization_ratio_known() -> int:
    """One factor of one level: .80, .32, .704, .7808 and .41216 for the first five subjects."""
    design = a_design("minimization", (2, 1), factors_of(1), p="0.8")
    chances = [F(law[0]) for law in allocation_ratio(method_of(design), [("a",)] * 5)]
    told = [f"{float(chance):.2f}" for chance in chances]
    assert told == ["0.80", "0.32", "0.70", "0.78", "0.41"], told
    return 5


@check("minimization", "known answer", "a fault known of Minirand 0.1.3: labels of arms used as positions")
def minimization_labels() -> int:
    """Chances do not hang on what arms are called, nor on the order of their names."""
    for arms in (["0", "1"], ["1", "2"], ["10", "20"], ["Z", "A"]):
        data = {"method": "minimization", "arms": arms, "params": {"p": "0.8"}, "factors": factors_of(2)}
        law = law_of(design_of(data), [0], subjects=(("a",),), subject=("a",))
        assert law == (F(1, 5), F(4, 5)), f"{arms}: {law}"
    return 4


@check("minimization", "known answer", "sums of square roots that doubles cannot part, or part wrongly")
def standard_deviations_tie_exactly() -> int:
    """3 sqrt(2) is sqrt(18), though not in doubles; sqrt(10^10 + 1) is above 10^5, by 5 parts in 10^11."""
    tied = [((3, 2),), ((1, 18),), ((1, 2), (1, 8))]
    assert square_roots.smallest(tied) == (0, 1, 2)
    apart = [((1, 10**10 + 1),), ((1, 10**10),), ((1, 10**10 + 2),)]
    assert square_roots.smallest(apart) == (1,)
    assert square_roots.smallest(apart[::-1]) == (1,)
    return 3


@check("biased_coin_minimization", "second route", "Han, Enas and McEntegart 2009")
def biased_coin_minimization_route() -> int:
    """By a recount, with every distance over five shapes."""
    compared = 0
    for seed, shape in enumerate(SHAPES):
        for distance in ("range", "variance", "sd", "sum"):
            design = minimizing("biased_coin_minimization", shape, p="7/10", distance=distance)

            def han(case: Case, shape: tuple[Any, ...] = shape, distance: str = distance) -> Any:
                made = _scored(case, shape, distance, "add_then_divide")
                return plain.biased_coin_minimization(made, shape[0], F(7, 10))

            compared += agrees(design, han, covariate_cases(seed + 50, len(shape[0]), shape[1], 9, 2))
    return compared


@check(
    "biased_coin_minimization",
    "known answer",
    "Han, Enas and McEntegart 2009: equal shares are Pocock and Simon's p",
)
def biased_coin_minimization_known() -> int:
    """And 1:2 with p = 0.7: preferred, the smaller arm has .7 and the larger .85."""
    design = a_design("biased_coin_minimization", (1, 2), factors_of(1), p="0.7")
    rows: list[tuple[Sequence[int], Fraction]] = [([1, 1], F(7, 10)), ([0], F(3, 20))]
    for history, first in rows:
        law = law_of(design, history, subjects=(("a",),) * len(history), subject=("a",))
        assert law == (first, 1 - first), law
    equal = law_of(
        a_design("biased_coin_minimization", factors=factors_of(1), p="0.7"),
        [0],
        subjects=(("a",),),
        subject=("a",),
    )
    assert equal == (F(3, 10), F(7, 10))
    return 3


@check("hu_hu", "second route", "Hu and Hu 2012: Imb with the subject in either arm, from all subjects")
def hu_hu_route() -> int:
    """Overall, stratum and margins recounted, with weights of zero among them."""
    compared = 0
    for seed, (overall, stratum, margins, levels) in enumerate(
        [
            (F(3, 10), F(1, 2), (F(1, 10), F(1, 10)), (2, 2)),
            (ONE, F(0), (ONE, F(2)), (2, 3)),
            (F(0), ONE, (F(0), F(0)), (2, 2)),
            (F(1, 3), F(1, 3), (F(1, 3),), (1,)),
        ]
    ):
        weights = {"overall": str(overall), "stratum": str(stratum), "margins": [str(weight) for weight in margins]}
        design = a_design("hu_hu", factors=factors_of(*levels), p="0.85", weights=weights)

        def oracle(case: Case, overall: Any = overall, stratum: Any = stratum, margins: Any = margins) -> Any:
            return plain.hu_hu(case.history, case.subjects, case.subject, F(17, 20), overall, stratum, margins)

        compared += agrees(design, oracle, covariate_cases(seed, 2, levels, 14, 6))
    return compared


@check("hu_hu", "known answer", "Hu and Hu 2012: with weight on the stratum alone, Efron's coin within strata")
def hu_hu_known() -> int:
    """A subject of an unseen stratum is tossed evenly, one of a stratum with a lead gets p for the other arm."""
    weights = {"overall": 0, "stratum": 1, "margins": 0}
    design = a_design("hu_hu", factors=factors_of(2, 2), p="0.85", weights=weights)
    before = {"subjects": (("a", "a"), ("a", "b")), "subject": ("a", "a")}
    assert law_of(design, [0, 1], **before) == (F(3, 20), F(17, 20))
    assert law_of(design, [0, 1], **{**before, "subject": ("b", "b")}) == (F(1, 2), F(1, 2))
    return 2


@check("atkinson_da", "second route", "Atkinson 1982: the fall of the determinant of the contrasts' variance")
def atkinson_da_route() -> int:
    """Two, three and four arms, with factors of one to three levels; even chances while the matrix is singular."""
    compared = 0
    for seed, (arms, levels, longest) in enumerate([(2, (2,), 12), (2, (3, 2), 12), (3, (2,), 10), (4, (1,), 9)]):
        names = ["abcdefgh"[:count] for count in levels]

        def oracle(case: Case, arms: int = arms, names: list[str] = names) -> Any:
            return plain.atkinson_da(case.history, case.subjects, case.subject, names, arms)

        design = a_design("atkinson_da", (1,) * arms, factors_of(*levels))
        compared += agrees(design, oracle, covariate_cases(seed, arms, levels, longest, 3))
    return compared


@check("atkinson_da", "second route", "Smith 1984: (1 - b)^2 to (1 + b)^2")
def atkinson_da_by_covariates() -> int:
    """The form for two arms, with the start-up that asks only for the factors' own matrix."""
    compared = 0
    for seed, levels in enumerate([(2,), (2, 2), (3,)]):
        names = ["abcdefgh"[:count] for count in levels]

        def oracle(case: Case, names: list[str] = names) -> Any:
            return plain.atkinson_da_of_two(case.history, case.subjects, case.subject, names)

        design = a_design("atkinson_da", factors=factors_of(*levels), start_up="covariates")
        compared += agrees(design, oracle, covariate_cases(seed + 9, 2, levels, 12, 4))
    return compared


@check(
    "atkinson_da", "known answer", "Smith 1984: without covariates it is the generalized biased coin with rho = 2"
)
def atkinson_da_known() -> int:
    """One factor of one level, for every pair of counts up to six."""
    design, compared = a_design("atkinson_da", factors=factors_of(1)), 0
    for a in range(1, 7):
        for b in range(1, 7):
            history = [0] * a + [1] * b
            law = law_of(design, history, subjects=(("a",),) * len(history), subject=("a",))
            assert law == (F(b * b, a * a + b * b), F(a * a, a * a + b * b)), f"{a} and {b}: {law}"
            compared += 1
    return compared
