"""Minimization as a procedure: its rows, its single draw, its record."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.dynamic import Dynamic
from irt.randomization.margins import recount
from irt.randomization.scheme import FactorMissing, Subject, UnusablePlan
from tests.irt.randomization.builders import arms, assign_all, minimizing, seed

LEVELS = st.fixed_dictionaries({"sex": st.sampled_from("FM"), "site": st.sampled_from(["101", "202", "303"])})
SUBJECTS = st.lists(LEVELS, max_size=25).map(lambda many: [Subject(n, levels) for n, levels in enumerate(many, 1)])
DISTANCES = st.sampled_from(["range", "variance", "sd", "sum"])


def minimization(p: str = "0.8", distance: str = "range", ratio: tuple[int, ...] = (1, 1, 1)) -> Dynamic:
    """Sex counts twice, site once."""
    return Dynamic.of(minimizing("sex*2", "site", p=p, distance=distance), arms(*ratio))


@given(SUBJECTS, DISTANCES)
@settings(deadline=None, max_examples=50)
def test_kept_rows_equal_a_recount(subjects: list[Subject], distance: str) -> None:
    """Counting on and counting anew never differ."""
    procedure = minimization(distance=distance)
    allocations = assign_all(procedure, subjects, seed())
    state = {}
    for allocation in allocations:
        state.update(allocation.after)
    history = [(subject, a.arm) for subject, a in zip(subjects, allocations, strict=True)]
    assert recount(procedure, history) == state


@given(SUBJECTS, DISTANCES, st.integers(0, 99))
@settings(deadline=None, max_examples=50)
def test_every_allocation_is_decided_again_from_its_record(
    subjects: list[Subject], distance: str, number: int
) -> None:
    """Only the subject's own rows are needed."""
    procedure = minimization(distance=distance)
    for subject, allocation in zip(subjects, assign_all(procedure, subjects, seed(number)), strict=True):
        assert procedure.assign(allocation.seen, subject, seed(number)) == allocation
        assert tuple(allocation.seen) == procedure.state_keys(subject) == tuple(allocation.after)


def test_the_draw_hangs_on_the_assignment_number_alone() -> None:
    """Entering other levels cannot buy another random number."""
    procedure = minimization()
    one = procedure.assign({}, Subject(8, {"sex": "F", "site": "101"}), seed())
    other = procedure.assign({}, Subject(8, {"sex": "M", "site": "202"}), seed())
    assert one.draws == other.draws
    assert one.draws[0].index == 8
    assert one.stream_ids == ("IRT-RNG/1|TRIAL-1|minimization/1|",)


def test_a_deterministic_walk_by_hand() -> None:
    """p = 1 and two arms, sex counting twice: where no tie is left the arm is certain."""
    procedure = minimization(p="1", ratio=(1, 1))
    state = {"sex=F": {"A": 2, "B": 1}, "site=101": {"A": 0, "B": 1}}
    subject = Subject(4, {"sex": "F", "site": "101"})
    # In A: 2 * |3-1| + |1-1| = 4; in B: 2 * |2-2| + |0-2| = 2.
    assert procedure.probabilities(state, subject) == (("A", 0), ("B", 1))
    after = procedure.assign(state, subject, seed()).after
    assert after == {"sex=F": {"A": 2, "B": 2}, "site=101": {"A": 0, "B": 2}}


def test_other_rows_do_not_matter() -> None:
    """Counts at levels the subject does not have change nothing."""
    procedure, subject = minimization(), Subject(4, {"sex": "F", "site": "101"})
    elsewhere = {"sex=M": {"A": 50, "B": 0, "C": 9}, "site=202": {"A": 0, "B": 9, "C": 3}}
    assert procedure.assign(elsewhere, subject, seed()) == procedure.assign({}, subject, seed())


@given(st.integers(0, 99))
@settings(deadline=None, max_examples=10)
def test_deterministic_minimization_of_one_margin_never_strays(number: int) -> None:
    """One factor, p = 1, three arms: the counts of a level differ by one at most."""
    procedure = Dynamic.of(minimizing("sex", p="1"), arms(1, 1, 1))
    subjects = [Subject(n, {"sex": "FM"[n * n % 7 % 2]}) for n in range(40)]
    for allocation in assign_all(procedure, subjects, seed(number)):
        (row,) = allocation.after.values()
        assert max(row.values()) - min(row.values()) <= 1


def test_the_same_seed_gives_the_same_arms() -> None:
    """And another seed others."""
    subjects = [Subject(n, {"sex": "F", "site": "101"}) for n in range(60)]
    runs = [[a.arm for a in assign_all(minimization(), subjects, seed(n))] for n in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_each_row_continues_the_one_before() -> None:
    """Subjects of one profile: what was left is what is seen next."""
    subjects = [Subject(n, {"sex": "F", "site": "101"}) for n in range(20)]
    allocations = assign_all(minimization(), subjects, seed())
    assert all(after.seen == before.after for before, after in pairwise(allocations))


def test_a_missing_factor_is_refused_before_any_draw() -> None:
    """A value is never defaulted."""
    with pytest.raises(FactorMissing):
        minimization().assign({}, Subject(1, {"sex": "F"}), seed())


def test_it_refuses_a_factor_code_that_would_mix_up_rows() -> None:
    """`a=b` at level c and `a` at level b=c would share a row."""
    with pytest.raises(UnusablePlan):
        Dynamic.of(minimizing("a=b"), arms(1, 1))
