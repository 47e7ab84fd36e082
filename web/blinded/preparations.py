"""Prepared syringes of a site: what is ready and for how long, their labels, and the form of who prepares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import DataClass, Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotAllowed, Refusal
from irt.gs1.syringe_label import SyringeLabel, syringe_label
from irt.reads.blinded_dispensing import DispenseView, dispensing_page
from irt.reads.blinded_preparations import PreparationLine, preparation_at, preparations_at, preparations_of
from irt.reads.blinded_sites import WorkSite
from irt.services.prepare_kits import (
    QUANTITY_MAX,
    DiscardPreparation,
    PreparedVial,
    PrepareKits,
    discard_preparation,
    prepare_kits,
)
from irt.states.records import Mode
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import reason_in
from web.downloads import file_answer, file_name
from web.formats import stamp
from web.forms import Fields
from web.frame import mode_of
from web.my_sites import sites_of

SAID = {"prepared": "The preparation is booked", "discarded": "The preparation is thrown away"}


@dataclass(frozen=True)
class PreparationsView(BlindedView):
    """The latest preparations, newest first."""

    lines: tuple[PreparationLine, ...]
    may_prepare: bool
    command_key: str
    refusal: str = ""
    said: str = ""


@dataclass(frozen=True)
class PrepareView(BlindedView):
    """The form of one visit's kits; `corrects` is the preparation it puts right."""

    dispensing: DispenseView
    lines: tuple[PreparationLine, ...]
    command_key: str
    now: str
    sees_contents: bool
    corrects: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""

    @property
    def address(self) -> str:
        """Where the form posts to."""
        d = self.dispensing
        return f"/preparations/{d.study_id}/subjects/{d.subject}/{d.address.rsplit('/', 1)[1]}"


