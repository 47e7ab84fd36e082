"""Controlled drugs and prepared ones: schedules that exist, no parcel of them to a home, time enough to thaw."""

from collections.abc import Iterator

from irt.study.checks.check import check
from irt.study.controlled import SCHEDULES, schedule_known
from irt.study.draft import Draft
from irt.study.problems import Finding, did_you_mean


def unknown_schedules(draft: Draft) -> Iterator[Finding]:
    """A schedule is one of its country's."""
    for index, group in enumerate(draft.study.blinding_groups):
        for country, schedule in group.schedules.items():
            if not schedule_known(country, schedule):
                hint = did_you_mean(schedule, SCHEDULES[country])
                sentence = f"{country} has no schedule {schedule!r}, but {', '.join(SCHEDULES[country])}{hint}"
                yield Finding("UnknownSchedule", ("blinding_groups", index, "schedules", country), sentence)


def controlled_drugs_to_homes(draft: Draft) -> Iterator[Finding]:
    """Two people hand a controlled drug over, which no carrier's parcel can show."""
    delivery = draft.study.delivery
    if delivery is None:
        return
    group_of = {kit_type.code: kit_type.blinding_group for kit_type in draft.study.kit_types}
    controlled = {group.code for group in draft.study.blinding_groups if group.schedules}
    for position, visit in enumerate(delivery.visits):
        rules = [rule for rule in draft.study.dispensing if visit in rule.visits]
        given = {group_of.get(need.kit_type, "") for rule in rules for need in rule.kits}
        given |= {group_of.get(rule.by_weight.kit_type, "") for rule in rules if rule.by_weight}
        if controlled & given:
            sentence = f"kits of visit `{visit}` are controlled drugs, which two people hand over"
            yield Finding("ControlledGoesHome", ("delivery", "visits", position), sentence)


def impossible_thawing(draft: Draft) -> Iterator[Finding]:
    """There is time to thaw."""
    for index, group in enumerate(draft.study.blinding_groups):
        rule = group.preparation
        if rule and rule.thaw_hours_min and rule.thaw_hours_max and rule.thaw_hours_min >= rule.thaw_hours_max:
            sentence = (
                f"thawing takes {rule.thaw_hours_min} hours, but all must be done within {rule.thaw_hours_max}"
            )
            yield Finding("NoTimeToThaw", ("blinding_groups", index, "preparation"), sentence)


CHECKS = (
    check(impossible_thawing),
    check(unknown_schedules),
    check(controlled_drugs_to_homes, "visits", "kit_types", "blinding_groups", "dispensing"),
)
