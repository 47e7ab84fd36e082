"""Temperature: the files of a shipment's logger, and an excursion as quality looks at it."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from markupsafe import Markup

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_shipments import ShipmentRecord, site_shipment
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import WorkSite
from irt.reads.blinded_temperature import (
    ExcursionRecord,
    Point,
    StoredFile,
    curve_of,
    excursion_record,
    files_of_shipment,
    loggers_of,
)
from irt.services.close_excursion import CloseExcursion, close_excursion
from irt.services.store_logger_file import BYTES_MAX, StoreLoggerFile, store_logger_file
from irt.states.records import ExcursionStatus
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import signing_in
from web.charts import Series, line_chart
from web.forms import Fields, Uploads, words_in
from web.my_sites import sites_of

WORDS = {"accept": "Accept", "ask_qa": "Ask quality", "reject": "Reject"}


@dataclass(frozen=True)
class LoggerFilesView(BlindedView):
    """The files of one shipment's logger, and the form for a further one."""

    record: ShipmentRecord
    files: tuple[StoredFile, ...]
    loggers: tuple[tuple[str, str], ...]
    may_store: bool
    command_key: str
    typed_logger: str
    refusal: str

    def proposed(self, verdict: str) -> str:
        """A proposal in words."""
        return WORDS[verdict]


@dataclass(frozen=True)
class ExcursionView(BlindedView):
    """An excursion with the curve of each file that was read."""

    record: ExcursionRecord
    curves: dict[str, tuple[Point, ...]]
    role: str
    code_needed: bool
    command_key: str
    meaning: str = Meaning.DECIDE_QUALITY
    refusal: str = ""
    reason: str = ""

    @property
    def closable(self) -> bool:
        """Whether nothing of it has to be decided."""
        return not self.record.kits and self.record.status != ExcursionStatus.CLOSED

    def proposed(self, verdict: str) -> str:
        """A proposal in words."""
        return WORDS[verdict]

    def curve(self, file: StoredFile) -> Markup:
        """The readings over hours, with the label's limits."""
        return chart_of(file, self.curves[file.sha256])


class LoggerFilePages(Controller):
    """The files of one shipment's logger."""

    path = "/shipments/{study_id:int}/{number:str}/temperature"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: int, number: str) -> Response[Any]:
        """What was brought so far, and the form."""
        return _page(desk, study_id, number)

    @post("/", sync_to_thread=True)
    def store(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Uploads) -> Response[Any]:
        """Stores a file and has it judged; one that cannot be read is refused with its line."""
        typed = words_in(data)
        try:
            ask = _asked(study_id, number, typed, data.get("file"))
            desk.press(store_logger_file, ask, typed.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, number, typed, refusal)
        return go(f"/shipments/{study_id}/{number}/temperature")


class ExcursionPages(Controller):
    """One excursion, for people who decide on quality."""

    path = "/quality/excursions"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: int, number: str) -> Response[Any]:
        """Curve, limits, proposals and the kits that wait."""
        return _excursion(desk, study_id, number)

    @post("/{study_id:int}/{number:str}", sync_to_thread=True)
    def close(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Fields) -> Response[Any]:
        """Closes one that no kit waits for; the password is checked in this very request."""
        reason = data.get("reason", "")
        try:
            ask = CloseExcursion(study_id=study_id, number=number, reason=reason, signing=signing_in(data))
            desk.press(close_excursion, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _excursion(desk, study_id, number, reason, refusal)
        return go(f"/quality/excursions/{study_id}/{number}")


def _excursion(
    desk: Desk, study_id: int, number: str, reason: str = "", refusal: Refusal | None = None
) -> Response[Any]:
    actor = desk.who.actor
    grant = actor.require(Permission.DECIDE_QUALITY, study_id)
    with desk.store.reading() as connection:
        record = excursion_record(connection, study_id, number)
        read = [file.sha256 for file in record.files if file.judged is not None]
        curves = {sha256: curve_of(connection, study_id, sha256) for sha256 in read}
        needed = code_will_be_needed(connection, actor, study_id)
    view = ExcursionView(
        record=record,
        curves=curves,
        role=words(grant.role),
        code_needed=needed,
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
        reason=reason,
    )
    status = refusal.status_code if refusal else 200
    return desk.page(
        "quality/excursion.html", view, f"Excursion {number}", "Quality", study_id=study_id, status_code=status
    )


def chart_of(file: StoredFile, points: tuple[Point, ...]) -> Markup:
    """The readings of a file over hours, with the label's limits; nothing where it was not read."""
    judged = file.judged
    if judged is None or not points:
        return Markup("")
    start = points[0][0]
    measured = [((at - start).total_seconds() / 3600, celsius) for at, celsius in points]
    ends = (measured[0][0], measured[-1][0])
    limits = [Series(name, [(x, limit) for x in ends]) for name, limit in _limits(judged.low, judged.high)]
    return line_chart(f"Readings of {file.name}", "hours", "°C", [Series("read", measured), *limits])


def _limits(low: float, high: float) -> tuple[tuple[str, float], ...]:
    return (f"{high:g} °C", high), (f"{low:g} °C", low)


def _asked(study_id: int, number: str, typed: Mapping[str, str], file: object) -> StoreLoggerFile:
    return StoreLoggerFile(study_id=study_id, shipment=number, **file_typed(typed, file))


def file_typed(typed: Mapping[str, str], file: object) -> dict[str, Any]:
    """The file as it was chosen, in base64, and how it is to be read."""
    content = file.file.read(BYTES_MAX + 1) if isinstance(file, UploadFile) else b""
    if not isinstance(file, UploadFile) or not content:
        raise BadInput("The file is missing. Nothing was booked. Choose it again.")
    if len(content) > BYTES_MAX:
        raise BadInput(f"The file is larger than {BYTES_MAX:,} bytes. Nothing was booked. Split it.")
    return {
        "name": (file.filename or "file")[:200],
        "content": b64encode(content).decode(),
        "logger": typed.get("logger", "") or "default",
        "faulty": typed.get("faulty", "") == "yes",
    }


def logger_words(codes: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Logger profiles with what is shown of each."""
    return tuple((code, "Columns timestamp and temperature_c" if code == "default" else code) for code in codes)


def _page(
    desk: Desk,
    study_id: int,
    number: str,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response[Any]:
    with desk.store.reading() as connection:
        sites = sites_of(connection, desk.who, Permission.VIEW_STOCK)
        record = site_shipment(connection, sites, study_id, number)
        site: WorkSite = next(one for one in sites if (one.study_id, one.site) == (study_id, record.line.site))
        files = files_of_shipment(connection, study_id, number)
        loggers = loggers_of(connection, study_id, site.version)
    actor = desk.who.actor
    view = LoggerFilesView(
        record=record,
        files=files,
        loggers=logger_words(loggers),
        may_store=actor.grant_for(Permission.RECEIVE_SHIPMENT, study_id, site.site_id) is not None,
        command_key=desk.key(),
        typed_logger=(typed or {}).get("logger", "default"),
        refusal=refusal.sentence if refusal else "",
    )
    return desk.page(
        "shipments/temperature.html",
        view,
        f"Temperature of {number}",
        "Shipments",
        study_id=study_id,
        site_id=site.site_id,
        status_code=refusal.status_code if refusal else 200,
    )
