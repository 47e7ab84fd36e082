"""Methods followed live: the same arms as a sequence drawn at once, and each remembered in rows alone."""

from fractions import Fraction

import pytest

from irt.randomization.catalogue import CATALOGUE
from irt.randomization.design import Design, Factor
from irt.randomization.drawing import Arrival, among, draw_sequence
from irt.randomization.dynamic import Dynamic
from irt.randomization.scheme import Allocation, Subject, TooFewArms, UnusablePlan
from irt.study.randomization_plan import Minimization, OtherDesign, WeightedFactor
from tests.irt.randomization.builders import arms, assign_all, minimizing, seed

SUBJECTS = 24
FACTORS = {"sex": ("F", "M"), "age": ("young", "old", "oldest")}
PARAMS = {
    "efron": {"p": "2/3"},
    "adjustable_biased_coin": {"a": 2},
    "generalized_biased_coin": {"rho": 5},
    "wei_urn": {"initial": 1, "added": 1},
    "big_stick": {"mti": 3},
    "chen": {"mti": 3, "p": "0.7"},
    "block_urn": {"lambda": 2},
    "maximal": {"mti": 3},
    "mass_weighted_urn": {"alpha": 4},
    "max_entropy": {"eta": "1/2"},
    "minimization": {"p": "0.8"},
    "biased_coin_minimization": {"p": "0.8"},
    "hu_hu": {"p": "0.85", "weights": {"overall": 1, "stratum": 2, "margins": 1}},
    "play_the_winner": {"initial": 1, "added": 2},
    "doubly_adaptive": {"target": "neyman", "gamma": 2, "burn_in": 6},
    "thompson": {"power": "1/2", "burn_in": 4},
    "boin": {"target": "0.3"},
}
FOLLOWED = sorted(set(CATALOGUE) - {"permuted_block", "three_plus_three"})
"""A 3+3 escalation ends before so many subjects."""


def plan_of(method: str, **changes: object) -> OtherDesign | Minimization:
    """A plan of a method with settings of its own."""
    if method == "minimization":
        return minimizing(*FACTORS, p="0.8")
    factors = tuple(WeightedFactor(factor=code) for code in FACTORS) if CATALOGUE[method].factors else ()
    facts = {"params": PARAMS.get(method, {}), "factors": factors, "planned_subjects": SUBJECTS}
    return OtherDesign.model_validate({"method": method, **facts, **changes})


def levels_of(number: int) -> dict[str, str]:
    """A subject's levels."""
    return {"sex": "FM"[number * number % 7 % 2], "age": FACTORS["age"][number * number % 5 % 3]}


def response_of(number: int) -> int:
    """Dose-limiting toxicities are rare, or an escalation would stop."""
    return int(number % 5 == 0)


def followed(procedure: Dynamic, method: str) -> list[Allocation]:
    """The subjects one by one, each response known before the next comes."""
    state, allocations, known = {}, [], {}
    for number in range(1, SUBJECTS + 1):
        subject = Subject(number, levels_of(number), responses=dict(known))
        allocation = procedure.assign(state, subject, seed())
        assert procedure.probabilities(allocation.seen, subject) == allocation.probabilities
        assert tuple(allocation.seen) == procedure.state_keys(subject)
        state.update(allocation.after)
        ones, zeros = known.get(allocation.arm, (0, 0))
        response = response_of(number)
        known[allocation.arm] = (ones + response, zeros + 1 - response)
        allocations.append(allocation)
    return allocations


@pytest.mark.parametrize("method", FOLLOWED)
def test_live_draws_are_those_of_a_sequence(method: str):
    """Arms, chances and numbers are the same, from rows as from a memory that is kept."""
    factors = tuple(Factor(code, levels) for code, levels in FACTORS.items()) if CATALOGUE[method].factors else ()
    design = Design(method, ("A", "B"), (1, 1), PARAMS.get(method, {}), factors)
    arrivals = [
        Arrival(tuple(levels_of(n).values()) if factors else (), response_of(n)) for n in range(1, SUBJECTS + 1)
    ]
    drawn = draw_sequence(design, seed().stream(method, ""), arrivals)
    lived = followed(Dynamic.of(plan_of(method), arms(1, 1), FACTORS), method)
    for at_once, live in zip(drawn, lived, strict=True):
        assert "AB"[at_once.arm] == live.arm
        assert at_once.chances == tuple(chance for _, chance in live.probabilities)
        assert at_once.draws == live.draws


