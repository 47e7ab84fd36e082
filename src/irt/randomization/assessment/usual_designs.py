"""Designs that a statistician looks at first, for two arms of any ratio or for more."""

from collections.abc import Iterator
from typing import Any

from irt.randomization.design import Design

SETTINGS_OF_EQUAL_ARMS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("truncated_binomial", {}),
    ("efron", {"p": "2/3"}),
    ("efron", {"p": "3/4"}),
    ("adjustable_biased_coin", {"a": 2}),
    ("generalized_biased_coin", {"rho": 5}),
    ("wei_urn", {"initial": 1, "added": 1}),
    ("big_stick", {"mti": 3}),
    ("big_stick", {"mti": 5}),
    ("chen", {"mti": 3, "p": "2/3"}),
    ("maximal", {"mti": 3}),
)


def usual_designs(arms: tuple[str, ...], ratio: tuple[int, ...]) -> tuple[Design, ...]:
    """At least twelve designs of that ratio."""
    return tuple(Design(method, arms, ratio, params) for method, params in _settings(ratio))


def _settings(ratio: tuple[int, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    round_ = sum(ratio)
    yield "complete", {}
    yield "random_allocation", {}
    for repeats in ((2,), (3,), (4,), (2, 3), (2, 3, 4)) if round_ == 2 else ((1,), (2,), (3,), (1, 2), (1, 2, 3)):
        yield "permuted_block", {"block_sizes": [repeat * round_ for repeat in repeats]}
    yield "block_urn", {"lambda": 2}
    yield "block_urn", {"lambda": 3}
    if len(set(ratio)) == 1 and len(ratio) == 2:
        yield from SETTINGS_OF_EQUAL_ARMS
        return
    yield "mass_weighted_urn", {"alpha": 2}
    yield "mass_weighted_urn", {"alpha": 4}
    yield "max_entropy", {"eta": "1/2"}
    if len(ratio) == 2:
        yield "brick_tunnel", {}
    else:
        yield "mass_weighted_urn", {"alpha": 8}


def title(design: Design) -> str:
    """`big stick, mti 3`: the method and its settings in a few words."""
    settings = [f"{name.replace('_', ' ')} {_shown(value)}" for name, value in design.params.items()]
    return ", ".join([design.method.replace("_", " "), *settings])


def _shown(value: object) -> str:
    return "/".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
