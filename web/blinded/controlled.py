"""Controlled drugs at the places of a person: licences, registers to print, discrepancies to report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.blinded_network import depots_of, network_sites
from irt.reads.blinded_register import (
    ControlledPlace,
    OpenDiscrepancy,
    Register,
    controlled_places,
    discrepancies_of,
    register_of,
)
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.propose_licence import ProposeLicence, propose_licence
from irt.services.report_discrepancy import ReportDiscrepancy, report_discrepancy
from irt.supply.register import RegisterLine
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import day_in, reason_in, signing_in, whole_in
from web.downloads import csv_text, file_answer, file_name, mark_of
from web.formats import stamp
from web.forms import Fields
from web.frame import mode_of
from web.pdf import Masthead, Sheets

HEADS = ("Time (UTC)", "What", "Came", "Left", "Balance", "Kits", "Shipment", "Subject", "By", "Witness", "Reason")
SHARES = (14, 14, 6, 6, 8, 22, 10, 10, 14, 14, 16)


@dataclass(frozen=True)
class ControlledView(BlindedView):
    """Places with controlled drugs, and what is to be reported; passwords are never given back."""

    places: tuple[ControlledPlace, ...]
    discrepancies: tuple[OpenDiscrepancy, ...]
    code_needed: bool
    command_key: str
    meaning: str = Meaning.REPORT_DISCREPANCY
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""
    said: str = ""

    @property
    def open(self) -> tuple[OpenDiscrepancy, ...]:
        """Those that wait for their report."""
        return tuple(one for one in self.discrepancies if one.reported_at is None)


@dataclass(frozen=True)
class RegisterView(BlindedView):
    """One register, oldest line first."""

    register: Register

    @property
    def never_moved(self) -> int:
        """Kits that lie there since they were loaded, and were never moved."""
        lines = self.register.lines
        return self.register.group.balance - (lines[-1].balance if lines else 0)


@dataclass(frozen=True)
class LicenceView(BlindedView):
    """The form by which a licence is proposed."""

    study_id: int
    places: tuple[tuple[str, str], ...]
    today: date
    command_key: str
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""


class ControlledPages(Controller):
    """For people of sites and depots."""

    path = "/controlled"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], done: FromQuery[str] = "") -> Response[str]:
        """Every place with its licence, its drugs, and what waits for a report."""
        return _page(desk, {}, said="The report is kept" if done == "yes" else "")

    @post("/report", sync_to_thread=True)
    def report(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Signs the form about one kit."""
        try:
            if not data.get("happened", "").strip() or not data.get("told_to", "").strip():
                raise BadInput("Say what happened and who was told. Nothing was booked.")
            ask = ReportDiscrepancy(
                study_id=whole_in(data.get("study", ""), "the study"),
                movement_id=_movement_in(data.get("movement", "")),
                happened=data["happened"].strip()[:2000],
                told_to=data["told_to"].strip()[:300],
                signing=signing_in(data),
            )
            desk.press(report_discrepancy, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, data, refusal)
        return go("/controlled?done=yes")

    @get("/{study_id:int}/{kind:str}/{code:str}/{group:str}", sync_to_thread=True)
    def register(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        kind: FromPath[str],
        code: FromPath[str],
        group: FromPath[str],
        form: FromQuery[str] = "",
    ) -> Response[Any]:
        """One register: to read and print, or as a file of CSV or PDF."""
        with desk.store.reading() as connection:
            found = register_of(connection, desk.who.actor, study_id, kind, code, group, desk.now.date())
        if form:
            return _file(desk, found, form)
        title = f"Register of {found.group.name}"
        return desk.page("controlled/register.html", RegisterView(found), title, "Stock", study_id=study_id)


