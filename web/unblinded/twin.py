"""The live twin: a change of levels, expiry, sites or enrolment is tried on a running study, then put forward."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_expiry import lots_and_dates
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_network import supply_sites
from irt.reads.unblinded_twins import TriedChange, tried_change, tried_changes
from irt.services.log_reading import LogReading, log_reading
from irt.services.propose_level_set import LevelRow, ProposeLevelSet, propose_level_set
from irt.services.twin_runs import AskTwin, ask_twin
from simulation.live.change import TwinChange, change_of
from web.blinded.desk import Desk, go
from web.blinded.one_study import may, study_of
from web.blinded.typed import day_in, reason_in, whole_in
from web.downloads import MEDIA_TYPES, file_answer, file_name
from web.forms import Fields
from web.frame import mode_of
from web.twin.acts import Act, Standing, acts_of
from web.twin.asking import twin_to_ask
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page, whole_study

PAGE = "/supply/twin"
FIGURES = {
    "visits": "Visits at which kits were due",
    "missed": "Visits whose kits were not there",
    "missed_out_of_stock": "of these, out of stock everywhere",
    "randomized": "Newly randomized",
    "shipments": "Consignments to sites",
    "kits_shipped": "Kits sent to sites",
    "kits_dispensed": "Kits given",
    "wasted_expired_at_sites": "Kits expired at sites",
    "wasted_expired_at_depots": "Kits expired at depots",
    "left_at_sites": "Kits at sites at the end",
    "cost_total": "All costs",
}
_MONEY = "cost_total"
_OPENING = re.compile(r"([A-Za-z0-9][A-Za-z0-9._+<>=-]*)\s+in\s+([0-9]{1,5})")
_MAY, _ASKS = Permission.VIEW_SUPPLY, Permission.RUN_RESUPPLY


@dataclass(frozen=True)
class TwinsView(UnblindedView):
    """The changes that were tried, and the form for another."""

    tried: tuple[TriedChange, ...]
    kit_types: tuple[tuple[str, str], ...]
    typed: Mapping[str, str]
    command_key: str
    refusal: str = ""


@dataclass(frozen=True)
class FigureRow(UnblindedView):
    """One measure: as it stands, with the change, and the difference with its interval."""

    words: str
    base: float
    changed: float
    difference: float
    low: float
    high: float
    share: float
    """The difference as a percentage of the base."""

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class TwinView(UnblindedView):
    """One change with its answer, the button that puts its levels forward, and the acts for the rest.

    `acts`: each with whether this person may carry it out.
    """

    tried: TriedChange
    lines: tuple[str, ...]
    rows: tuple[FigureRow, ...]
    has_levels: bool
    acts: tuple[tuple[Act, bool], ...]
    typed: Mapping[str, str]
    command_key: str
    refusal: str = ""

    @property
    def limit(self) -> float:
        """The largest share among the rows."""
        return max((abs(row.share) for row in self.rows), default=0.0)


class TwinPages(Controller):
    """Changes tried on one study."""

    path = PAGE
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """What was tried, and the form."""
        study_id = study_of(desk, _MAY)
        return go("/switch") if study_id is None else _list(desk, study_id)

    @post("/", sync_to_thread=True)
    def ask(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Tries a change; a worker plays the study with it and without."""
        study_id = study_of(desk, _MAY)
        if study_id is None:
            return go("/switch")
        require_unblinded(desk, _ASKS, study_id)
        try:
            started = desk.press(ask_twin, _asked(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _list(desk, study_id, data, refusal)
        return go(f"/jobs/{started.job_id}")

    @get("/{number:int}", sync_to_thread=True)
    def show_one(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """One change and what it would do."""
        study_id = study_of(desk, _MAY)
        return go("/switch") if study_id is None else _one(desk, study_id, number)

    @post("/{number:int}/take", status_code=200, sync_to_thread=True)
    def take(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """Question and answer as a file; that it was taken is written down."""
        study_id = study_of(desk, _MAY)
        if study_id is None:
            return go("/switch")
        require_unblinded(desk, _MAY, study_id)
        with desk.store.reading() as connection:
            tried = tried_change(connection, study_id, number)
        ask = LogReading(study_id=study_id, what=f"live twin {number}", permission=_MAY, rows=1)
        desk.press(log_reading, ask, desk.key())
        content = json.dumps({"asked": dict(tried.asked), "answer": tried.result}, indent=2)
        settings = desk.request.app.state.installation.settings
        mode = mode_of(desk.who, whole_study(desk, study_id), settings.mode)
        return file_answer(content, file_name(f"twin_{number}", mode, desk.now, "json"), MEDIA_TYPES["json"])

    @post("/{number:int}/propose", sync_to_thread=True)
    def propose(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """Puts the levels forward as any change of levels: somebody else decides with a signature."""
        study_id = study_of(desk, _MAY)
        if study_id is None:
            return go("/switch")
        require_unblinded(desk, _ASKS, study_id)
        try:
            ask = ProposeLevelSet(
                study_id=study_id,
                rows=list(_level_rows(_change(desk, study_id, number))),
                effective_from=day_in(data.get("effective_from", ""), desk.now.date()),
                reason=reason_in(data),
            )
            change_id = desk.press(propose_level_set, ask, data.get("command_key", "")).change_id
        except Refusal as refusal:
            return _one(desk, study_id, number, data, refusal)
        return go(f"/supply/levels/{study_id}/sets/{change_id}")


def _asked(study_id: int, data: Mapping[str, str]) -> AskTwin:
    change = {
        "name": "changed",
        "levels": _levels(data),
        "expiry_days": {"every": whole_in(data["expiry"], "days")} if data.get("expiry", "").strip() else {},
        "open_sites": {site: int(days) for site, days in _OPENING.findall(data.get("open_sites", ""))},
        "close_sites": data.get("close_sites", "").replace(",", " ").split(),
        "enrolment_factor": data.get("factor", "").strip() or 1,
    }
    told = change_of(change, "The change")
    try:
        return twin_to_ask(study_id, told, int(data.get("days", "")), int(data.get("replications", "")))
    except ValueError:
        raise BadInput("Days are 7 to 1,500, replications 2 to 10,000. Nothing was started.") from None


def _levels(data: Mapping[str, str]) -> dict[str, Any]:
    """Levels of the whole study, or of the sites that are named."""
    rows = {}
    for name in data:
        code = name.removeprefix("minimum_")
        if code != name and data[name].strip():
            most = data.get(f"maximum_{code}", "")
            rows[code] = {"minimum": whole_in(data[name], "minimum"), "maximum": whole_in(most, "maximum")}
    sites = data.get("sites", "").replace(",", " ").split()
    return {"sites": dict.fromkeys(sites, rows)} if sites else {"study": rows}


def _level_rows(change: TwinChange) -> Iterator[LevelRow]:
    levels = change.levels
    scopes: list[tuple[dict[str, str], Mapping[str, Any]]] = [({}, levels.study)]
    for word, places in (("country", levels.countries), ("site", levels.sites), ("depot", levels.depots)):
        scopes += [({word: place}, rows) for place, rows in places.items()]
    for where, rows in scopes:
        for kit_type, level in rows.items():
            yield LevelRow.model_validate({**level.model_dump(), **where, "kit_type": kit_type})


def _change(desk: Desk, study_id: int, number: int) -> TwinChange:
    with desk.store.reading() as connection:
        return change_of(tried_change(connection, study_id, number).asked["change"])


def _list(
    desk: Desk, study_id: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[str]:
    require_unblinded(desk, _MAY, study_id)
    with desk.store.reading() as connection:
        definition = definition_in_force(connection, study_id)
        tried = tried_changes(connection, study_id)
    view = TwinsView(
        tried=tried,
        kit_types=tuple((kit_type.code, kit_type.name) for kit_type in definition.kit_types),
        typed=typed or {"days": "180", "replications": "100"},
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return secret_page(desk, "supply/twins.html", view, "Live twin", "Supply", study_id, status)


def _one(
    desk: Desk,
    study_id: int,
    number: int,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    require_unblinded(desk, _MAY, study_id)
    with desk.store.reading() as connection:
        tried = tried_change(connection, study_id, number)
        standing = Standing(
            study_id,
            lots={one.lot: one.expiry for one in lots_and_dates(connection, study_id)},
            sites={site.number: site.status for site in supply_sites(connection, study_id)},
            tried_on=tried.at.date(),
            today=desk.now.date(),
        )
    change = change_of(tried.asked["change"])
    view = TwinView(
        tried=tried,
        lines=tuple(_lines(change)),
        rows=() if tried.result is None or tried.refusal else tuple(_rows(tried.result)),
        has_levels=any(True for _ in _level_rows(change)),
        acts=tuple((act, may(desk, act.permission, study_id)) for act in acts_of(change, number, standing)),
        typed=typed or {"effective_from": desk.now.date().isoformat()},
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return secret_page(desk, "supply/twin.html", view, f"Live twin {number}", "Supply", study_id, status)


def _rows(result: Mapping[str, Any]) -> Iterator[FigureRow]:
    for name, words in FIGURES.items():
        told = result["measures"][name]
        unit = 100 if name == _MONEY else 1
        base, changed = told["first"] / unit, told["second"] / unit
        apart = told["difference"] or {"value": 0.0, "low": 0.0, "high": 0.0}
        value, low, high = (apart[end] / unit for end in ("value", "low", "high"))
        yield FigureRow(words, base, changed, value, low, high, round(100 * value / base) if base else 0)


def _lines(change: TwinChange) -> Iterator[str]:
    """The change in words."""
    for row in _level_rows(change):
        yield f"{row.where}: {row.kit_type} from {row.minimum} up to {row.maximum} kits"
    yield from (f"Lots ({lot}) last {days} days longer" for lot, days in change.expiry_days.items())
    yield from (f"Site {site} opens in {days} days" for site, days in change.open_sites.items())
    yield from (f"Site {site} enrols nobody new" for site in change.close_sites)
    if change.enrolment_factor != 1:
        yield f"{change.enrolment_factor:g} times as many subjects come"
