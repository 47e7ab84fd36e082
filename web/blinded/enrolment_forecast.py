"""Enrolment as it is foreseen: asked for, worked out as a job, shown as a fan with its table; counts only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from pydantic import ValidationError

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.blinded_enrolment_forecasts import ForecastLine, KeptForecast, forecast_lines, kept_forecast
from irt.reads.blinded_people import place_in
from irt.services.enrolment_forecasts import AskForecast, ask_forecast
from irt.services.log_reading import LogReading, log_reading
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_in, study_of
from web.charts import FanMonth
from web.downloads import table_answer, table_in
from web.forms import Fields
from web.frame import mode_of

PAGE = "/enrolment/forecast"
SITES_SHOWN = 50
FIELDS = {"months": "12", "target": "", "at_most": "0"}
_MAY = Permission.VIEW_ENROLMENT
_MONTH_HEADS = ("Month", "Measure", "5 %", "25 %", "Middle", "75 %", "95 %")
_SITE_HEADS = ("Site", "Country", "Randomized", "Active", "Expected", "At risk")


@dataclass(frozen=True)
class ForecastsView(BlindedView):
    """The forecasts of a study, newest first, and the form for another."""

    lines: tuple[ForecastLine, ...]
    typed: Mapping[str, str]
    command_key: str
    refusal: str = ""


@dataclass(frozen=True)
class ForecastView(BlindedView):
    """One forecast; without a result where it is not finished."""

    study_id: int
    kept: KeptForecast
    command_key: str

    @property
    def result(self) -> Mapping[str, Any]:
        """What came out."""
        return self.kept.result or {}

    @property
    def past(self) -> list[tuple[str, int]]:
        """Subjects in all at the end of each month that is over."""
        so_far = accumulate(month["new"] for month in self.result["known"])
        return [(month["month"], total) for month, total in zip(self.result["known"], so_far, strict=True)]

    @property
    def ahead(self) -> list[FanMonth]:
        """The months to come, for the picture."""
        return [FanMonth(month["month"], month["cumulative"]) for month in self.result["months"]]

    @property
    def sites(self) -> Sequence[Mapping[str, Any]]:
        """Those most at risk."""
        shown: Sequence[Mapping[str, Any]] = self.result["sites"][:SITES_SHOWN]
        return shown

    def day(self, share: str) -> date | None:
        """The day by which so great a share of paths is complete."""
        told = self.result["completion"][share]
        return None if told is None else date.fromisoformat(told)


class EnrolmentForecastPages(Controller):
    """Forecasts of the enrolment of one study."""

    path = PAGE
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The forecasts that were made, and the form."""
        study_id = _study(desk)
        return go("/switch") if study_id is None else _list(desk, study_id)

    @post("/", sync_to_thread=True)
    def ask(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Asks for a forecast; a worker learns from what is known then."""
        study_id = _study(desk)
        if study_id is None:
            return go("/switch")
        try:
            started = desk.press(ask_forecast, _asked(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _list(desk, study_id, data, refusal)
        return go(f"/jobs/{started.job_id}")

    @get("/{number:int}", sync_to_thread=True)
    def show_one(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """One forecast."""
        study_id = _study(desk)
        if study_id is None:
            return go("/switch")
        with desk.store.reading() as connection:
            view = ForecastView(study_id, kept_forecast(connection, study_id, number), desk.key())
        return desk.page("enrolment/forecast.html", view, f"Forecast {number}", "Enrolment", study_id=study_id)

    @post("/{number:int}/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """Its months or its sites as a file; that it was taken is written down."""
        study_id, suffix, sheet = study_in(data), table_in(data), data.get("sheet", "")
        desk.who.actor.require(_MAY, study_id)
        with desk.store.reading() as connection:
            kept = kept_forecast(connection, study_id, number)
            place = place_in(connection, desk.who.actor, study_id, None)
        heads, rows = sheet_of(kept, sheet)
        what = f"enrolment forecast {number} {sheet} export"
        ask = LogReading(study_id=study_id, what=what, permission=_MAY, rows=len(rows))
        desk.press(log_reading, ask, desk.key())
        mode = mode_of(desk.who, place, desk.request.app.state.installation.settings.mode)
        return table_answer(f"enrolment_forecast_{number}_{sheet}", mode, desk.now, heads, rows, suffix)


def sheet_of(kept: KeptForecast, sheet: str) -> tuple[Sequence[str], list[list[object]]]:
    """A table of a finished forecast; BadInput where there is none of that name."""
    if kept.result is None:
        raise NotFound("The forecast is not finished. Nothing was taken. Wait for its job.")
    if sheet == "months":
        return _MONTH_HEADS, [
            [month["month"], words, *month[measure].values()]
            for month in kept.result["months"]
            for measure, words in (("new", "New subjects"), ("cumulative", "Subjects in all"))
        ]
    if sheet == "sites":
        return _SITE_HEADS, [[*site.values()] for site in kept.result["sites"]]
    raise BadInput("The table is unknown. Nothing was taken. Press a button of the page.")


def _study(desk: Desk) -> int | None:
    study_id = study_of(desk, _MAY)
    if study_id is not None:
        desk.who.actor.require(_MAY, study_id)
    return study_id


def _asked(study_id: int, data: Mapping[str, str]) -> AskForecast:
    numbers = {name: data.get(name, "").strip() for name in FIELDS}
    if not all(number.isascii() and number.isdigit() for number in numbers.values()):
        raise BadInput("Months, target and subjects are whole numbers. Nothing was started. Type them in digits.")
    try:
        return AskForecast.model_validate({"study_id": study_id, **numbers})
    except ValidationError:
        raise BadInput(
            "A forecast has 1 to 60 months, a target of 1 to 1,000,000, and at most 1,000 subjects a site. "
            "Nothing was started. Correct the number."
        ) from None


def _list(
    desk: Desk, study_id: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[str]:
    with desk.store.reading() as connection:
        lines = forecast_lines(connection, study_id)
    last = {"target": str(lines[0].target), "months": str(lines[0].months)} if lines else {}
    view = ForecastsView(
        lines=lines,
        typed=typed or {**FIELDS, **last},
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    page = "enrolment/forecasts.html"
    return desk.page(page, view, "Forecast of enrolment", "Enrolment", study_id=study_id, status_code=status)
