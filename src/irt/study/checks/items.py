"""Stock without numbers: levels that can work, and nothing among it that would tell an arm."""

from collections.abc import Iterator

from irt.study.checks.check import check
from irt.study.draft import Draft
from irt.study.problems import Finding


def levels_of_items(draft: Draft) -> Iterator[Finding]:
    """A minimum is no higher than its maximum."""
    for index, item in enumerate(draft.study.items):
        if item.minimum > item.maximum:
            sentence = f"the minimum {item.minimum} is above the maximum {item.maximum}"
            yield Finding("ItemLevels", ("items", index, "minimum"), sentence)


def comparators_in_the_open(draft: Draft) -> Iterator[Finding]:
    """Whoever hands out a comparator without number knows the arm: a blinded study numbers it as a kit."""
    for index, item in enumerate(draft.study.items if draft.study.blinded else ()):
        if item.kind == "comparator":
            sentence = "a comparator without number tells the arm of a blinded study: make it a kit type"
            yield Finding("ComparatorInTheOpen", ("items", index, "kind"), sentence)


def kits_without_numbers(draft: Draft) -> Iterator[Finding]:
    """A kit has a number; what has none is an item."""
    for index, kit_type in enumerate(draft.study.kit_types):
        if not kit_type.serialized:
            sentence = "stock without numbers is no kit type: list it under `items`, with its kind"
            yield Finding("KitWithoutNumber", ("kit_types", index, "serialized"), sentence)


CHECKS = (check(levels_of_items), check(comparators_in_the_open), check(kits_without_numbers))
