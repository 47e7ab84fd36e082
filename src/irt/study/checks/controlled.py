"""Controlled drugs and prepared ones: schedules that exist, no parcel of either to a home, time enough to thaw."""

from collections.abc import Iterator

from irt.study.checks.check import check
from irt.study.controlled import SCHEDULES, schedule_known
from irt.study.draft import Draft
from irt.study.kit_types import BlindingGroup
from irt.study.part import Code
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
    for position, visit, groups in _sent_home(draft):
        if any(group.schedules for group in groups):
            sentence = f"kits of visit `{visit}` are controlled drugs, which two people hand over"
            yield Finding("ControlledGoesHome", ("delivery", "visits", position), sentence)


def prepared_kits_to_homes(draft: Draft) -> Iterator[Finding]:
    """What is thawed or drawn up at the site, and good for hours, is given there."""
    for position, visit, groups in _sent_home(draft):
        if any(group.preparation for group in groups):
            sentence = f"kits of visit `{visit}` are prepared at the site before they are given"
            yield Finding("PreparedGoesHome", ("delivery", "visits", position), sentence)


def _sent_home(draft: Draft) -> Iterator[tuple[int, Code, list[BlindingGroup]]]:
    """Visits whose kits go to homes, with the blinding groups given there in any arm."""
    group_of = {kit_type.code: kit_type.blinding_group for kit_type in draft.study.kit_types}
    for position, visit in enumerate(draft.study.delivery.visits if draft.study.delivery else ()):
        rules = [rule for rule in draft.study.dispensing if visit in rule.visits]
        given = {group_of.get(need.kit_type, "") for rule in rules for need in rule.kits}
        given |= {group_of.get(rule.by_weight.kit_type, "") for rule in rules if rule.by_weight}
        yield position, visit, [group for group in draft.study.blinding_groups if group.code in given]


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
    check(prepared_kits_to_homes, "visits", "kit_types", "blinding_groups", "dispensing"),
)
