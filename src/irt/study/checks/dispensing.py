"""Dispensing: one rule for every arm, dose level and dispensing visit that can occur."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product

from irt.study.checks.check import check
from irt.study.dispensing_schedule import rules_for
from irt.study.draft import Draft
from irt.study.part import Code
from irt.study.problems import Finding
from irt.study.titration import levels_at, reachable_levels
from irt.study.visits import Visit

KITS_BY_WEIGHT_MAX = 200


def initial_dose_levels(draft: Draft) -> Iterator[Finding]:
    """Where there are dose levels, a subject starts on one."""
    levels = draft.study.dose_levels
    if levels and not any(level.initial for level in levels):
        yield Finding("NoInitialDoseLevel", ("dose_levels",), "no dose level is initial: nobody could start")


def unreachable_dose_levels(draft: Draft) -> Iterator[Finding]:
    """Every dose level is initial, or a titration move leads to it from one that can be reached."""
    if not any(level.initial for level in draft.study.dose_levels):
        return
    reached = reachable_levels(draft.study)
    for index, level in enumerate(draft.study.dose_levels):
        if level.code not in reached:
            sentence = f"no titration move leads to dose level `{level.code}`"
            yield Finding("UnreachableDoseLevel", ("dose_levels", index), sentence)


def moves_to_itself(draft: Draft) -> Iterator[Finding]:
    """A titration move goes somewhere."""
    for index, move in enumerate(draft.study.titration):
        if move.origin == move.target:
            sentence = f"a move from `{move.origin}` to itself changes nothing"
            yield Finding("MoveToItself", ("titration", index, "target"), sentence)


def rules_at_silent_visits(draft: Draft) -> Iterator[Finding]:
    """A rule names only visits that dispense."""
    silent = {visit.code for visit in draft.study.visits if not visit.dispenses}
    for index, rule in enumerate(draft.study.dispensing):
        for position, visit in enumerate(rule.visits):
            if visit in silent:
                sentence = f"visit `{visit}` does not dispense; set `dispenses: true` there or leave it out"
                yield Finding("VisitDoesNotDispense", ("dispensing", index, "visits", position), sentence)


def dispensing_visits_without_rule(draft: Draft) -> Iterator[Finding]:
    """A visit that dispenses has a rule."""
    named = {visit for rule in draft.study.dispensing for visit in rule.visits}
    for index, visit in enumerate(draft.study.visits):
        if visit.dispenses and visit.code not in named:
            sentence = f"visit `{visit.code}` dispenses, and no rule says what"
            yield Finding("VisitWithoutRule", ("visits", index), sentence)


def one_rule_for_each(draft: Draft) -> Iterator[Finding]:
    """Each arm at each dose level has exactly one rule at each dispensing visit."""
    named = {visit for rule in draft.study.dispensing for visit in rule.visits}
    for visit in draft.study.visits:
        if not visit.dispenses or visit.code not in named or visit.anchor == "screening":
            continue
        for arm, level in product(draft.study.arms, levels_at(draft.study, visit)):
            yield from _one_rule(draft, arm.code, level, visit.code)


def _one_rule(draft: Draft, arm: Code, level: Code | None, visit: Code) -> Iterator[Finding]:
    found = rules_for(draft.study.dispensing, arm, level, visit)
    who = f"arm `{arm}`" + (f" at dose level `{level}`" if level else "") + f" at visit `{visit}`"
    if not found:
        sentence = f"no rule for {who}; where nothing is given, write a rule with `kits: []`"
        yield Finding("MissingRule", ("dispensing",), sentence)
    if len(found) > 1:
        last = max(index for index, rule in enumerate(draft.study.dispensing) if rule in found)
        yield Finding("TwoRules", ("dispensing", last), f"{len(found)} rules for {who}")


def rules_before_randomization(draft: Draft) -> Iterator[Finding]:
    """Before randomization nobody has an arm or a dose level: the rule holds for all."""
    early = {visit.code for visit in draft.study.visits if visit.anchor == "screening"}
    for index, rule in enumerate(draft.study.dispensing):
        if early & set(rule.visits) and (rule.arms or rule.dose_levels):
            sentence = "a visit before randomization is dispensed alike to all: leave arms and dose levels out"
            yield Finding("ArmBeforeRandomization", ("dispensing", index), sentence)


def kit_types_never_given(draft: Draft) -> Iterator[Finding]:
    """A kit type that no rule dispenses."""
    given = {need.kit_type for rule in draft.study.dispensing for need in rule.kits}
    given |= {rule.by_weight.kit_type for rule in draft.study.dispensing if rule.by_weight}
    for index, kit_type in enumerate(draft.study.kit_types):
        if kit_type.code not in given:
            sentence = f"no rule dispenses kit type `{kit_type.code}`"
            yield Finding("UnusedKitType", ("kit_types", index), sentence, "warning")


def weight_bounds(draft: Draft) -> Iterator[Finding]:
    """Weights from least to most, and a number of kits that can be carried."""
    for index, rule in enumerate(draft.study.dispensing):
        dose = rule.by_weight
        if dose is None:
            continue
        if dose.weight_kg_min > dose.weight_kg_max:
            sentence = f"the least weight {dose.weight_kg_min} kg is above the most, {dose.weight_kg_max} kg"
            yield Finding("WeightBounds", ("dispensing", index, "by_weight", "weight_kg_min"), sentence)
        if dose.mg_per_kg * dose.weight_kg_max > Decimal(KITS_BY_WEIGHT_MAX) * dose.mg_per_kit:
            sentence = f"the most weight would need over {KITS_BY_WEIGHT_MAX} kits at once: look at the units"
            yield Finding("TooManyKits", ("dispensing", index, "by_weight"), sentence)


def unknown_treatment_lengths(draft: Draft) -> Iterator[Finding]:
    """Kits last until the next dispensing visit; the last one says for how long."""
    visits = draft.study.visits
    for index, visit in enumerate(visits):
        if not visit.dispenses or visit.treatment_days is not None or _is_open_ended(visit):
            continue
        others = [other for other in visits if other.dispenses and other.anchor == visit.anchor]
        if not any(_is_open_ended(other) or _last_day(other) > _last_day(visit) for other in others):
            sentence = f"no dispensing visit follows `{visit.code}`: give its `treatment_days`"
            yield Finding("NoTreatmentLength", ("visits", index), sentence)


def _is_open_ended(visit: Visit) -> bool:
    return visit.repeat is not None and visit.repeat.times is None


def _last_day(visit: Visit) -> int:
    again = (visit.repeat.times or 1) - 1 if visit.repeat else 0
    return visit.day + (again * visit.repeat.every_days if visit.repeat else 0)


CHECKS = (
    check(initial_dose_levels, "dose_levels"),
    check(unreachable_dose_levels, "dose_levels", "titration"),
    check(moves_to_itself),
    check(rules_at_silent_visits),
    check(dispensing_visits_without_rule, "dispensing"),
    check(one_rule_for_each, "arms", "dose_levels", "titration", "dispensing"),
    check(rules_before_randomization),
    check(kit_types_never_given, "dispensing"),
    check(weight_bounds),
    check(unknown_treatment_lengths, "visits"),
)
