"""Restricted methods: every history of up to some length against the second route, and what papers say."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import comb
from typing import Any

from tests.validation.asking import (
    Case,
    Oracle,
    a_design,
    agrees,
    every_history,
    law_of,
    random_histories,
    same,
)
from tests.validation.check import check
from tests.validation.oracles import restricted as plain

F = Fraction
HALF = F(1, 2)
TWO_THIRDS = F(2, 3)


def by_history(law: Callable[..., Any], *settings: Any) -> Oracle:
    """An oracle that looks at the arms alone."""
    return lambda case: law(case.history, *settings)


def first_chance(design: Any, history: str = "", n: int | None = None) -> Any:
    """The chance of the first arm after a history written in letters."""
    law = law_of(design, ["ABCD".index(arm) for arm in history], n=n)
    assert law is not None, f"refused after {history}"
    return law[0]


def expect(design: Any, rows: Sequence[tuple[str, object]], n: int | None = None) -> int:
    """Compares the first arm's chance after each history."""
    for history, chance in rows:
        got = first_chance(design, history, n)
        assert got == F(str(chance)), f"{design.method} after {history or 'nothing'}: {got}, not {chance}"
    return len(rows)


@check("complete", "second route", "definition")
def complete_route() -> int:
    """Every subject by the ratio, after every history of up to five subjects, for four ratios."""
    return sum(
        agrees(a_design("complete", ratio), by_history(plain.complete, ratio), every_history(len(ratio), 5))
        for ratio in [(1, 1), (2, 1), (1, 2, 3), (7, 5)]
    )


@check("random_allocation", "second route", "Lachin 1988: all arrangements are equally likely")
def random_allocation_route() -> int:
    """All arrangements written down and counted, for 1:1, 2:1 and 2:1:1; histories beyond them are refused."""
    compared = 0
    for ratio, n in [((1, 1), 8), ((2, 1), 6), ((2, 1, 1), 8)]:
        design, count = a_design("random_allocation", ratio), plain.random_allocation(n, ratio)
        longest = 8 if len(ratio) == 2 else 5
        compared += agrees(design, by_history(count), every_history(len(ratio), longest, n))
    return compared


