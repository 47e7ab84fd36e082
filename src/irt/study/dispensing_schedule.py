"""What a subject is due at a visit: kits by arm, dose level and weight; and the same in blinded words."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from irt.errors import BadInput, Refusal
from irt.study.definition import StudyDefinition
from irt.study.dispensing import DispensingRule, KitNeed, WeightDose
from irt.study.part import Code


class GroupNeed(NamedTuple):
    """So many kits of one blinding group."""

    blinding_group: Code
    quantity: int


class NoDispensingRule(Refusal):
    """The study does not say what is given at this visit."""

    def __init__(self, visit: Code, arm: Code | None, dose_level: Code | None) -> None:
        super().__init__(
            f"The study does not say which kits are given at visit {visit}. Nothing was booked. "
            "Call the study's help line.",
            trace=f"no single dispensing rule for visit {visit}, arm {arm}, dose level {dose_level}",
        )


class WeightMissing(BadInput):
    """The dose depends on the subject's weight, and none was given."""

    def __init__(self) -> None:
        super().__init__("The dose depends on body weight. Enter the subject's weight in kg.")


class WeightOutOfBounds(BadInput):
    """The weight is outside what the study allows for dosing."""

    def __init__(self, weight_kg: Decimal, dose: WeightDose) -> None:
        super().__init__(
            f"A weight of {weight_kg} kg is outside {dose.weight_kg_min} to {dose.weight_kg_max} kg, "
            "the weights this study has a dose for. Nothing was booked. Check the weight."
        )


def kits_due(
    definition: StudyDefinition,
    arm: Code | None,
    dose_level: Code | None,
    visit: Code,
    weight_kg: Decimal | None = None,
) -> tuple[KitNeed, ...]:
    """Kits by kit type: unblinded. Before randomization `arm` is None and only rules for every arm hold."""
    rule = rule_for(definition, arm, dose_level, visit)
    needs: Counter[Code] = Counter()
    for need in rule.kits:
        needs[need.kit_type] += need.quantity
    if rule.by_weight is not None:
        needs[rule.by_weight.kit_type] += kits_by_weight(rule.by_weight, weight_kg)
    return tuple(KitNeed(kit_type=code, quantity=quantity) for code, quantity in needs.items())


def kits_by_weight(dose: WeightDose, weight_kg: Decimal | None) -> int:
    """Whole kits that hold the dose of this weight, never fewer than one."""
    if weight_kg is None:
        raise WeightMissing
    if not weight_kg.is_finite() or not dose.weight_kg_min <= weight_kg <= dose.weight_kg_max:
        raise WeightOutOfBounds(weight_kg, dose)
    whole, rest = divmod(dose.mg_per_kg * weight_kg, dose.mg_per_kit)
    one_more = rest > 0 if dose.rounding == "up" else 2 * rest >= dose.mg_per_kit
    return max(1, int(whole) + int(one_more))


def second_check_visits(definition: StudyDefinition) -> tuple[Code, ...]:
    """Visits where two people type the weight: of every arm alike as soon as one rule asks, so it tells no arm."""
    asked = {
        visit
        for rule in definition.dispensing
        if rule.by_weight is not None and rule.by_weight.second_check
        for visit in rule.visits
    }
    return tuple(visit.code for visit in definition.visits if visit.code in asked)


def in_groups(definition: StudyDefinition, kits: Iterable[KitNeed]) -> tuple[GroupNeed, ...]:
    """Kit needs summed over blinding groups, in the order of the study file."""
    sums: Counter[Code] = Counter()
    for need in kits:
        sums[definition.kit_type(need.kit_type).blinding_group] += need.quantity
    return tuple(GroupNeed(group.code, sums[group.code]) for group in definition.blinding_groups
                 if group.code in sums)  # fmt: skip


def rule_for(definition: StudyDefinition, arm: Code | None, dose_level: Code | None, visit: Code) -> DispensingRule:
    """The one rule that holds; a rule that names no arms holds for all, and so with dose levels."""
    found = rules_for(definition.dispensing, arm, dose_level, visit)
    if len(found) != 1:
        raise NoDispensingRule(visit, arm, dose_level)
    return found[0]


def rules_for(
    rules: Iterable[DispensingRule], arm: Code | None, dose_level: Code | None, visit: Code
) -> list[DispensingRule]:
    """Every rule that would hold; a sound study has exactly one."""
    return [
        rule
        for rule in rules
        if visit in rule.visits
        and (not rule.arms or arm in rule.arms)
        and (not rule.dose_levels or dose_level in rule.dose_levels)
    ]
