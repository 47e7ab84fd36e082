"""One virtual block of subjects: as many of each arm as the ratio says, and the kits they would be given when.

Orders in whole blocks look alike whichever arms the next subjects get.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from irt.study.course import KitsOf
from irt.study.definition import StudyDefinition
from irt.study.delivery import home_visits
from irt.study.dispensing_schedule import kits_by_weight, rules_for
from irt.study.part import Code
from irt.study.titration import levels_at
from irt.study.visits import Visit

LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class VirtualBlock:
    """So many subjects, and for each kit type (days since randomization, kits for the block)."""

    subjects: int
    kits: Mapping[Code, tuple[tuple[int, int], ...]]

    def first(self) -> dict[Code, int]:
        """Kits of each type at the first visit that gives it."""
        return {kit_type: visits[0][1] for kit_type, visits in self.kits.items()}


def virtual_block(definition: StudyDefinition, kits_of: KitsOf = KitsOf.EVERY_VISIT) -> VirtualBlock:
    """The smallest block of the first randomization, with the kits of these visits.

    Of several dose levels the one that needs most kits counts.
    """
    home = home_visits(definition.delivery)
    arms = definition.arms_of(1)
    given: dict[Code, dict[int, int]] = defaultdict(dict)
    for visit in definition.visits:
        counts = visit.dispenses and kits_of.has(home=visit.code in home)
        if counts and visit.anchor == "randomization":
            for day in _days(visit):
                for kit_type, kits in _most(definition, visit).items():
                    given[kit_type][day] = given[kit_type].get(day, 0) + kits
    return VirtualBlock(
        sum(arm.ratio for arm in arms),
        {kit_type: tuple(sorted(days.items())) for kit_type, days in given.items()},
    )


def kits_expected(
    definition: StudyDefinition, arm: Code | None, level: Code | None, visit: Code
) -> dict[Code, int]:
    """Kits by type as far as they are known beforehand: by weight for the planning weight, none without a rule."""
    found = rules_for(definition.dispensing, arm, level, visit)
    if len(found) != 1:
        return {}
    kits: dict[Code, int] = defaultdict(int)
    for need in found[0].kits:
        kits[need.kit_type] += need.quantity
    if (dose := found[0].by_weight) is not None:
        weight_kg = definition.resupply.forecast.planning_weight_kg
        within = min(max(weight_kg, dose.weight_kg_min), dose.weight_kg_max)
        kits[dose.kit_type] += kits_by_weight(dose, within)
    return dict(kits)


def _days(visit: Visit) -> Iterator[int]:
    for occurrence in range(LONGEST_DAYS):
        day = visit.day + occurrence * (visit.repeat.every_days if visit.repeat else 0)
        if not visit.occurs(occurrence) or day > LONGEST_DAYS:
            return
        yield day


def _most(definition: StudyDefinition, visit: Visit) -> dict[Code, int]:
    most: dict[Code, int] = {}
    for level in levels_at(definition, visit):
        kits: dict[Code, int] = defaultdict(int)
        for arm in definition.arms_of(1):
            for kit_type, quantity in kits_expected(definition, arm.code, level, visit.code).items():
                kits[kit_type] += arm.ratio * quantity
        most = {code: max(most.get(code, 0), kits.get(code, 0)) for code in {*most, *kits}}
    return most
