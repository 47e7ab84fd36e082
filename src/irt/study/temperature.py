"""Temperature as a study sets it: the limits of each storage class, stability budgets, loggers' file formats."""

from datetime import timedelta
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, model_validator

from irt.study.kit_types import StorageClass
from irt.study.part import Code, Part

Celsius = Annotated[float, Field(ge=-273.15, le=1000)]
_OFFSET = Annotated[str, Field(pattern=r"^[+-](0\d|1[0-4]):[0-5]\d$")]


class Condition(Part):
    """The limits of one storage class, in degrees Celsius; a limit itself is still within."""

    low: Celsius = Field(description="the range on the label")
    high: Celsius
    permitted_low: Celsius = Field(description="below: a low excursion, which no mean makes good")
    permitted_high: Celsius = Field(description="up to here for any time, while the mean kinetic temperature holds")
    excursion_high: Celsius = Field(description="up to here for the excursion hours")
    excursion_hours_max: float = Field(default=24, ge=0, description="above the permitted range, all together")
    mkt_max: Celsius = Field(description="the highest mean kinetic temperature of any window")
    window_hours: float = Field(default=24, gt=0)
    freezes_at: Celsius | None = Field(default=None, description="at or below: spoilt by freezing")
    thaws_above: Celsius | None = Field(default=None, description="above: thawed")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        marks = (self.permitted_low, self.low, self.high, self.permitted_high, self.excursion_high)
        if list(marks) != sorted(marks):
            raise ValueError("permitted_low <= low <= high <= permitted_high <= excursion_high should hold")
        return self

    @property
    def window(self) -> timedelta:
        """The time over which the mean kinetic temperature is taken."""
        return timedelta(hours=self.window_hours)


REFRIGERATED = Condition(
    low=2, high=8, permitted_low=2, permitted_high=8, excursion_high=15, mkt_max=8, window_hours=24, freezes_at=0
)
ROOM = Condition(
    low=20,
    high=25,
    permitted_low=15,
    permitted_high=30,
    excursion_high=40,
    mkt_max=25,
    window_hours=30 * 24,
    freezes_at=0,
)
FROZEN = Condition(
    low=-25, high=-10, permitted_low=-25, permitted_high=-10, excursion_high=-10, mkt_max=-10, thaws_above=0
)
CONDITIONS: dict[str, Condition] = {"refrigerated": REFRIGERATED, "room": ROOM, "frozen": FROZEN}
"""The conditions by the names a person uses."""

DEFAULTS: dict[StorageClass, Condition] = {
    "frozen": FROZEN,
    "2-8C": REFRIGERATED,
    "15-25C": ROOM.model_copy(update={"low": 15.0}),
    "ambient": ROOM,
}
"""What holds for a storage class where the study says nothing else."""


class Band(Part):
    """Hours a kit may spend outside its label's range, between two temperatures, over its whole life."""

    low: Celsius
    high: Celsius
    hours_max: float = Field(ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low >= self.high:
            raise ValueError("low should be below high")
        return self


def _zone(written: str) -> str:
    if written not in available_timezones():
        raise ValueError("should be a time zone such as Europe/Berlin, or an offset such as +01:00")
    return written


class LoggerProfile(Part):
    """How a make of temperature logger writes its CSV files."""

    code: Code = "default"
    timestamp: str = Field(default="timestamp", min_length=1, description="the column of the time, or of the date")
    time: str | None = Field(default=None, min_length=1, description="the column of the time where it stands apart")
    temperature: str = Field(default="temperature_c", min_length=1)
    unit: Literal["C", "F"] = "C"
    zone: _OFFSET | Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC", description="of times that carry no offset of their own"
    )
    decimal: Literal[".", ","] = "."
    separator: Literal[",", ";", "\t", "|"] = ","
    date_formats: tuple[str, ...] = Field(
        default=(), description="as %d.%m.%Y %H:%M:%S, tried in this order; empty: ISO 8601"
    )
    lines_before_header: int = Field(default=0, ge=0, le=10_000)
    encoding: Literal["utf-8", "latin-1", "cp1252", "utf-16"] = "utf-8"
    no_data: tuple[str, ...] = Field(default=(), description="what the logger writes where it measured nothing")


class TemperatureRules(Part):
    """What the study sets otherwise than the defaults, alike for all kits that are stored alike."""

    conditions: dict[StorageClass, Condition] = {}
    budgets: dict[StorageClass, tuple[Band, ...]] = Field(default={}, description="none: no cumulative limit")
    loggers: tuple[LoggerProfile, ...] = ()
    upload_every_days: int = Field(
        default=31, ge=1, le=366, description="how often the file of each storage unit's logger is due"
    )

    def condition(self, storage: StorageClass) -> Condition:
        """The limits of a storage class."""
        return self.conditions.get(storage, DEFAULTS[storage])

    def logger(self, code: str) -> LoggerProfile | None:
        """The profile of that code; None where the study has none."""
        known = {profile.code: profile for profile in (LoggerProfile(), *self.loggers)}
        return known.get(code)
