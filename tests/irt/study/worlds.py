"""The same study in another world: arm labels swapped everywhere, and all that is restricted rearranged."""

from typing import Any

from irt.study.definition import StudyDefinition

Swap = dict[str, str]


def swapped(definition: StudyDefinition, pairs: list[tuple[str, str]]) -> StudyDefinition:
    """Every value and key that equals one word of a pair becomes the other."""
    swap = dict(pairs) | {second: first for first, second in pairs}
    return StudyDefinition.model_validate(_swapped(definition.model_dump(), swap))


def _swapped(value: Any, swap: Swap) -> Any:
    if isinstance(value, str):
        return swap.get(value, value)
    if isinstance(value, dict):
        return {swap.get(key, key): _swapped(child, swap) for key, child in value.items()}
    return type(value)(_swapped(child, swap) for child in value) if isinstance(value, list | tuple) else value


def arm_labels(definition: StudyDefinition) -> list[tuple[str, str]]:
    """The words to swap between the two arms of each agent, or of the study: codes, names, kits and lots."""
    if definition.study.name == "LARKSPUR-3":
        lots = {lot.lot for size in definition.sizes.values() for lot in size.lots}
        pairs = [("A", "P"), ("NBT-140", "Placebo"), ("PEN-A", "PEN-P"), ("NBT-140 pen", "Placebo pen")]
        return [*pairs, *((lot, "P" + lot[1:]) for lot in sorted(lots) if lot.startswith("A"))]
    agents = [group.code for group in definition.blinding_groups]
    return [(f"{way}{agent}-A{end}", f"{way}{agent}-P{end}") for agent in agents for way, end in
            (("", ""), ("K-", ""), ("", "1"))]  # fmt: skip


def rearranged(definition: StudyDefinition) -> StudyDefinition:
    """Arms, kit types, rules and lots in the opposite order, other ratios, stock levels and fewer lots."""
    return definition.model_copy(
        update={
            "arms": tuple(arm.model_copy(update={"ratio": 3}) for arm in reversed(definition.arms)),
            "kit_types": definition.kit_types[::-1],
            "dispensing": definition.dispensing[::-1],
            "resupply": definition.resupply.model_copy(update={"study": {}}),
            "sizes": {},
            "depots": definition.depots[::-1],
            "lanes": definition.lanes[:1],
        }
    )
