"""What is exported of a study, as plain values: what blinded people may know and, apart, what they may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from irt.study.visits import Visit


class Edition(StrEnum):
    """Whether a file tells treatments."""

    BLINDED = "blinded"
    UNBLINDED = "unblinded"


@dataclass(frozen=True, slots=True)
class StudyFact:
    """The study as every site may know it."""

    protocol: str
    name: str
    title: str
    sponsor: str
    mode: str
    phase: str
    blinding: str
    visits: tuple[Visit, ...]
    factors: tuple[str, ...]
    opened_at: datetime
    locked: bool


@dataclass(frozen=True, slots=True)
class SubjectFact:
    """One subject, by number only; the zone is that of the site, an IANA name."""

    number: str
    site: str
    site_name: str
    country: str
    zone: str
    status: str
    screened_on: date


@dataclass(frozen=True, slots=True)
class EventFact:
    """One thing that happened to a subject, on a day at the site; `at` is when it was booked."""

    subject: str
    kind: str
    on_day: date
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class DrawFact:
    """A randomization as blinded people may know it: strata as entered, kinds of remarks beside it."""

    subject: str
    stage: int
    number: str
    levels: Mapping[str, str]
    on_day: date
    at: datetime
    version: int
    replaces: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GivenFact:
    """One kit handed over for a visit; returned units or kits, where it came back."""

    subject: str
    visit: str
    occurrence: int
    kit: str
    lot: str
    expiry: date
    group: str
    at: datetime
    as_assigned: bool
    returned: int | None = None
    used: int | None = None
    returned_on: date | None = None
    counted_in: str = "kits"


@dataclass(frozen=True, slots=True)
class DeviationFact:
    """A departure from the protocol that concerns a subject."""

    subject: str
    number: str
    kind: str
    sentence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BreakFact:
    """A code break: that there was one, and its reason category."""

    subject: str
    at: datetime
    reason: str


_Booked = EventFact | DrawFact | GivenFact | DeviationFact | BreakFact


@dataclass(frozen=True, slots=True)
class ParcelFact:
    """Kits sent to a site."""

    number: str
    status: str
    site: str
    dispatched_at: datetime | None
    received_at: datetime | None
    kits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StudyData:
    """All that blinded people may know, in orders that tell nothing: by subject, by day, by number."""

    study: StudyFact
    subjects: tuple[SubjectFact, ...]
    events: tuple[EventFact, ...]
    draws: tuple[DrawFact, ...]
    given: tuple[GivenFact, ...]
    deviations: tuple[DeviationFact, ...]
    breaks: tuple[BreakFact, ...]
    parcels: tuple[ParcelFact, ...]

    @property
    def zones(self) -> dict[str, ZoneInfo]:
        """Subject -> the zone of its site."""
        return {one.number: ZoneInfo(one.zone) for one in self.subjects}

    @property
    def newest_at(self) -> datetime:
        """The moment of the last thing that is told here."""
        booked: tuple[Sequence[_Booked], ...] = (
            *(self.events, self.draws, self.given),
            *(self.deviations, self.breaks),
        )
        return max((one.at for part in booked for one in part), default=self.study.opened_at)


@dataclass(frozen=True, slots=True, repr=False)
class TreatmentFact:
    """What was drawn, and how. Secret."""

    arm: str
    arm_name: str
    method: str
    stratum: str
    assignment_number: int
    forced: bool
    remarks: tuple[tuple[str, str, Mapping[str, str]], ...]


@dataclass(frozen=True, slots=True, repr=False)
class ContentFact:
    """What is in a kit. Secret."""

    kit_type: str
    kit_type_name: str
    lot: str
    unit: str
    units: int


@dataclass(frozen=True, slots=True, repr=False)
class Treatments:
    """All that blinded people may not know: randomization number -> treatment, kit number -> content. Secret.

    `meant` tells the arms whose subjects are given a kit type; `arms` are code and name of those of the
    first randomization, in the order of the file.
    """

    arms: tuple[tuple[str, str], ...]
    drawn: Mapping[str, TreatmentFact]
    contents: Mapping[str, ContentFact]
    meant: Mapping[str, frozenset[str]] = field(default_factory=dict)