@check(
    "random_allocation", "known answer", "Blackwell and Hodges 1957: 2^(n-1) / C(n, n/2) - 1/2 guesses above n/2"
)
def random_allocation_guesses() -> int:
    """Expected correct guesses of the convergence strategy, exactly, for n of 2 to 12."""
    return _guesses("random_allocation", lambda n: F(2 ** (n - 1), comb(n, n // 2)) - HALF)


@check("truncated_binomial", "second route", "Blackwell and Hodges 1957: tosses until an arm is full")
def truncated_binomial_route() -> int:
    """Every series of eight tosses followed; histories beyond are refused."""
    return agrees(a_design("truncated_binomial"), by_history(plain.truncated_binomial(8)), every_history(2, 8, 8))


@check("truncated_binomial", "known answer", "Blackwell and Hodges 1957: (n/2) C(n, n/2) / 2^n guesses above n/2")
def truncated_binomial_guesses() -> int:
    """Expected correct guesses of the convergence strategy, exactly, for n of 2 to 12."""
    return _guesses("truncated_binomial", lambda n: F(n, 2) * F(comb(n, n // 2), 2**n))


def _guesses(method: str, above_half: Callable[[int], Fraction]) -> int:
    for n in range(2, 13, 2):
        expected = F(0)
        masses = {(0, 0): F(1)}
        for _ in range(n):
            following: dict[tuple[int, int], Fraction] = {}
            for (a, b), mass in masses.items():
                law = law_of(a_design(method), [0] * a + [1] * b, n=n)
                assert law is not None
                expected += mass * (HALF if a == b else law[0] if a < b else law[1])
                for arm, after in ((0, (a + 1, b)), (1, (a, b + 1))):
                    following[after] = following.get(after, F(0)) + mass * law[arm]
            masses = {state: mass for state, mass in following.items() if mass}
        assert expected - F(n, 2) == above_half(n), f"{method}: {expected} guesses of {n}"
    return 6


@check("permuted_block", "second route", "Zelen 1974; hidden sizes independent and uniform")
def permuted_block_route() -> int:
    """The chance of a history as that of its first block times the rest, over all sizes that block may have."""
    compared = 0
    for ratio, sizes, longest in [
        ((1, 1), (4,), 9),
        ((1, 1), (2, 4), 9),
        ((1, 1), (4, 6), 9),
        ((1, 1), (4, 4, 8), 8),
        ((2, 1), (3, 6), 9),
        ((1, 1, 1), (3, 6), 6),
        ((2, 1, 1), (4, 8), 6),
    ]:
        design, law = a_design("permuted_block", ratio, block_sizes=list(sizes)), plain.permuted_block(sizes, ratio)
        compared += agrees(design, by_history(law), every_history(len(ratio), longest))
    return compared


@check("permuted_block", "known answer", "Matts and Lachin 1988: 17/6 correct guesses in a block of four, 1:1")
def permuted_block_known() -> int:
    """The chances in one block of four by hand, and 3/19 after A A B where blocks of four and six are hidden."""
    four = [("", "1/2"), ("A", "1/3"), ("AA", "0"), ("AB", "1/2"), ("ABB", "1"), ("ABBA", "1/2")]
    hidden = [("AAB", "3/19"), ("AA", "1/10")]
    guesses = HALF + TWO_THIRDS + (F(1, 3) * 1 + TWO_THIRDS * HALF) + 1
    assert guesses == F(17, 6)
    return expect(a_design("permuted_block", block_sizes=[4]), four) + expect(
        a_design("permuted_block", block_sizes=[4, 6]), hidden[:1]
    )


@check("efron", "second route", "Efron 1971, definition of BCD(p)")
def efron_route() -> int:
    """p for the arm behind, after every history of up to seven subjects; p of 1/2 and of 1 too."""
    return sum(
        agrees(a_design("efron", p=str(p)), by_history(plain.efron, p), every_history(2, 7))
        for p in [HALF, F(7, 10), TWO_THIRDS, F(1)]
    )


@check(
    "efron", "known answer", "Efron 1971: in the long run BCD(2/3) is balanced with chance 1/2, |D| = 2 with 3/8"
)
def efron_known() -> int:
    """The law of the lead after 80 subjects, by the engine's chances, is that of the paper's stationary chain."""
    design = a_design("efron", p="2/3")
    lead = {0: F(1)}
    chance = {d: float(first_chance(design, "A" * max(d, 0) + "B" * max(-d, 0))) for d in range(-9, 10)}
    chance |= dict.fromkeys(range(10, 81), chance[9]) | dict.fromkeys(range(-80, -9), chance[-9])
    law: dict[int, float] = {0: float(lead[0])}
    for _ in range(80):
        after: dict[int, float] = {}
        for d, mass in law.items():
            after[d + 1] = after.get(d + 1, 0.0) + mass * chance[d]
            after[d - 1] = after.get(d - 1, 0.0) + mass * (1 - chance[d])
        law = after
    assert abs(law[0] - 1 / 2) < 1e-3, law[0]
    assert abs(law[2] + law[-2] - 3 / 8) < 1e-3, law[2]
    return 2


@check("big_stick", "second route", "Soares and Wu 1983, definition")
def big_stick_route() -> int:
    """A fair coin within the limit, after every history of up to seven subjects; a limit of one too."""
    return sum(
        agrees(a_design("big_stick", mti=mti), by_history(plain.big_stick, mti), every_history(2, 7))
        for mti in (1, 2, 3, 9)
    )


@check("big_stick", "known answer", "Soares and Wu 1983: a share of 1/(2b) is forced in the long run")
def big_stick_known() -> int:
    """The chain on the leads from -b to b stands still at 1/(4b) at each end, so that 1/(2b) is forced."""
    for b in (1, 2, 3, 5):
        design = a_design("big_stick", mti=b)
        still = {d: F(1, 4 * b) if abs(d) == b else F(1, 2 * b) for d in range(-b, b + 1)}
        after = dict.fromkeys(still, F(0))
        for d, mass in still.items():
            first = first_chance(design, "A" * max(d, 0) + "B" * max(-d, 0))
            for to, part in ((d + 1, first), (d - 1, 1 - first)):
                if part:
                    after[to] = after.get(to, F(0)) + mass * part
        assert after == still, f"limit {b}: {after}"
    return 4


@check("chen", "second route", "Chen 1999, definition of BCDWIT(p, b)")
def chen_route() -> int:
    """Efron's coin within the limit, after every history of up to seven subjects."""
    return sum(
        agrees(a_design("chen", mti=mti, p=str(p)), by_history(plain.chen, mti, p), every_history(2, 7))
        for mti, p in [(1, TWO_THIRDS), (2, F(3, 4)), (3, F(3, 5)), (3, HALF), (2, F(1))]
    )


@check("chen", "known answer", "Chen 1999: between a big stick (p = 1/2) and Efron's coin (no limit)")
def chen_known() -> int:
    """Both ends of the family, compared within the engine."""
    compared = 0
    for case in every_history(2, 6):
        same(
            law_of(a_design("chen", mti=2, p="1/2"), case.history),
            law_of(a_design("big_stick", mti=2), case.history),
            "p 1/2",
        )
        same(
            law_of(a_design("chen", mti=9, p="2/3"), case.history),
            law_of(a_design("efron", p="2/3"), case.history),
            "no limit",
        )
        compared += 2
    return compared


@check("adjustable_biased_coin", "second route", "Baldi Antognini and Giovagnoli 2004, the family F_a")
def adjustable_biased_coin_route() -> int:
    """Exact for whole a, sixty digits for others, after every history of up to seven subjects."""
    return sum(
        agrees(
            a_design("adjustable_biased_coin", a=str(a)),
            by_history(plain.adjustable_biased_coin, a),
            every_history(2, 7),
        )
        for a in [F(0), F(1), F(2), F(3, 2), F(1, 3), F(5)]
    )


@check("adjustable_biased_coin", "known answer", "Baldi Antognini and Giovagnoli 2004")
def adjustable_biased_coin_known() -> int:
    """a = 1 gives 2/3 at a lead of two and 3/4 at three; a = 0 is a fair coin; a = 1/2 at a lead of four is 2/3."""
    one = [("", "1/2"), ("A", "1/2"), ("AA", "1/3"), ("BB", "2/3"), ("BBB", "3/4"), ("AAAB", "1/3")]
    return (
        expect(a_design("adjustable_biased_coin", a=1), one)
        + expect(a_design("adjustable_biased_coin", a=0), [("AAAA", "1/2")])
        + expect(a_design("adjustable_biased_coin", a="1/2"), [("BBBB", "2/3")])
    )


@check("generalized_biased_coin", "second route", "Smith 1984, equation for the allocation function")
def generalized_biased_coin_route() -> int:
    """Exact for whole rho, sixty digits for others, after every history of up to seven subjects."""
    return sum(
        agrees(
            a_design("generalized_biased_coin", rho=str(rho)),
            by_history(plain.generalized_biased_coin, rho),
            every_history(2, 7),
        )
        for rho in [F(0), F(1), F(2), F(5), F(3, 2), F(1, 2)]
    )


@check("generalized_biased_coin", "known answer", "Smith 1984: rho = 1 is Wei's urn with nothing in it at first")
def generalized_biased_coin_known() -> int:
    """The same chances after every history of up to eight subjects."""
    compared = 0
    for case in every_history(2, 8):
        urn = law_of(a_design("wei_urn", initial=0, added=1), case.history)
        same(law_of(a_design("generalized_biased_coin", rho=1), case.history), urn, str(case.history))
        compared += 1
    return compared


@check("wei_urn", "second route", "Wei 1977 and 1978: UD(alpha, beta)")
def wei_urn_route() -> int:
    """An urn filled ball by ball, two and three arms, after every history of up to seven (five) subjects."""
    return sum(
        agrees(
            a_design("wei_urn", (1,) * arms, initial=str(initial), added=str(added)),
            by_history(plain.wei_urn, arms, initial, added),
            every_history(arms, 7 if arms == 2 else 5),
        )
        for arms in (2, 3)
        for initial, added in [(F(1), F(1)), (F(0), F(1)), (F(1), F(3)), (F(3, 2), HALF), (F(2), F(0))]
    )


@check("wei_urn", "known answer", "Wei 1978: the variance of the lead of UD(0, 1) is n/3")
def wei_urn_known() -> int:
    """Exactly n/3 for n of 3 to 20, from the engine's chances."""
    design, law = a_design("wei_urn", initial=0, added=1), {(0, 0): F(1)}
    for n in range(1, 21):
        after: dict[tuple[int, int], Fraction] = {}
        for (a, b), mass in law.items():
            first = first_chance(design, "A" * a + "B" * b)
            for state, part in (((a + 1, b), first), ((a, b + 1), 1 - first)):
                after[state] = after.get(state, F(0)) + mass * part
        law = {state: mass for state, mass in after.items() if mass}
        variance = sum(mass * (a - b) ** 2 for (a, b), mass in law.items())
        assert n < 3 or variance == F(n, 3), f"{variance} after {n}"
    return 18


@check("block_urn", "second route", "Zhao and Weng 2011: an active and an inactive urn")
def block_urn_route() -> int:
    """Balls moved between two urns, after every history of up to eight (five) subjects; others are refused."""
    return sum(
        agrees(
            a_design("block_urn", ratio, **{"lambda": sets}),
            by_history(plain.block_urn, ratio, sets),
            every_history(len(ratio), 8 if len(ratio) == 2 else 5),
        )
        for ratio, sets in [
            ((1, 1), 1),
            ((1, 1), 2),
            ((1, 1), 3),
            ((2, 1), 2),
            ((4, 2), 2),
            ((3, 2, 1), 1),
            ((1, 1, 1), 2),
        ]
    )


@check("block_urn", "known answer", "Zhao and Weng 2011: BUD(1) with 1:1 is a permuted block of two")
def block_urn_known() -> int:
    """And BUD(2) by hand: 1/3 after A, 0 after A A, 1/2 after A B, because the pair has come back."""
    rows = [("", "1/2"), ("A", "1/3"), ("AA", "0"), ("AB", "1/2"), ("ABB", "2/3"), ("AAB", "1/3")]
    compared = expect(a_design("block_urn", **{"lambda": 2}), rows)
    for case in every_history(2, 6):
        pairs = law_of(a_design("permuted_block", block_sizes=[2]), case.history)
        if pairs is not None:
            same(law_of(a_design("block_urn", **{"lambda": 1}), case.history), pairs, str(case.history))
            compared += 1
    return compared


@check("brick_tunnel", "second route", "Kuznetsova and Tymofyeyev 2011: two arms, between floor and ceiling")
def brick_tunnel_route() -> int:
    """The only law of two arms that keeps the ratio within the tunnel, in closed form, for seven ratios."""
    return sum(
        agrees(a_design("brick_tunnel", ratio), by_history(plain.brick_tunnel_of_two, ratio), every_history(2, 8))
        for ratio in [(1, 1), (2, 1), (1, 2), (3, 2), (5, 3), (2, 5), (6, 4)]
    )


@check("brick_tunnel", "second route", "Kuznetsova and Tymofyeyev 2011, 2015: three arms")
def brick_tunnel_of_three_route() -> int:
    """Flows of chance along the tunnel; the six flows of the open step written out, in their range's middle."""
    return sum(
        agrees(a_design("brick_tunnel", ratio), by_history(plain.brick_tunnel_of_three, ratio), every_history(3, 6))
        for ratio in [(1, 1, 1), (2, 1, 1), (1, 2, 2), (2, 3, 5), (3, 2, 1)]
    )


@check(
    "brick_tunnel", "known answer", "Kuznetsova and Tymofyeyev 2011: the ratio at every subject, the tunnel kept"
)
def brick_tunnel_known() -> int:
    """14:21:25, their example, and four and five arms: each subject's shares before anything is known."""
    return sum(map(_tunnel_kept, [(14, 21, 25), (4, 3, 2, 1), (3, 2, 2, 1), (2, 5, 3, 1), (1, 2, 3, 1, 2)]))


@check("brick_tunnel", "known answer", "By hand: three arms of one share beside one of two; blocks of four")
def brick_tunnel_of_four_known() -> int:
    """Arms of one share are alike, so that the ratio settles every chance of 2:1:1:1 and of 1:1:1:1."""
    rows = {(): "2/5 1/5 1/5 1/5", (0,): "0 1/3 1/3 1/3", (1,): "2/3 0 1/6 1/6", (0, 1): "1/4 0 3/8 3/8"}
    for history, law in rows.items():
        wanted = tuple(map(Fraction, law.split()))
        same(law_of(a_design("brick_tunnel", (2, 1, 1, 1)), history), wanted, str(history))
    compared = len(rows)
    for case in every_history(4, 4):
        block = law_of(a_design("permuted_block", (1, 1, 1, 1), block_sizes=[4]), case.history)
        same(law_of(a_design("brick_tunnel", (1, 1, 1, 1)), case.history), block, str(case.history))
        compared += 1
    return compared


def _tunnel_kept(ratio: tuple[int, ...]) -> int:
    design, whole = a_design("brick_tunnel", ratio), sum(ratio)
    masses: dict[tuple[int, ...], Fraction] = {(0,) * len(ratio): F(1)}
    for subject in range(1, whole + 1):
        after: dict[tuple[int, ...], Fraction] = {}
        shares = [F(0)] * len(ratio)
        for counts, mass in masses.items():
            law = law_of(design, [arm for arm, count in enumerate(counts) for _ in range(count)])
            assert law is not None
            for arm, part in enumerate(law):
                shares[arm] += mass * part
                if part:
                    node = tuple(n + (other == arm) for other, n in enumerate(counts))
                    after[node] = after.get(node, F(0)) + mass * part
                    assert abs(node[arm] - F(subject * ratio[arm], whole)) < 1, node
        assert shares == [F(share, whole) for share in ratio], shares
        masses = after
    return whole


@check("maximal", "second route", "Berger, Ivanova and Knoll 2003: all sequences within the limit")
def maximal_route() -> int:
    """All sequences of eight written down, with and without balance at the end; others are refused."""
    compared = 0
    for mti, balanced in [(1, True), (2, True), (3, True), (9, True), (2, False), (3, False)]:
        design = a_design("maximal", mti=mti, terminal_balance=balanced)
        compared += agrees(design, by_history(plain.maximal(8, mti, balanced)), every_history(2, 8, 8))
    return compared


@check("maximal", "second route", "walks between two walls by their mirror images (Feller 1968)")
def maximal_by_reflection() -> int:
    """Exact at n of 60 and 200, where doubles no longer count sequences exactly."""
    compared = 0
    for n, mti, length in [(60, 3, 20), (200, 3, 60), (200, 5, 40)]:
        cases = [Case(_held(case.history, mti), n) for case in random_histories(n + mti, 2, length, 20)]
        compared += agrees(a_design("maximal", mti=mti), by_history(plain.maximal_by_reflection, n, mti), cases)
    return compared


def _held(history: Sequence[int], mti: int) -> tuple[int, ...]:
    """A history pushed back at the limit."""
    lead, held = 0, []
    for wish in history:
        arm = 1 if lead >= mti else 0 if lead <= -mti else wish
        lead += 1 - 2 * arm
        held.append(arm)
    return tuple(held)


@check("maximal", "known answer", "Berger, Ivanova and Knoll 2003: 2 * 3^(m-1) sequences of 2m within two")
def maximal_known() -> int:
    """The chance of A B A B ... is one over their number, for 2m of 2 to 20; and 2^m within one."""
    compared = 0
    for mti, number in ((2, lambda m: 2 * 3 ** (m - 1)), (1, lambda m: 2**m)):
        for m in range(1, 11):
            chance, design = F(1), a_design("maximal", mti=mti)
            for place in range(2 * m):
                law = law_of(design, [k % 2 for k in range(place)], n=2 * m)
                assert law is not None
                chance *= law[place % 2]
            assert chance == F(1, number(m)), f"limit {mti}, {2 * m} subjects: {chance}"
            compared += 1
    return compared


@check("mass_weighted_urn", "second route", "Zhao 2015: masses moved ball by ball")
def mass_weighted_urn_route() -> int:
    """After every history of up to seven (five) subjects, also beyond the limit."""
    return sum(
        agrees(
            a_design("mass_weighted_urn", ratio, alpha=str(alpha)),
            by_history(plain.mass_weighted_urn, ratio, alpha),
            every_history(len(ratio), 7 if len(ratio) == 2 else 5),
        )
        for ratio, alpha in [
            ((1, 1), F(2)),
            ((2, 1), F(3)),
            ((1, 2), F(5, 2)),
            ((4, 3, 2, 1), F(4)),
            ((1, 1, 1), HALF),
        ]
    )


@check(
    "mass_weighted_urn", "known answer", "Zhao 2015: the first subject by the ratio; alpha 2 with 1:1 forces at two"
)
def mass_weighted_urn_known() -> int:
    """4:3:2:1 begins at 4/10; with alpha = 2 and 1:1 the chances are 1/4 after A and 0 after A A."""
    return expect(a_design("mass_weighted_urn", (4, 3, 2, 1), alpha=4), [("", "2/5"), ("A", "1/4")]) + expect(
        a_design("mass_weighted_urn", alpha=2), [("A", "1/4"), ("AA", "0"), ("AB", "1/2")]
    )


@check("max_entropy", "second route", "Klotz 1978; Ryeznik and Sverdlov 2018")
def max_entropy_route() -> int:
    """The multiplier by Newton's method, after every history of up to seven (four) subjects."""
    return sum(
        agrees(
            a_design("max_entropy", ratio, eta=str(eta)),
            by_history(plain.max_entropy, ratio, eta),
            every_history(len(ratio), 7 if len(ratio) == 2 else 4),
        )
        for ratio, eta in [
            ((1, 1), F(1, 3)),
            ((2, 1), HALF),
            ((1, 1, 1), HALF),
            ((2, 1, 1), F(2, 3)),
            ((4, 3, 2, 1), F(1, 4)),
            ((3, 2, 1), F(1)),
            ((3, 2, 1), F(0)),
        ]
    )


@check("max_entropy", "known answer", "Klotz 1978: eta of 0 is complete randomization, 1 balances best")
def max_entropy_known() -> int:
    """1:1 with eta = 1/2: 1/4 for the arm ahead, at any lead; with eta = 1 nothing for it."""
    return (
        expect(a_design("max_entropy", eta="1/2"), [("", "1/2"), ("A", "1/4"), ("AAA", "1/4"), ("BB", "3/4")])
        + expect(a_design("max_entropy", eta=1), [("A", "0"), ("B", "1"), ("AB", "1/2")])
        + expect(a_design("max_entropy", (3, 1), eta=0), [("", "3/4"), ("AAA", "3/4")])
    )
