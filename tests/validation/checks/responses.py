"""Response-adaptive methods: random histories with responses known or not, and what papers say."""

from fractions import Fraction
from typing import Any

from tests.validation.asking import Case, a_design, agrees, law_of, response_cases
from tests.validation.check import check
from tests.validation.oracles import responses as plain

F = Fraction
HALF = F(1, 2)


@check("play_the_winner", "second route", "Wei and Durham 1978, Wei 1979: an urn filled ball by ball")
def play_the_winner_route() -> int:
    """Two and three arms, unequal urns, responses not yet known."""
    compared = 0
    for seed, (ratio, initial, added) in enumerate(
        [
            ((1, 1), F(1), F(1)),
            ((2, 1), F(1), F(3)),
            ((1, 1, 1), F(2), F(1)),
            ((1, 2, 1), HALF, F(3, 2)),
            ((1, 1), F(1), F(0)),
        ]
    ):
        design = a_design("play_the_winner", ratio, initial=str(initial), added=str(added))

        def oracle(case: Case, ratio: Any = ratio, initial: Any = initial, added: Any = added) -> Any:
            return plain.play_the_winner(case.history, case.responses, ratio, initial, added)

        compared += agrees(design, oracle, response_cases(seed, len(ratio), 12, 5))
    return compared


@check("play_the_winner", "known answer", "Bartlett et al. 1985, Wei 1988: the ECMO trial, p = 0.051")
def play_the_winner_known() -> int:
    """RPW(1, 1): ECMO survives, the control dies, ten more on ECMO survive; all as many on ECMO have 2/39."""
    design, total = a_design("play_the_winner", initial=1, added=1), F(0)
    for second in (1, 0):
        chance, history = F(1), (0, second, *(0,) * 10)
        responses = (1, 0, *(1,) * 10)
        for place, arm in enumerate(history):
            law = law_of(design, history[:place], responses=responses[:place])
            assert law is not None
            chance *= law[arm]
        total += chance
    assert total == F(2, 39), total
    third = law_of(design, (0, 1), responses=(1, 0))
    assert third == (F(3, 4), F(1, 4)), third
    return 2


@check("doubly_adaptive", "second route", "Hu and Zhang 2004, Rosenberger et al. 2001, in sixty digits")
def doubly_adaptive_route() -> int:
    """Three targets, gammas of 0, 1, 2 and 1/2, two and three arms, a prior, responses not yet known."""
    compared = 0
    for seed, (target, gamma, arms, prior) in enumerate(
        [
            ("neyman", F(2), 2, (HALF, HALF)),
            ("rsihr", F(2), 2, (HALF, HALF)),
            ("urn", F(2), 2, (HALF, HALF)),
            ("neyman", F(0), 2, (HALF, HALF)),
            ("rsihr", HALF, 3, (F(1), F(1))),
            ("urn", F(1), 3, (F(1), F(2))),
        ]
    ):
        design = a_design(
            "doubly_adaptive", (1,) * arms, target=target, gamma=str(gamma), prior=[str(each) for each in prior]
        )

        def oracle(case: Case, t: Any = target, g: Any = gamma, k: int = arms, prior: Any = prior) -> Any:
            return plain.doubly_adaptive(case.history, case.responses, k, t, g, prior)

        compared += agrees(design, oracle, response_cases(seed, arms, 14, 6))
    return compared


@check("doubly_adaptive", "known answer", "Hu and Zhang 2004: gamma of 0 is the target; on target it stays there")
def doubly_adaptive_known() -> int:
    """Urn target, rates of 3/4 and 1/4: 3/4 to 1/4; at 3 to 1 a gamma of 2 leaves it, at 1 to 1 it gives 27/28."""
    history, responses = (0, 1), (1, 0)
    design = a_design("doubly_adaptive", target="urn", gamma=2)
    assert law_of(design, history, responses=responses) == (F(27, 28), F(1, 28))
    assert law_of(design, (0, 1, 0, 0), responses=(1, 0, None, None)) == (F(3, 4), F(1, 4))
    plainly = a_design("doubly_adaptive", target="urn", gamma=0)
    assert law_of(plainly, history, responses=responses) == (F(3, 4), F(1, 4))
    return 3