class LicencePages(Controller):
    """Licences of the places of a study, proposed for a second person."""

    path = "/network/{study_id:int}/controlled"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[str]:
        """The form."""
        return _licence_page(desk, study_id, {})

    @post("/", sync_to_thread=True)
    def propose(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """Proposes the licence."""
        try:
            kind, _, code = data.get("place", "").partition(" ")
            if kind not in ("site", "depot") or not code or not 0 < len(data.get("number", "").strip()) <= 60:
                raise BadInput("Choose the place and enter the licence's number. Nothing was proposed.")
            ask = ProposeLicence(
                study_id=study_id,
                site=code if kind == "site" else None,
                depot=code if kind == "depot" else None,
                number=data["number"].strip(),
                valid_until=day_in(data.get("valid_until", ""), desk.now.date()),
                effective_from=day_in(data.get("effective_from", ""), desk.now.date()),
                reason=reason_in(data),
            )
            change_id = desk.press(propose_licence, ask, data.get("command_key", "")).change_id
        except Refusal as refusal:
            return _licence_page(desk, study_id, data, refusal)
        return go(f"/network/{study_id}/changes/{change_id}")


def _page(desk: Desk, data: Mapping[str, str], refusal: Refusal | None = None, said: str = "") -> Response[str]:
    actor = desk.who.actor
    with desk.store.reading() as connection:
        places = controlled_places(connection, actor, desk.now.date())
        if not places and not actor.grants:
            raise NotFound("There is no such page for you.")
        view = ControlledView(
            places,
            discrepancies_of(connection, places, desk.now),
            any(code_will_be_needed(connection, actor, one) for one in {place.study_id for place in places}),
            desk.key(),
            typed={name: data[name] for name in ("movement", "happened", "told_to") if name in data},
            refusal=refusal.sentence if refusal else "",
            said=said,
        )
    status = refusal.status_code if refusal else 200
    return desk.page("controlled/places.html", view, "Controlled drugs", "Stock", status_code=status)


def _movement_in(typed: str) -> int:
    """The movement as the form carries it; 0, which is none, where somebody else wrote it."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 16 else 0


def row_of(line: RegisterLine) -> tuple[object, ...]:
    """A line as a row of a file."""
    kits = " ".join((*line.came, *line.went))
    facts = (line.shipment, line.subject, line.person, line.witness, line.reason)
    return (
        stamp(line.at, "UTC"),
        line.event.replace("_", " "),
        len(line.came),
        len(line.went),
        line.balance,
        kits,
        *facts,
    )


def _file(desk: Desk, found: Register, form: str) -> Response[Any]:
    mode = mode_of(desk.who, desk.who.place, desk.request.app.state.installation.settings.mode)
    place = f"{found.place.kind} {found.place.code}"
    name = f"register {place} {found.group.code}"
    if form == "csv":
        return file_answer(csv_text(HEADS, map(row_of, found.lines)), file_name(name, mode, desk.now), "text/csv")
    if form != "pdf":
        raise NotFound("There is no such file. Go back to the register.")
    title = f"Register of {found.group.name} (schedule {found.group.schedule}), {place}"
    audience = (f"licence {found.place.licence or 'missing'}", "blinded", "confidential")
    masthead = Masthead(title, found.place.study, desk.who.printed_name, desk.now, mark_of(mode), audience)
    sheets = Sheets(masthead, wide=True)
    sheets.rows(HEADS, map(row_of, found.lines), SHARES)
    sheets.sentence(f"Balance: {found.group.balance} kits.")
    return file_answer(bytes(sheets.output()), file_name(name, mode, desk.now, "pdf"), "application/pdf")


def _licence_page(
    desk: Desk, study_id: int, data: Mapping[str, str], refusal: Refusal | None = None
) -> Response[str]:
    desk.who.actor.require(Permission.ACTIVATE_SITE, study_id)
    with desk.store.reading() as connection:
        depots = [(f"depot {code}", f"Depot {code}, {name}") for code, name in depots_of(connection, study_id)]
        sites = [
            (f"site {one.number}", f"Site {one.number}, {one.name}") for one in network_sites(connection, study_id)
        ]
    view = LicenceView(
        study_id,
        (*depots, *sites),
        desk.now.date(),
        desk.key(),
        typed=dict(data),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page("controlled/licence.html", view, "Licence", "Network", study_id=study_id, status_code=status)
