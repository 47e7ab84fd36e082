"""Enrolment figures: totals, months, sites; and what is foreseen."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar.params import PathParameter

from irt.blinding.roles import Permission
from irt.reads.blinded_enrolment import EnrolmentMonth, EnrolmentSite, enrolment
from irt.reads.blinded_enrolment_forecasts import ForecastLine, forecast_lines, kept_forecast
from irt.services.enrolment_forecasts import ask_forecast
from web.api.limits import NUMBER_MAX
from web.api.operations import After, Caller, Limit, Records, StudyId, command, question

ForecastNumber = Annotated[
    int, PathParameter(ge=1, le=NUMBER_MAX, description="The forecast's number in its study, as its start told.")
]


@dataclass(frozen=True)
class EnrolmentShown:
    """Counts of a whole study; months without anybody are there too."""

    study_id: int
    screened: int
    failed: int
    randomized: int
    months: tuple[EnrolmentMonth, ...]


@dataclass(frozen=True)
class EnrolmentSitesPage:
    """Sites by number; `next` is where the following page begins, null on the last."""

    items: tuple[EnrolmentSite, ...]
    next: str | None


@dataclass(frozen=True)
class ForecastsListed:
    """The fifty newest forecasts, the newest first."""

    items: tuple[ForecastLine, ...]


@dataclass(frozen=True)
class ForecastShown:
    """One forecast; `result` is null where its job is not finished."""

    line: ForecastLine
    result: dict[str, Any] | None


@question("/studies/{study_id:int}/enrolment", Permission.VIEW_ENROLMENT, "How a study enrols")
def show_enrolment(study_id: StudyId, caller: Caller, store: Records) -> EnrolmentShown:
    """Screened, failed and randomized, and each month's counts; never to what."""
    caller.require(Permission.VIEW_ENROLMENT, study_id)
    with store.reading() as connection:
        found = enrolment(connection, study_id)
    return EnrolmentShown(study_id, found.screened, found.failed, found.randomized, found.months)


@question("/studies/{study_id:int}/enrolment/sites", Permission.VIEW_ENROLMENT, "How each site enrols")
def list_enrolment_by_site(
    study_id: StudyId, caller: Caller, store: Records, limit: Limit = 50, after: After = ""
) -> EnrolmentSitesPage:
    """Each site's counts, by number."""
    caller.require(Permission.VIEW_ENROLMENT, study_id)
    with store.reading() as connection:
        left = [site for site in enrolment(connection, study_id).sites if site.site > after]
    return EnrolmentSitesPage(tuple(left[:limit]), left[limit - 1].site if len(left) > limit else None)


@question("/studies/{study_id:int}/enrolment/forecasts", Permission.VIEW_ENROLMENT, "Forecasts of enrolment")
def list_forecasts(study_id: StudyId, caller: Caller, store: Records) -> ForecastsListed:
    """Who asked for what, and how far it is."""
    caller.require(Permission.VIEW_ENROLMENT, study_id)
    with store.reading() as connection:
        return ForecastsListed(forecast_lines(connection, study_id))


@question(
    "/studies/{study_id:int}/enrolment/forecasts/{forecast:int}",
    Permission.VIEW_ENROLMENT,
    "One forecast of enrolment",
)
def show_forecast(study_id: StudyId, forecast: ForecastNumber, caller: Caller, store: Records) -> ForecastShown:
    """Months to come, the day of completion and sites at risk, as the command tells them."""
    caller.require(Permission.VIEW_ENROLMENT, study_id)
    with store.reading() as connection:
        found = kept_forecast(connection, study_id, forecast)
    return ForecastShown(found.line, None if found.result is None else dict(found.result))


OPERATIONS = (
    show_enrolment,
    list_enrolment_by_site,
    command(
        "/enrolment/forecast",
        ask_forecast,
        Permission.VIEW_ENROLMENT,
        "Ask for a forecast of enrolment, as a job",
        {"study_id": 1, "months": 12, "target": 600},
    ),
    list_forecasts,
    show_forecast,
)
