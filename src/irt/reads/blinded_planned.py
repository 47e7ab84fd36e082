"""Visits that are planned at a site and not recorded yet: of which subject, which one, when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from irt.reads.blinded_tasks import SiteFacts
from irt.reads.blinded_visits import anchors, treatment_anchors
from irt.states.subject import ON_STUDY_TREATMENT
from irt.study.schedule import planned_visits


@dataclass(frozen=True, slots=True)
class PlannedHere:
    """One visit that is to come."""

    subject: str
    visit: str
    occurrence: int
    day: date


def planned_at(facts: SiteFacts, first: date, last: date) -> Iterator[PlannedHere]:
    """Planned visits of subjects on treatment, phone calls too, from `first` to `last`."""
    for subject in facts.subjects:
        if subject.status not in ON_STUDY_TREATMENT:
            continue
        recorded: Mapping[tuple[str, int], object] = facts.recorded.get(subject.id, {})
        dates = treatment_anchors(anchors(subject.screened_on, subject.randomized_on))
        for visit in planned_visits(facts.study, dates, last):
            if visit.planned >= first and (visit.code, visit.occurrence) not in recorded:
                yield PlannedHere(subject.number, visit.code, visit.occurrence, visit.planned)
