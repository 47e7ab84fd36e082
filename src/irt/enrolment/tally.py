"""What a run counts, and the JSON it ends with."""

from dataclasses import dataclass, field, fields


@dataclass(slots=True)
class Tally:
    """Counts of one run; `strata` remembers what was entered for the checks."""

    subjects: int = 0
    screen_failures: int = 0
    randomizations_refused: int = 0
    kits_dispensed: int = 0
    dispensings: int = 0
    missed_dispensings: int = 0
    shipments: int = 0
    nights: int = 0
    sites: set[str] = field(default_factory=set)
    entered: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Counts what somebody else counted beside."""
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            setattr(self, each.name, mine + theirs if isinstance(mine, int) else mine | theirs)