@check("thompson", "second route", "Thompson 1933; Beta variables as order statistics, orders counted")
def thompson_route() -> int:
    """Two and three arms, powers of 1, 2 and 1/2, bounds for two arms, responses not yet known."""
    compared = 0
    for seed, (arms, power, least, most) in enumerate(
        [
            (2, F(1), F(0), F(1)),
            (3, F(1), F(0), F(1)),
            (3, F(2), F(0), F(1)),
            (2, HALF, F(0), F(1)),
            (2, F(1), F(1, 5), F(1)),
            (2, F(1), F(0), F(7, 10)),
        ]
    ):
        design = a_design("thompson", (1,) * arms, power=str(power), least=str(least), most=str(most))

        def oracle(case: Case, k: int = arms, p: Any = power, low: Any = least, high: Any = most) -> Any:
            return plain.thompson(case.history, case.responses, k, p, low, high)

        compared += agrees(design, oracle, response_cases(seed, arms, 10, 4))
    return compared


@check(
    "thompson",
    "known answer",
    "Thompson 1933, by hand: 2/3 after a success, 5/6 after one here and a failure there",
)
def thompson_known() -> int:
    """Also Thall and Wathen (2007): a power of n/2N begins at even chances and ends at the square root."""
    design = a_design("thompson")
    assert law_of(design, (0,), responses=(1,)) == (F(2, 3), F(1, 3))
    assert law_of(design, (0, 1), responses=(1, 0)) == (F(5, 6), F(1, 6))
    growing = a_design("thompson", power="n/2N")
    law = law_of(growing, (0, 1), responses=(1, 0), n=2)
    root = 5**0.5
    assert law is not None
    assert abs(float(law[0]) - root / (1 + root)) < 1e-12, law
    half_way = law_of(growing, (0, 1), responses=(1, 0), n=4)
    assert half_way is not None
    assert abs(float(half_way[0]) - 5**0.25 / (1 + 5**0.25)) < 1e-12, half_way
    return 4


@check("thompson", "known answer", "bounds of three arms, by hand")
def thompson_bounds_known() -> int:
    """Five successes on A, five failures on B and C: with a least of 1/5 the law is 3/5, 1/5, 1/5."""
    history, responses = (0,) * 5 + (1,) * 5 + (2,) * 5, (1,) * 5 + (0,) * 10
    held = law_of(a_design("thompson", (1, 1, 1), least="1/5"), history, responses=responses)
    assert held == (F(3, 5), F(1, 5), F(1, 5)), held
    capped = law_of(a_design("thompson", (1, 1, 1), most="1/2"), history, responses=responses)
    assert capped == (HALF, F(1, 4), F(1, 4)), capped
    return 2


@check("burn_in", "second route", "the first subjects by the ratio, each by itself or as one block")
def burn_in_route() -> int:
    """Both ways, for both methods that have one, on either side of its end."""
    compared = 0
    for seed, (method, by) in enumerate(
        (method, by) for method in ("thompson", "doubly_adaptive") for by in ("complete", "permuted")
    ):
        for ratio, subjects in (((1, 1), 6), ((2, 1), 6)):
            params: dict[str, Any] = {"burn_in": subjects, "burn_in_by": by}
            params |= {"target": "urn"} if method == "doubly_adaptive" else {}
            design = a_design(method, ratio, **params)

            def oracle(
                case: Case, method: str = method, by: str = by, ratio: Any = ratio, n: int = subjects
            ) -> Any:
                first = plain.burn_in(case.history, ratio, n, by)
                if first is not None:
                    return first
                if method == "thompson":
                    return plain.thompson(case.history, case.responses, 2, F(1))
                return plain.doubly_adaptive(case.history, case.responses, 2, "urn", F(2))

            compared += agrees(design, oracle, response_cases(seed + 20, 2, 9, 3))
    return compared
