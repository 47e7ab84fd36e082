"""Kits prepared before they are given: thawed, drawn up, and good for some hours. The same in every arm."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from pydantic import Field

from irt.errors import BadInput, Refusal
from irt.study.part import Part


class Preparation(Part):
    """How kits of a blinding group are made ready; all times count for every arm alike."""

    unit: str = Field(default="mL", description="what contents are measured in")
    contents: Decimal = Field(gt=0, description="so much of the unit is in one kit")
    thaw_hours_min: Decimal | None = Field(default=None, ge=0, description="thawing takes at least so long")
    thaw_hours_max: Decimal | None = Field(
        default=None,
        gt=0,
        description="from the start of thawing to the end of preparing",
    )
    in_use_hours: Decimal = Field(gt=0, description="so long after preparing it may be given")

    @property
    def thaws(self) -> bool:
        """Whether kits come frozen."""
        return self.thaw_hours_max is not None or self.thaw_hours_min is not None


class TimesImpossible(Refusal):
    """Thawing or preparing at these times is not what the study allows."""

    status_code = 400


class VialDoesNotAddUp(Refusal):
    """What was drawn up and what was thrown away is not what was in the kit."""

    status_code = 400

    def __init__(self, number: str, contents: Decimal, unit: str) -> None:
        super().__init__(
            f"Kit {number} holds {contents} {unit}: what is used and what is wasted must add up to it. "
            "Nothing was booked. Measure again."
        )


class PreparedTimes(NamedTuple):
    """When thawing began and ended, and when the syringe was ready."""

    thaw_started_at: datetime | None
    thaw_ended_at: datetime | None
    prepared_at: datetime


def use_before(rule: Preparation, times: PreparedTimes, now: datetime) -> datetime:
    """The moment after which it may not be given; TimesImpossible where the times cannot be or are not allowed."""
    began, ended, prepared = times
    if prepared > now:
        raise TimesImpossible("The time of preparing lies ahead. Nothing was booked. Look at the clock.")
    if rule.thaws:
        _check_thaw(rule, began, ended, prepared)
    elif began is not None or ended is not None:
        raise TimesImpossible("These kits are not thawed. Nothing was booked. Leave the times of thawing empty.")
    return prepared + _hours(rule.in_use_hours)


def _check_thaw(rule: Preparation, began: datetime | None, ended: datetime | None, prepared: datetime) -> None:
    if began is None or ended is None or not began <= ended <= prepared:
        raise TimesImpossible("Say when thawing began and ended, before preparing. Nothing was booked.")
    if rule.thaw_hours_min is not None and ended - began < _hours(rule.thaw_hours_min):
        raise TimesImpossible(
            f"Thawing takes at least {rule.thaw_hours_min} hours. Nothing was booked. Wait, or set the kit apart."
        )
    if rule.thaw_hours_max is not None and prepared - began > _hours(rule.thaw_hours_max):
        raise TimesImpossible(
            f"Only {rule.thaw_hours_max} hours may pass from thawing to preparing. Nothing was booked. "
            "Set the kit apart and take another."
        )


def check_vial(rule: Preparation, number: str, used: Decimal, wasted: Decimal) -> None:
    """VialDoesNotAddUp unless all of a kit is accounted for."""
    if used < 0 or wasted < 0:
        raise BadInput("A quantity cannot be below nothing. Nothing was booked.")
    if used + wasted != rule.contents:
        raise VialDoesNotAddUp(number, rule.contents, rule.unit)


def _hours(hours: Decimal) -> timedelta:
    return timedelta(seconds=float(hours * 3600))
