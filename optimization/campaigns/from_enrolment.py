"""Packaging fed from a forecast of enrolment: what new subjects will take, and how uncertain their number is.

The forecast is what `irt forecast enrolment` or `irt forecast study` tells as JSON: quantiles of each month's new
subjects. Means and spreads are taken from three of them (Keefer and Bodily, Management Science 29, 1983).
"""

import json
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from irt.errors import BadInput
from optimization.campaigns.campaign_file import CampaignFile, KitTypePart, Wanted

MIDDLE, ENDS = 0.63, 0.185
"""Weights of the median and of the quantiles of 5 and 95 %, which tell mean and variance of most laws closely."""
WEEK_DAYS = 7
Count = Annotated[float, Field(ge=0, le=10**7, allow_inf_nan=False)]


class UnreadableForecast(BadInput):
    """The file is no forecast of enrolment, or one that does not reach far enough."""


class NoForecast(BadInput):
    """Kits are told by subject, and nobody says how many subjects come."""

    def __init__(self, kit: str) -> None:
        super().__init__(
            f"{kit} is told by subject (per_subject), and no forecast says how many come. Nothing was calculated. "
            "Give one with --enrolment."
        )


class Quantiles(BaseModel):
    """Counts that 5, 50 and 95 % of paths do not exceed."""

    model_config = ConfigDict(frozen=True)

    p05: Count
    p50: Count
    p95: Count

    @property
    def mean(self) -> float:
        """By the three points."""
        return MIDDLE * self.p50 + ENDS * (self.p05 + self.p95)

    @property
    def variance(self) -> float:
        """By the three points."""
        squares = MIDDLE * self.p50**2 + ENDS * (self.p05**2 + self.p95**2)
        return max(squares - self.mean**2, 0.0)


class MonthForecast(BaseModel):
    """One month's new subjects, and all there are at its end."""

    model_config = ConfigDict(frozen=True)

    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    new: Quantiles
    cumulative: Quantiles

    @property
    def first(self) -> date:
        """The month's first day."""
        return date.fromisoformat(f"{self.month}-01")

    @property
    def days(self) -> int:
        """How many days it has."""
        return monthrange(self.first.year, self.first.month)[1]


class EnrolmentForecast(BaseModel):
    """The months in their order, without a gap."""

    model_config = ConfigDict(frozen=True)

    months: Annotated[tuple[MonthForecast, ...], Field(min_length=1, max_length=240)]


def read_forecast(text: str) -> EnrolmentForecast:
    """The forecast of a file; UnreadableForecast with the first field that is wrong."""
    try:
        found = EnrolmentForecast.model_validate(json.loads(text))
    except ValidationError as refused:
        first = refused.errors()[0]
        where = ".".join(map(str, first["loc"])) or "The file"
        raise UnreadableForecast(f"{where}: {first['msg']}. Give what `irt forecast` tells with --json.") from None
    except (ValueError, RecursionError):
        raise UnreadableForecast("The file is not JSON. Give what `irt forecast` tells with --json.") from None
    if any(one.first + timedelta(days=one.days) != other.first for one, other in pairwise(found.months)):
        raise UnreadableForecast("The months do not follow each other. Give what `irt forecast` tells with --json.")
    return found


def with_enrolment(file: CampaignFile, forecast: EnrolmentForecast, target: int | None = None) -> CampaignFile:
    """The file with what new subjects take, week by week, and a rate as uncertain as their number.

    `target`: nobody enrols once so many are there in the mean. UnreadableForecast where it ends before the file.
    """
    last = forecast.months[-1]
    end = file.start + timedelta(days=file.horizon_days)
    if last.first + timedelta(days=last.days) < end or forecast.months[0].first > file.start:
        raise UnreadableForecast(
            f"The forecast tells {forecast.months[0].month} to {last.month}, the file looks from {file.start} to "
            f"{end - timedelta(days=1)}. Nothing was calculated. Ask for those months, or look ahead less far."
        )
    arrive = _arrivals(file, forecast, target)
    kits = [_fed(kit, arrive, file.horizon_days) for kit in file.kit_types]
    return file.model_copy(
        update={"kit_types": kits, "rate_spread": max(float(file.rate_spread), _spread(forecast))}
    )


def require_fed(file: CampaignFile) -> CampaignFile:
    """The file itself; NoForecast where kits told by subject wait for a forecast."""
    waiting = next((kit for kit in file.kit_types if kit.per_subject), None)
    if waiting is not None:
        raise NoForecast(waiting.id)
    return file


def _arrivals(file: CampaignFile, forecast: EnrolmentForecast, target: int | None) -> Sequence[float]:
    """New subjects of each day in the mean, a month's days alike; those of days gone by are left out."""
    arrive = [0.0] * file.horizon_days
    for month, new in zip(forecast.months, _means(forecast, target), strict=True):
        for day in range(month.days):
            ahead = (month.first - file.start).days + day
            if 0 <= ahead < file.horizon_days:
                arrive[ahead] += new / month.days
    return arrive


def _means(forecast: EnrolmentForecast, target: int | None) -> Iterator[float]:
    for month in forecast.months:
        room = float("inf") if target is None else target - (month.cumulative.mean - month.new.mean)
        yield min(month.new.mean, max(room, 0.0))


def _spread(forecast: EnrolmentForecast) -> float:
    """Standard deviation to mean of the rate: what the number of new subjects varies beyond Poisson's law.

    Of the months together, for one rate drives all demand: told by the month up to which it is largest.
    """
    before = forecast.months[0].cumulative.mean - forecast.months[0].new.mean
    spreads = [0.0]
    for month in forecast.months:
        mean = month.cumulative.mean - before
        if mean >= 1:
            spreads.append(max(month.cumulative.variance - mean, 0.0) ** 0.5 / mean)
    return min(max(spreads), 2.0)


def _fed(kit: KitTypePart, arrive: Sequence[float], horizon: int) -> KitTypePart:
    """Demand by weeks, each told on its first day: stock is there a little early rather than late."""
    weeks: dict[int, float] = defaultdict(float)
    for given in kit.per_subject:
        for day, new in enumerate(arrive[: horizon - given.day]):
            weeks[(day + given.day) // WEEK_DAYS * WEEK_DAYS] += new * float(given.kits)
    rows = [Wanted(day=day, mean=mean) for day, mean in sorted(weeks.items()) if mean > 0]
    return kit.model_copy(update={"demand": [*kit.demand, *rows], "per_subject": []})
