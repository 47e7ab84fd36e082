"""Theorems of permuted blocks: exact balance, exact probabilities, one list whichever way it is read."""

from collections import Counter
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.errors import IntegrityFault
from irt.randomization.permuted_block import PermutedBlock
from irt.randomization.scheme import Allocation, FactorMissing, Subject, UnusablePlan
from irt.randomization.stream import Seed
from irt.study.arms import Arm
from irt.study.randomization_plan import PermutedBlocks
from tests.irt.randomization.builders import arms, assign_all, blocks, generate_list, seed


@st.composite
def designs(draw: st.DrawFn) -> tuple[PermutedBlocks, tuple[Arm, ...]]:
    """Any ratio of two to four arms, one to three sizes that hold it, any weights."""
    ratio = draw(st.lists(st.integers(1, 3), min_size=2, max_size=4))
    repeats = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True))
    weights = draw(st.lists(st.integers(0, 4), min_size=len(repeats), max_size=len(repeats)).filter(any))
    return blocks(*(r * sum(ratio) for r in repeats), weights=weights), arms(*ratio)


SEEDS = st.integers(0, 2**32).map(seed)


def run(plan: PermutedBlocks, of: tuple[Arm, ...], number: int, length: int) -> list[Allocation]:
    """One stratum's live allocations."""
    return assign_all(PermutedBlock.of(plan, of), map(Subject, range(length)), seed(number))


@given(designs(), st.integers(0, 99))
@settings(deadline=None, max_examples=60)
def test_every_full_block_holds_the_exact_ratio(
    design: tuple[PermutedBlocks, tuple[Arm, ...]], number: int
) -> None:
    """Whatever the sizes, ratio and weights; only sizes of some weight ever occur."""
    plan, of = design
    procedure = PermutedBlock.of(plan, of)
    stream = seed(number).stream("permuted_block", "")
    counter = 0
    for _ in range(5):
        block = procedure.draw_block(stream, counter)
        size, counter = len(block.arms), block.next_counter
        assert plan.size_weights[plan.block_sizes.index(size)] > 0
        shares = size // sum(arm.ratio for arm in of)
        assert Counter(block.arms) == {arm.code: arm.ratio * shares for arm in of}


@given(designs(), st.integers(0, 99), st.integers(1, 30))
@settings(deadline=None, max_examples=60)
def test_the_frozen_list_is_what_live_assignment_gives(
    design: tuple[PermutedBlocks, tuple[Arm, ...]], number: int, length: int
) -> None:
    """A list printed beforehand and the allocations made one by one are the same sequence."""
    live = [allocation.arm for allocation in run(*design, number, length)]
    assert generate_list(*design, seed(number), "", length) == tuple(live)


@given(designs(), st.integers(0, 99))
@settings(deadline=None, max_examples=60)
def test_probabilities_sum_to_one_and_follow_the_block(
    design: tuple[PermutedBlocks, tuple[Arm, ...]], number: int
) -> None:
    """The ratio where a block begins; what is left of it afterwards; the last of a block is certain."""
    plan, of = design
    ratio = {arm.code: Fraction(arm.ratio, sum(a.ratio for a in of)) for arm in of}
    for allocation in run(plan, of, number, 20):
        law = dict(allocation.probabilities)
        assert sum(law.values()) == 1
        assert law[allocation.arm] > 0
        row = allocation.after[""]
        position = sum(row[f"given:{arm.code}"] for arm in of)
        if position == 1:
            assert law == ratio
        if position == row["size"]:
            assert law[allocation.arm] == 1


def test_conditional_probabilities_of_a_block_of_four() -> None:
    """After the arm X: 1/3 for X again, 2/3 for the other; after X and Y, evens; the last is certain."""
    laws = [dict(a.probabilities)[a.arm] for a in run(blocks(4), arms(1, 1), 0, 4)]
    sequence = [a.arm for a in run(blocks(4), arms(1, 1), 0, 4)]
    same = sequence[0] == sequence[1]
    assert laws[:2] == [Fraction(1, 2), Fraction(1, 3) if same else Fraction(2, 3)]
    assert laws[2:] == ([1, 1] if same else [Fraction(1, 2), 1])


