"""Small makers of arms, seeds and subjects for the randomization tests."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from irt.randomization.permuted_block import PermutedBlock
from irt.randomization.scheme import Allocation, Procedure, Subject
from irt.randomization.stream import Seed
from irt.study.arms import Arm
from irt.study.randomization_plan import Minimization, PermutedBlocks, WeightedFactor

KEY = bytes(range(32))


def seed(number: int = 0) -> Seed:
    """A different test seed for each number."""
    return Seed(number.to_bytes(32, "big"), "TRIAL-1")


def arms(*ratio: int) -> tuple[Arm, ...]:
    """Arms A, B, C ... of that ratio."""
    return tuple(Arm(code=chr(ord("A") + i), name=f"Arm {i}", ratio=r) for i, r in enumerate(ratio))


def blocks(*sizes: int, weights: Sequence[int] = (), strata: Sequence[str] = ()) -> PermutedBlocks:
    """A permuted-block plan."""
    return PermutedBlocks(
        method="permuted_block", block_sizes=sizes, size_weights=tuple(weights), strata=tuple(strata)
    )


def minimizing(*factors: str, p: str = "0.8", **settings: object) -> Minimization:
    """A minimization plan; a factor written `sex*2` weighs two."""
    weighted = []
    for factor in factors:
        code, _, weight = factor.partition("*")
        weighted.append(WeightedFactor(factor=code, weight=Fraction(weight or 1)))
    plan = {"method": "minimization", "factors": weighted, "probability": p, **settings}
    return Minimization.model_validate(plan)


def assign_all(procedure: Procedure, subjects: Iterable[Subject], by: Seed) -> list[Allocation]:
    """Allocates the subjects in order, keeping the rows as a service would."""
    state: dict[str, dict[str, int]] = {}
    allocations = []
    for subject in subjects:
        allocation = procedure.assign(state, subject, by)
        state.update({key: dict(row) for key, row in allocation.after.items()})
        allocations.append(allocation)
    return allocations


def generate_list(
    plan: PermutedBlocks, arms: Sequence[Arm], seed: Seed, stratum: str, length: int
) -> tuple[str, ...]:
    """The first `length` arms of a stratum's list: the sequence that live assignment gives."""
    procedure = PermutedBlock.of(plan, arms)
    stream = seed.stream("permuted_block", stratum)
    sequence: list[str] = []
    counter = 0
    while len(sequence) < length:
        block = procedure.draw_block(stream, counter)
        sequence.extend(block.arms)
        counter = block.next_counter
    return tuple(sequence[:length])
