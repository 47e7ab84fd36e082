"""Designs that the stand-alone verifiers cover, each with exports of them."""

import random
from collections.abc import Iterator
from pathlib import Path

from irt.randomization.design import Design, design_of
from irt.randomization.drawing import Arrival
from irt.randomization.export.design_export import design_export
from irt.randomization.export.export_file import Export, write_export
from irt.randomization.export.sequence import Sequence

KEY = bytes(range(32))
FACTORS = [
    {"name": "sex", "levels": ["F", "M"], "weight": 1},
    {"name": "age", "levels": ["<65", "65-79", "80+"], "weight": "3/2"},
]


def _made(
    method: str, arms: str, ratio: list[int] | None = None, factors: bool = False, **params: object
) -> Design:
    data = {"method": method, "arms": list(arms), "params": params}
    if ratio:
        data["ratio"] = ratio
    if factors:
        data["factors"] = FACTORS
    return design_of(data)


COVERED = {
    "complete": _made("complete", "ABC", [3, 2, 1]),
    "random_allocation": _made("random_allocation", "AB", [2, 1]),
    "blocks_of_one_size": _made("permuted_block", "ABC", [2, 1, 1], block_sizes=[4]),
    "blocks_of_two_sizes": _made("permuted_block", "AB", [2, 1], block_sizes=[3, 6]),
    "truncated_binomial": _made("truncated_binomial", "AB"),
    "efron": _made("efron", "AB", p="2/3"),
    "adjustable_biased_coin": _made("adjustable_biased_coin", "AB", a=2),
    "generalized_biased_coin": _made("generalized_biased_coin", "AB", rho=2),
    "wei_urn": _made("wei_urn", "ABC", initial="1/2", added=1),
    "big_stick": _made("big_stick", "AB", mti=3),
    "chen": _made("chen", "AB", mti=3, p="0.75"),
    "block_urn": _made("block_urn", "AB", [2, 1], **{"lambda": 2}),
    "mass_weighted_urn": _made("mass_weighted_urn", "ABCD", [4, 3, 2, 1], alpha="7/2"),
    "maximal": _made("maximal", "AB", mti=3),
    "maximal_open_end": _made("maximal", "AB", mti=2, terminal_balance=False),
    "wide_coin": _made("efron", "AB", p="123456789012345679/198765432109876543"),
    "wide_powers": _made("generalized_biased_coin", "AB", rho=9),
    "wide_urn": _made("wei_urn", "ABC", initial="1/1000000007", added="1000000009/1000000021"),
    "play_the_winner": _made("play_the_winner", "ABC", initial=1, added="3/2"),
    "range": _made("minimization", "ABC", [2, 1, 1], True, p="4/5"),
    "variance": _made("minimization", "AB", None, True, p="4/5", distance="variance", scaling="divide_then_add"),
    "sd": _made("minimization", "ABC", [2, 1, 1], True, p="4/5", distance="sd"),
    "wide_minimization": _made("minimization", "AB", None, True, p="98765432109876543/123456789012345678"),
    "sum": _made("minimization", "ABC", None, True, p="4/5", distance="sum", tie_rule="random_rank"),
}
METHODS = {design.method for design in COVERED.values()}
LONGEST = 240
"""Longer sequences of the maximal procedure have numbers of hundreds of digits, and take their time."""


def export_of(name: str, subjects: int) -> Export:
    """An export of so many subjects; of the maximal procedure, as many strata of 240 as they fill."""
    design = COVERED[name]
    strata, each = (subjects // LONGEST, LONGEST) if design.method == "maximal" else (1, subjects)
    sequences = [Sequence(f"IRT-RNG/1|NB-301|{name}/1|{stratum}", design, each) for stratum in range(strata)]
    return design_export(sequences, KEY, tuple(_arrivals(design, each)))


def written(name: str, subjects: int, folder: Path) -> Path:
    """The export in a file."""
    file = folder / f"{name}.json"
    write_export(export_of(name, subjects), file)
    return file


def _arrivals(design: Design, subjects: int) -> Iterator[Arrival]:
    chance = random.Random(design.method)
    for _ in range(subjects):
        response = chance.choice([0, 1, None]) if design.method == "play_the_winner" else None
        yield Arrival(tuple(chance.choice(factor.levels) for factor in design.factors), response)