@given(designs(), st.integers(0, 99))
@settings(deadline=None, max_examples=30)
def test_the_chances_of_a_block_multiply_to_one_over_its_arrangements(
    design: tuple[PermutedBlocks, tuple[Arm, ...]], number: int
) -> None:
    """Every arrangement of a block is equally likely: the product of its probabilities is the same number."""
    plan, of = design
    chance, products = Fraction(1), {}
    for allocation in run(plan, of, number, 40):
        chance *= dict(allocation.probabilities)[allocation.arm]
        row = allocation.after[""]
        if sum(v for k, v in row.items() if k.startswith("given:")) == row["size"]:
            assert products.setdefault(row["size"], chance) == chance
            chance = Fraction(1)


def test_blocks_of_four_are_uniform() -> None:
    """Chi-square over the six arrangements, 6,000 blocks, 5 degrees of freedom: below the 99.9th percentile."""
    sequence = generate_list(blocks(4), arms(1, 1), seed(5), "", 24_000)
    counts = Counter(sequence[start : start + 4] for start in range(0, 24_000, 4))
    assert len(counts) == 6
    assert sum((n - 1000) ** 2 / 1000 for n in counts.values()) < 20.52


def test_sizes_come_in_proportion_to_their_weights() -> None:
    """Weights 1, 2, 1 over 4,000 blocks: chi-square with 2 degrees of freedom, 99.9th percentile."""
    procedure = PermutedBlock.of(blocks(2, 4, 6, weights=(1, 2, 1)), arms(1, 1))
    stream, counter, sizes = seed(6).stream("permuted_block", ""), 0, Counter[int]()
    for _ in range(4000):
        block = procedure.draw_block(stream, counter)
        counter = block.next_counter
        sizes[len(block.arms)] += 1
    expected = {2: 1000, 4: 2000, 6: 1000}
    assert sum((sizes[s] - n) ** 2 / n for s, n in expected.items()) < 13.82


def test_a_block_is_a_shuffle_from_the_last_index() -> None:
    """Written out by hand from the stream: size draw, then positions 3, 2, 1."""
    procedure = PermutedBlock.of(blocks(2, 4, weights=(0, 1)), arms(1, 1))
    stream = seed(7).stream("permuted_block", "")
    row = ["A", "A", "B", "B"]
    for index, last in ((11, 3), (12, 2), (13, 1)):
        other = stream.below(last + 1, index).value
        row[last], row[other] = row[other], row[last]
    block = procedure.draw_block(stream, 10)
    assert block.arms == tuple(row)
    assert block.size_draw == stream.below(1, 10)
    assert block.next_counter == 14


@given(designs(), st.integers(0, 99))
@settings(deadline=None, max_examples=30)
def test_recorded_draws_tell_the_past_of_a_block_and_nothing_of_its_rest(
    design: tuple[PermutedBlocks, tuple[Arm, ...]], number: int
) -> None:
    """Each position records the size draw or its own shuffle draw; a full block's records are all its draws."""
    allocations = run(*design, number, 25)
    draws = [draw for allocation in allocations for draw in allocation.draws]
    assert len({draw.index for draw in draws}) == len(draws)
    for allocation in allocations:
        own = _position(allocation) - 1
        size_draws = int(own == 0 and len(design[0].block_sizes) > 1)
        moduli = [sum(design[0].size_weights)] * size_draws if own == 0 else [own + 1]
        assert [draw.modulus for draw in allocation.draws] == moduli
    full = [a for a in allocations if a.after[""]["size"] == _position(a)]
    if full:
        last = full[-1].after[""]
        end = last["counter"] + last["size"] - 1 + (len(design[0].block_sizes) > 1)
        assert {d.index for d in draws if d.index < end} == set(range(end))


def _position(allocation: Allocation) -> int:
    return sum(count for key, count in allocation.after[""].items() if key.startswith("given:"))


def test_the_row_never_holds_what_comes_next() -> None:
    """Two seeds that agree so far have the same row, whatever they give later."""
    rows: dict[tuple[str, ...], set[str]] = {}
    for number in range(12):
        allocations = run(blocks(4), arms(1, 1), number, 2)
        rows.setdefault(tuple(a.arm for a in allocations), set()).add(str(allocations[-1].after))
    assert all(len(seen) == 1 for seen in rows.values())


