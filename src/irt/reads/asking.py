"""Of which network, and for when, supply is asked."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from irt.study.definition import StudyDefinition


class LevelOverlay(NamedTuple):
    """Levels as if they held already; scope by country, site id or depot id, none of them for the study."""

    country: str | None
    site_id: int | None
    depot_id: int | None
    kit_type: str
    minimum: int
    maximum: int
    trigger_days: int | None
    resupply_days: int | None


@dataclass(frozen=True, slots=True)
class Asking:
    """Of which study the network is asked, for which day, and at what moment; with a site, of that one alone.

    `overlay`: levels that are tried out over those in force. `ahead_days`: for how long need is foreseen, where the
    study itself does not say; then how sites have enrolled is told too. `everywhere`: as if every site were on the
    version of the definition.
    """

    study_id: int
    definition: StudyDefinition
    day: date
    at: datetime
    site: str | None = None
    overlay: tuple[LevelOverlay, ...] = ()
    ahead_days: int = 0
    everywhere: bool = False

    def ahead(self, days: int) -> "Asking":
        """The same, with need foreseen for so many days."""
        return replace(self, ahead_days=days)
