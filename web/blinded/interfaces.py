"""The test of a depot's interface as page and record: what was shown, who signed, the opening in production."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.messages.interface_test import missing_in
from irt.reads.blinded_interface_tests import (
    ShownLine,
    SignedLine,
    depot_coded,
    interface_is_open,
    interface_protocol,
    interface_signatures,
    protocol_digest,
    shown_lines,
)
from irt.reads.blinded_network import depots_of
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.interface_tests import OpenInterface, SignInterfaceTest, open_interface, sign_interface_test
from irt.states.records import Mode
from irt.states.table import words
from web.blinded.at_depot import depots_worked_at
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_of
from web.blinded.typed import signing_in
from web.forms import Fields


@dataclass(frozen=True)
class InterfacesView(BlindedView):
    """The depots whose tests the person may see."""

    study_id: int
    depots: tuple[tuple[str, str], ...]
    supply: bool


@dataclass(frozen=True)
class InterfaceView(BlindedView):
    """One test with the panel that signs it; passwords are never given back."""

    study_id: int
    depot: str
    shown: tuple[ShownLine, ...]
    signed: tuple[SignedLine, ...]
    digest: str
    lacking: int
    testing: bool
    is_open: bool
    supply: bool
    role: str
    code_needed: bool
    command_key: str
    meaning: str = Meaning.CONFIRM_INTERFACE
    refusal: str = ""


class InterfacePages(Controller):
    """The list, and one test."""

    path = "/interfaces"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The depots of the study, or those where the person works."""
        study_id = study_of(desk, Permission.ACTIVATE_SITE, Permission.FULFIL_SHIPMENT)
        if study_id is None:
            return go("/switch")
        supply, depot_ids = _reach(desk, study_id)
        with desk.store.reading() as connection:
            depots = depots_of(connection, study_id, depot_ids)
        view = InterfacesView(study_id, depots, supply)
        return desk.page("depot/interfaces.html", view, "Interfaces", _place(supply), study_id=study_id)

    @get("/{study_id:int}/{depot:str}", sync_to_thread=True)
    def show_one(self, desk: NamedDependency[Desk], study_id: FromPath[int], depot: FromPath[str]) -> Response[str]:
        """What was shown, case by case; printed, it is the record."""
        return _page(desk, study_id, depot)

    @post("/{study_id:int}/{depot:str}/sign", sync_to_thread=True)
    def sign(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], depot: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Signs for the vendor or for supply; the password is checked in this very request."""
        return _pressed(desk, study_id, depot, data, signing=True)

    @post("/{study_id:int}/{depot:str}/open", sync_to_thread=True)
    def open(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], depot: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Opens the interface in production."""
        return _pressed(desk, study_id, depot, data, signing=False)


def _pressed(desk: Desk, study_id: int, depot: str, data: Mapping[str, str], *, signing: bool) -> Response[Any]:
    key = data.get("command_key", "")
    try:
        if signing:
            ask = SignInterfaceTest(study_id=study_id, depot=depot, signing=signing_in(data))
            desk.press(sign_interface_test, ask, key)
        else:
            desk.press(open_interface, OpenInterface(study_id=study_id, depot=depot), key)
    except Refusal as refusal:
        return _page(desk, study_id, depot, refusal)
    return go(f"/interfaces/{study_id}/{depot}")


def _reach(desk: Desk, study_id: int) -> tuple[bool, list[int] | None]:
    """Whether the person acts for supply, and the depots they may see (None: all)."""
    if may(desk, Permission.ACTIVATE_SITE, study_id):
        return True, None
    return False, depots_worked_at(desk, study_id)


def _place(supply: bool) -> str:
    return "Network" if supply else "Inbox"


def _page(desk: Desk, study_id: int, depot: str, refusal: Refusal | None = None) -> Response[str]:
    supply, depot_ids = _reach(desk, study_id)
    permission = Permission.ACTIVATE_SITE if supply else Permission.FULFIL_SHIPMENT
    with desk.store.reading() as connection:
        depot_id = depot_coded(connection, study_id, depot, depot_ids)
        protocol = interface_protocol(connection, study_id, depot_id)
        view = InterfaceView(
            study_id=study_id,
            depot=depot,
            shown=shown_lines(protocol),
            signed=interface_signatures(connection, study_id, depot_id),
            digest=protocol_digest(depot, protocol),
            lacking=len(missing_in(protocol)),
            testing=next((p.mode for p in desk.who.places if p.study_id == study_id), None) == Mode.TEST,
            is_open=interface_is_open(connection, depot_id),
            supply=supply,
            role=words(desk.who.actor.require(permission, study_id).role),
            code_needed=code_will_be_needed(connection, desk.who.actor, study_id),
            command_key=desk.key(),
            refusal=refusal.sentence if refusal else "",
        )
    status_code = refusal.status_code if refusal else 200
    page, title = "depot/interface.html", f"Interface of {depot}"
    return desk.page(page, view, title, _place(supply), study_id=study_id, status_code=status_code)