class PreparationPages(Controller):
    """Preparations of the person's sites."""

    path = "/preparations"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], done: FromQuery[str] = "") -> Response[str]:
        """What is ready, for how long, and what was."""
        return _list(desk, said=SAID.get(done, ""))

    @get("/{study_id:int}/{number:str}/label", sync_to_thread=True)
    def label(self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]) -> Response[bytes]:
        """The label of the syringe: nothing of what is inside."""
        with desk.store.reading() as connection:
            line = preparation_at(connection, _sites(desk), study_id, number, desk.now)
        site = next(site for site in _sites(desk) if (site.study_id, site.site) == (study_id, line.site))
        mode = mode_of(desk.who, desk.who.place, desk.request.app.state.installation.settings.mode)
        label = SyringeLabel(
            study=site.protocol,
            subject=line.subject,
            visit=line.visit,
            preparation=line.number,
            use_before=stamp(line.use_before, line.zone),
            mark="" if mode is Mode.PRODUCTION else mode.upper(),
        )
        return file_answer(syringe_label(label), file_name(line.number, mode, desk.now, "svg"), "image/svg+xml")

    @post("/{study_id:int}/{number:str}/discard", sync_to_thread=True)
    def discard(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Throws one away."""
        try:
            ask = DiscardPreparation(study_id=study_id, number=number, reason=reason_in(data))
            desk.press(discard_preparation, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _list(desk, refusal)
        return go("/preparations?done=discarded")

    @get("/{study_id:int}/subjects/{subject:str}/{dispensing_id:int}", sync_to_thread=True)
    def ask(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        subject: FromPath[str],
        dispensing_id: FromPath[int],
        corrects: FromQuery[str] = "",
    ) -> Response[str]:
        """The form: times, and of each kit what was used and wasted."""
        return _form(desk, study_id, subject, dispensing_id, {"corrects": corrects})

    @post("/{study_id:int}/subjects/{subject:str}/{dispensing_id:int}", sync_to_thread=True)
    def prepare(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        subject: FromPath[str],
        dispensing_id: FromPath[int],
        data: Fields,
    ) -> Response[Any]:
        """Books the preparation, or its correction."""
        try:
            with desk.store.reading() as connection:
                found = dispensing_page(connection, desk.who.actor, study_id, subject, dispensing_id, desk.now)
            desk.press(prepare_kits, _asked(found, dispensing_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _form(desk, study_id, subject, dispensing_id, data, refusal)
        return go("/preparations?done=prepared")


def _sites(desk: Desk) -> tuple[WorkSite, ...]:
    with desk.store.reading() as connection:
        return tuple(sites_of(connection, desk.who, Permission.DISPENSE))


def _list(desk: Desk, refusal: Refusal | None = None, said: str = "") -> Response[str]:
    sites = _sites(desk)
    actor = desk.who.actor
    with desk.store.reading() as connection:
        lines = preparations_at(connection, sites, desk.now)
    may = any(actor.grant_for(Permission.PREPARE_KITS, s.study_id, s.site_id) is not None for s in sites)
    sentence = refusal.sentence if refusal else ""
    view = PreparationsView(lines, may, desk.key(), sentence, said)
    status = refusal.status_code if refusal else 200
    return desk.page("preparations/list.html", view, "Preparations", "Worklist", status_code=status)


def _asked(found: DispenseView, dispensing_id: int, data: Mapping[str, str]) -> PrepareKits:
    vials = [
        PreparedVial(
            number=kit.number,
            used=_quantity(data.get(f"used-{kit.number}", "")),
            wasted=_quantity(data.get(f"wasted-{kit.number}", "") or "0"),
        )
        for kit in found.kits
        if data.get(f"used-{kit.number}", "").strip()
    ]
    if not vials:
        raise BadInput("Enter what was used of at least one kit. Nothing was booked.")
    return PrepareKits(
        study_id=found.study_id,
        dispensing_id=dispensing_id,
        kits=vials,
        prepared_at=_moment(data.get("prepared_at", ""), found.zone, needed=True),
        thaw_started_at=_moment(data.get("thaw_started_at", ""), found.zone),
        thaw_ended_at=_moment(data.get("thaw_ended_at", ""), found.zone),
        corrects=data.get("corrects", "").strip() or None,
        reason=data.get("reason", "").strip()[:500],
    )


def _quantity(typed: str) -> Decimal:
    try:
        quantity = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        quantity = Decimal("NaN")
    if not quantity.is_finite() or not 0 <= quantity <= QUANTITY_MAX:
        raise BadInput(f"'{typed}' is not a quantity. Nothing was booked. Write it as 1.5.")
    return quantity


def _moment(typed: str, zone: str, *, needed: bool = False) -> Any:
    """A time typed at the site, on its own clock; None where none was typed and none is needed."""
    if not typed and not needed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except ValueError:
        raise BadInput("This time cannot be read. Nothing was booked. Write it as 2026-06-16 09:41.") from None


def _form(
    desk: Desk,
    study_id: int,
    subject: str,
    dispensing_id: int,
    data: Mapping[str, str],
    refusal: Refusal | None = None,
) -> Response[str]:
    actor = desk.who.actor
    with desk.store.reading() as connection:
        found = dispensing_page(connection, actor, study_id, subject, dispensing_id, desk.now)
    actor.require(Permission.PREPARE_KITS, study_id, found.site_id)
    if found.prepared_by_other:
        raise NotAllowed("See your unblinded pharmacist, who prepares in this study.")
    site = next(site for site in _sites(desk) if site.site_id == found.site_id)
    with desk.store.reading() as connection:
        lines = preparations_of(connection, site, dispensing_id, desk.now)
    view = PrepareView(
        found,
        lines,
        desk.key(),
        f"{desk.now.astimezone(ZoneInfo(found.zone)):%Y-%m-%dT%H:%M}",
        actor.sees(DataClass.ARM, Permission.PREPARE_KITS, study_id, found.site_id),
        corrects=data.get("corrects", ""),
        typed=dict(data),
        refusal=refusal.sentence if refusal else "",
    )
    return desk.page(
        "preparations/prepare.html",
        view,
        f"Prepare {subject}",
        "Worklist",
        study_id=study_id,
        site_id=found.site_id,
        status_code=refusal.status_code if refusal else 200,
    )
