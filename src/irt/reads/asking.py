"""Of which network, and for when, supply is asked."""

from dataclasses import dataclass
from datetime import date, datetime

from irt.study.definition import StudyDefinition


@dataclass(frozen=True, slots=True)
class Asking:
    """Of which study the network is asked, for which day, and at what moment; with a site, of that one alone."""

    study_id: int
    definition: StudyDefinition
    day: date
    at: datetime
    site: str | None = None
