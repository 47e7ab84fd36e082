"""Dose finding: many escalations followed step by step against the flow charts, and published tables."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any

from irt.randomization.catalogue import method_of
from irt.randomization.methods.escalation import Dose
from tests.validation.asking import Case, a_design, answers_to, law_of
from tests.validation.check import check
from tests.validation.oracles import doses as plain

F = Fraction
Next = Callable[[list[tuple[int, int]]], int | None]


def _followed(design: Any, oracle: Next, trials: int, subjects: int = 30) -> int:
    """Escalations with toxicity of every steepness, each subject asked for."""
    compared, random, doses = 0, Random(design.method), len(design.arms)
    for trial in range(trials):
        steep = random.choice([0.05, 0.15, 0.3, 0.5])
        treated: list[tuple[int, int]] = []
        cases, expected = [], []
        while len(treated) < subjects:
            wanted = oracle(treated)
            cases.append(Case(tuple(dose for dose, _ in treated), responses=tuple(toxic for _, toxic in treated)))
            expected.append(wanted)
            if wanted is None:
                break
            treated.append((wanted, int(random.random() < min(0.9, steep * (wanted + 1)))))
        for (case, law), wanted in zip(answers_to(design, cases), expected, strict=True):
            certain = None if wanted is None else tuple(F(dose == wanted) for dose in range(doses))
            assert law == certain, f"{design.method}, trial {trial}, {case}: {law}, not dose {wanted}"
            compared += 1
    return compared


@check("three_plus_three", "second route", "Storer 1989, Simon et al. 1997: the flow chart")
def three_plus_three_route() -> int:
    """Sixty escalations over four doses for each rule at the highest dose."""
    return sum(
        _followed(
            a_design("three_plus_three", (1,) * 4, highest=highest),
            partial(plain.three_plus_three, doses=4, highest=highest),
            60,
        )
        for highest in ("expand", "stop")
    )


@check("three_plus_three", "known answer", "Storer 1989, by hand")
def three_plus_three_known() -> int:
    """None of three rises, one of three stays, one of six rises, two of three falls, two of six ends above six."""
    design = a_design("three_plus_three", (1, 1, 1))
    rows: list[tuple[str, int | None]] = [
        ("", 0),
        ("000", 1),
        ("001", 0),
        ("001000", 1),
        ("011", None),
        ("000011", 0),
        ("001000011", None),
        ("000000", 2),
        ("000011001", None),
    ]
    doses = {"000011": (0, 0, 0, 1, 1, 1), "001000011": (0,) * 6 + (1,) * 3, "000000": (0, 0, 0, 1, 1, 1)}
    doses["000011001"] = (0, 0, 0, 1, 1, 1, 0, 0, 0)
    for told, dose in rows:
        history = doses.get(told, (0,) * len(told))
        law = law_of(design, history, responses=tuple(map(int, told)))
        assert law == (None if dose is None else tuple(F(d == dose) for d in range(3))), f"{told}: {law}"
    return len(rows)


@check("three_plus_three", "property", "responses awaited decide nothing")
def cohorts_wait() -> int:
    """A full cohort with a response not known is refused, for 3+3 and for BOIN."""
    for design in (a_design("three_plus_three", (1, 1)), a_design("boin", (1, 1), target="0.3")):
        assert law_of(design, (0, 0), responses=(0, None)) == (1, 0)
        assert law_of(design, (0, 0, 0), responses=(0, None, 0)) is None
    return 4


@check("boin", "second route", "Liu and Yuan 2015: boundaries, elimination by the Beta integral")
def boin_route() -> int:
    """Forty escalations over five doses for each of three targets and two sizes of cohort."""
    return sum(
        _followed(
            a_design("boin", (1,) * 5, target=str(target), cohort=size),
            partial(plain.boin, doses=5, target=target, size=size),
            40,
        )
        for target in (F(1, 5), F(3, 10), F(2, 5))
        for size in (1, 3)
    )


@check("boin", "known answer", "Liu and Yuan 2015, table 1 and the authors' program: target 0.3")
def boin_known() -> int:
    """lambda_e .236, lambda_d .358 (to the digits printed); the decisions for 3 to 30 subjects."""
    method: Any = method_of(a_design("boin", (1,) * 5, target="0.3"))
    told = method.boundaries(30)
    assert abs(told["lambda_e"] - 0.236) < 1e-3
    assert abs(told["lambda_d"] - 0.358) < 1e-3
    rows = [row for row in told["table"] if row["n"] % 3 == 0]
    assert [row["escalate"] for row in rows] == [0, 1, 2, 2, 3, 4, 4, 5, 6, 7]
    assert [row["deescalate"] for row in rows] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert [row["eliminate"] for row in rows] == [3, 4, 5, 7, 8, 9, 10, 11, 12, 14]
    return 32


@check("boin", "known answer", "Liu and Yuan 2015, table 1: boundaries of six targets")
def boin_boundaries_known() -> int:
    """.15 to .40, to the three digits printed."""
    printed = {
        "0.15": (0.118, 0.179),
        "0.2": (0.157, 0.238),
        "0.25": (0.197, 0.298),
        "0.3": (0.236, 0.358),
        "0.35": (0.276, 0.419),
        "0.4": (0.316, 0.479),
    }
    for target, (low, high) in printed.items():
        told: Any = method_of(a_design("boin", (1, 1), target=target))
        assert abs(told.lambda_e - low) < 1e-3, target
        assert abs(told.lambda_d - high) < 1e-3, target
    return 12


@check("boin", "second route", "Liu and Yuan 2015: the dose at the end, isotonic rates by runs instead of pools")
def boin_end_route() -> int:
    """Five hundred sets of observations over five doses, equal rates among them."""
    random, compared = Random("the dose at the end"), 0
    for _ in range(500):
        n = [random.choice([0, 3, 3, 6, 9, 12]) for _ in range(5)]
        y = [random.randint(0, min(subjects, 1 + dose)) for dose, subjects in enumerate(n)]
        target = random.choice([F(1, 5), F(1, 4), F(3, 10)])
        method: Any = method_of(a_design("boin", (1,) * 5, target=str(target)))
        found = method.recommended([Dose(*pair) for pair in zip(n, y, strict=True)]).dose
        assert found == plain.boin_at_its_end(n, y, target), f"{y} of {n}, {target}: {found}"
        compared += 1
    return compared


@check("boin", "known answer", "The authors' program: 0/3 0/3 4/15 4/9 at target 0.3")
def boin_end_known() -> int:
    """The third dose, at 4.05 of 15.1."""
    method: Any = method_of(a_design("boin", (1,) * 5, target="0.3"))
    found = method.recommended([Dose(3, 0), Dose(3, 0), Dose(15, 4), Dose(9, 4), Dose()])
    assert (found.dose, found.rates[2]) == (2, F(405, 1510)), found
    return 2


@check("three_plus_three", "known answer", "Storer 1989: the dose at the end")
def three_plus_three_end_known() -> int:
    """One below the dose that is too toxic, once six were treated there."""
    rows = [
        ([(3, 0), (6, 1), (3, 2)], 1),
        ([(6, 0), (6, 2), (0, 0)], 0),
        ([(3, 2), (0, 0), (0, 0)], None),
        ([(3, 0), (3, 0), (3, 2)], None),
        ([(3, 0), (3, 0), (6, 1)], 2),
    ]
    method: Any = method_of(a_design("three_plus_three", (1, 1, 1)))
    for pairs, dose in rows:
        assert method.recommended([Dose(*pair) for pair in pairs]).dose == dose, pairs
    return len(rows)