def test_the_same_seed_gives_the_same_sequence_and_another_seed_another() -> None:
    """Nothing but the seed decides."""
    one, again, other = (generate_list(blocks(4, 6), arms(1, 1), by, "", 60) for by in (seed(1), seed(1), seed(2)))
    assert one == again != other


def test_adding_a_stratum_shifts_no_other() -> None:
    """Subjects of a new site in between leave an old site's sequence as it was."""
    plan, of = blocks(4, 6, strata=("site",)), arms(1, 1)
    procedure = PermutedBlock.of(plan, of)
    alone = assign_all(procedure, [Subject(n, {"site": "101"}) for n in range(30)], seed())
    mixed = assign_all(
        procedure, [Subject(n, {"site": site}) for n, site in product(range(30), ("101", "202"))], seed()
    )
    of_101 = [a.arm for a in mixed if "site=101" in a.after]
    assert of_101 == [a.arm for a in alone]
    assert of_101 != [a.arm for a in mixed if "site=202" in a.after]


def test_every_allocation_is_decided_again_from_its_record() -> None:
    """Seen row, subject and seed give the same allocation, and each row continues the one before."""
    procedure = PermutedBlock.of(blocks(4, 6), arms(1, 1))
    allocations = run(blocks(4, 6), arms(1, 1), 3, 40)
    for number, allocation in enumerate(allocations):
        assert procedure.assign(allocation.seen, Subject(number), seed(3)) == allocation
    assert all(after.seen == before.after for before, after in pairwise(allocations))


def seed_whose_list_begins(*sequence: str) -> Seed:
    """The first test seed whose blocks of six begin so."""
    beginning = len(sequence)
    every = (seed(number) for number in range(999))
    return next(s for s in every if generate_list(blocks(6), arms(1, 1), s, "", beginning) == sequence)


@pytest.mark.parametrize(
    "row",
    [
        {"counter": 0, "size": 6, "given:A": 2, "given:B": 0},
        {"counter": 0, "size": 8, "given:A": 1, "given:B": 1},
    ],
)
def test_a_changed_row_is_a_fault(row: dict[str, int]) -> None:
    """Counts or a size that the seed did not draw stop the randomization."""
    procedure = PermutedBlock.of(blocks(6), arms(1, 1))
    with pytest.raises(IntegrityFault):
        procedure.assign({"": row}, Subject(3), seed_whose_list_begins("A", "B"))


def test_the_key_of_another_mode_is_a_fault() -> None:
    """A training key over a production row is noticed as soon as the lists differ."""
    procedure = PermutedBlock.of(blocks(6), arms(1, 1))
    row = {"counter": 0, "size": 6, "given:A": 1, "given:B": 1}
    assert procedure.assign({"": row}, Subject(3), seed_whose_list_begins("A", "B")).seen == {"": row}
    with pytest.raises(IntegrityFault):
        procedure.assign({"": row}, Subject(3), seed_whose_list_begins("A", "A"))


@pytest.mark.parametrize(
    ("sizes", "ratio", "weights"),
    [((3,), (1, 1), ()), ((4,), (2, 1), ()), ((0,), (1, 1), ()), ((4, 6), (1, 1), (1,)), ((4,), (1, 1), (0,))],
)
def test_it_refuses_sizes_and_weights_that_cannot_work(
    sizes: tuple[int, ...], ratio: tuple[int, ...], weights: tuple[int, ...]
) -> None:
    """A block holds the ratio a whole number of times; each size has a weight."""
    with pytest.raises(UnusablePlan):
        PermutedBlock.of(blocks(*sizes, weights=weights), arms(*ratio))


def test_a_subject_without_a_stratum_value_consumes_nothing() -> None:
    """Refused before any draw."""
    procedure = PermutedBlock.of(blocks(4, strata=("sex",)), arms(1, 1))
    with pytest.raises(FactorMissing):
        procedure.assign({}, Subject(1), seed())