def test_each_stratum_has_its_own_memory_and_stream():
    """The index stays the assignment number, so that no number is used twice."""
    procedure = Dynamic.of(plan_of("big_stick", strata=("site",)), arms(1, 1))
    subjects = [Subject(n, {"site": "12"[n % 2]}) for n in range(1, 41)]
    allocations = assign_all(procedure, subjects, seed())
    assert {a.stream_ids for a in allocations} == {(f"IRT-RNG/1|TRIAL-1|big_stick/1|site={s}",) for s in "12"}
    assert [a.draws[0].index for a in allocations] == list(range(1, 41))
    for site in "12":
        last = [a for a, s in zip(allocations, subjects, strict=True) if s.levels["site"] == site][-1]
        (row,) = last.after.values()
        assert sum(row.values()) == 20
        assert abs(row["A"] - row["B"]) <= 3


def test_arms_that_come_and_go_are_compared_with_those_of_their_time():
    """Each set of arms remembers by itself, in the ratio of its arms; closed arms have no chance."""
    procedure = Dynamic.of(plan_of("block_urn", params={"lambda": 1}), arms(1, 1, 2))
    early = [Subject(n, open_arms=("B", "A")) for n in range(1, 11)]
    late = [Subject(n, open_arms=("A", "B", "C")) for n in range(11, 31)]
    allocations = assign_all(procedure, [*early, *late], seed(4))
    counts = [[a.arm for a in part].count for part in (allocations[:10], allocations[10:])]
    assert [counts[0](arm) for arm in "ABC"] == [5, 5, 0]
    assert [counts[1](arm) for arm in "ABC"] == [5, 5, 10]
    assert {key for a in allocations for key in a.after} == {"A/B", "A/B/C"}
    assert dict(allocations[0].probabilities) == {"A": Fraction(1, 2), "B": Fraction(1, 2), "C": 0}


def test_a_choice_of_one_is_none():
    """Somebody eligible for a single arm is not randomized."""
    procedure = Dynamic.of(plan_of("complete"), arms(1, 1))
    with pytest.raises(TooFewArms):
        procedure.assign({}, Subject(1, open_arms=("A",)), seed())


def test_a_forced_draw_is_among_the_arms_that_can_be_served():
    """Their chances keep their proportion; the record tells the chances as drawn."""
    procedure = Dynamic.of(plan_of("complete"), arms(1, 2, 3))
    law = procedure.assign({}, Subject(1, servable=("A", "B")), seed()).probabilities
    assert dict(law) == {"A": Fraction(1, 3), "B": Fraction(2, 3), "C": 0}
    with pytest.raises(TooFewArms):
        among((Fraction(0), Fraction(1)), [0])


def test_responses_not_known_yet_change_nothing():
    """A late one counts from the next draw on."""
    procedure = Dynamic.of(plan_of("play_the_winner"), arms(1, 1))
    none, one = Subject(3), Subject(3, responses={"A": (1, 0)})
    assert dict(procedure.probabilities({"A/B": {"A": 2}}, none)) == {"A": Fraction(1, 2), "B": Fraction(1, 2)}
    assert dict(procedure.probabilities({"A/B": {"A": 2}}, one)) == {"A": Fraction(3, 4), "B": Fraction(1, 4)}


def test_a_plan_that_cannot_be_followed_is_refused_at_once():
    """Not at the first subject."""
    with pytest.raises(UnusablePlan):
        Dynamic.of(plan_of("efron"), arms(2, 1))
    with pytest.raises(UnusablePlan):
        Dynamic.of(plan_of("atkinson_da"), arms(1, 1), {"sex": ("F", "M")})
