"""Storage units of sites: what their loggers tell, when the next file is due, and the file brought here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from markupsafe import Markup

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_sites import WorkSite
from irt.reads.blinded_stock import STORAGE_WORDS
from irt.reads.blinded_storage import UnitLine, UnitRecord, unit_record, units_at
from irt.reads.blinded_temperature import Point, StoredFile, curve_of, loggers_of
from irt.services.name_storage_unit import NameStorageUnit, name_storage_unit
from irt.services.store_logger_file import StoreLoggerFile, store_logger_file
from irt.study.kit_types import StorageClass
from web.blinded.desk import Desk, desk_of, go
from web.blinded.temperature import WORDS, chart_of, file_typed, logger_words
from web.forms import Fields, Uploads, words_in
from web.my_sites import sites_of

STORAGE = tuple((code, STORAGE_WORDS[code]) for code in get_args(StorageClass))


@dataclass(frozen=True)
class UnitsView(BlindedView):
    """The units of the person's sites, and the form for a further one."""

    units: tuple[UnitLine, ...]
    sites: tuple[tuple[str, str], ...]
    command_key: str
    storage: tuple[tuple[str, str], ...] = STORAGE
    refusal: str = ""
    name: str = ""


@dataclass(frozen=True)
class UnitView(BlindedView):
    """One unit: the curve of its latest readings, every file, and the form for the next."""

    record: UnitRecord
    curve: tuple[Point, ...]
    loggers: tuple[tuple[str, str], ...]
    may_store: bool
    command_key: str
    typed_logger: str
    refusal: str

    def proposed(self, verdict: str) -> str:
        """A proposal in words."""
        return WORDS[verdict]

    @property
    def latest(self) -> StoredFile | None:
        """The newest file that was read."""
        return next((file for file in self.record.files if file.judged is not None), None)

    def drawn(self) -> Markup:
        """The latest readings with the label's limits."""
        return chart_of(self.latest, self.curve) if self.latest else Markup("")


class StoragePages(Controller):
    """Storage units at the sites of one person."""

    path = "/temperature"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Every unit, and whether its next file is due."""
        return _units(desk, {})

    @post("/", sync_to_thread=True)
    def name(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Gives a unit its name."""
        try:
            site = next((one for one in _own(desk) if str(one.site_id) == data.get("site", "")), None)
            if site is None or data.get("storage", "") not in STORAGE_WORDS or not data.get("name", "").strip():
                raise BadInput("Choose the site, what is stored, and give the unit a name. Nothing was booked.")
            ask = NameStorageUnit(
                study_id=site.study_id,
                site=site.site,
                name=data["name"].strip()[:60],
                storage=cast("StorageClass", data["storage"]),
            )
            desk.press(name_storage_unit, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _units(desk, data, refusal)
        return go("/temperature")

    @get("/{unit_id:int}", sync_to_thread=True)
    def open(self, desk: NamedDependency[Desk], unit_id: int) -> Response[Any]:
        """One unit with its curve."""
        return _unit(desk, unit_id)

    @post("/{unit_id:int}", sync_to_thread=True)
    def store(self, desk: NamedDependency[Desk], unit_id: int, data: Uploads) -> Response[Any]:
        """Stores a file and has it judged."""
        typed = words_in(data)
        with desk.store.reading() as connection:
            unit = unit_record(connection, _seen(desk), unit_id, desk.now).unit
        try:
            ask = StoreLoggerFile(
                study_id=unit.study_id, site=unit.site, unit=unit.name, **file_typed(typed, data.get("file"))
            )
            desk.press(store_logger_file, ask, typed.get("command_key", ""))
        except Refusal as refusal:
            return _unit(desk, unit_id, typed, refusal)
        return go(f"/temperature/{unit_id}")


def _seen(desk: Desk) -> tuple[WorkSite, ...]:
    with desk.store.reading() as connection:
        return tuple(sites_of(connection, desk.who, Permission.VIEW_STOCK))


def _own(desk: Desk) -> tuple[WorkSite, ...]:
    """The sites at which the person may name units: none for those who only look on."""
    actor, receives = desk.who.actor, Permission.RECEIVE_SHIPMENT
    return tuple(one for one in _seen(desk) if actor.grant_for(receives, one.study_id, one.site_id) is not None)


def _units(desk: Desk, data: Mapping[str, str], refusal: Refusal | None = None) -> Response[Any]:
    sites = _seen(desk)
    with desk.store.reading() as connection:
        units = units_at(connection, sites, desk.now)
    view = UnitsView(
        units=units,
        sites=tuple((str(site.site_id), f"{site.study}, site {site.site}") for site in _own(desk)[:100]),
        command_key=desk.key(),
    )
    if refusal is not None:
        view = replace(view, refusal=refusal.sentence, name=data.get("name", ""))
    status = refusal.status_code if refusal else 200
    return desk.page("stock/units.html", view, "Temperature", "Stock", status_code=status)


def _unit(
    desk: Desk, unit_id: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[Any]:
    sites = _seen(desk)
    with desk.store.reading() as connection:
        record = unit_record(connection, sites, unit_id, desk.now)
        unit = record.unit
        site = next(one for one in sites if one.site_id == unit.site_id)
        latest = next((file for file in record.files if file.judged is not None), None)
        curve = curve_of(connection, unit.study_id, latest.sha256) if latest else ()
        loggers = logger_words(loggers_of(connection, unit.study_id, site.version))
    view = UnitView(
        record=record,
        curve=curve,
        loggers=loggers,
        may_store=desk.who.actor.grant_for(Permission.RECEIVE_SHIPMENT, unit.study_id, unit.site_id) is not None,
        command_key=desk.key(),
        typed_logger=(typed or {}).get("logger", "default"),
        refusal=refusal.sentence if refusal else "",
    )
    return desk.page(
        "stock/unit.html",
        view,
        unit.name,
        "Stock",
        study_id=unit.study_id,
        site_id=unit.site_id,
        status_code=refusal.status_code if refusal else 200,
    )
