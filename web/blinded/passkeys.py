"""One's own passkeys: made at a device, named, taken away; and the question that a signature waits for."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, MediaType, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery
from pydantic import SecretStr

from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.passkeys import PasskeyShown, passkeys_of
from irt.services.passkey_proof import open_question
from irt.services.passkeys import (
    AskForPasskey,
    RegisterPasskey,
    RemovePasskey,
    ask_for_passkey,
    register_passkey,
    remove_passkey,
)
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import whole_in
from web.forms import Fields
from web.settings import Settings

DONE = {
    "made": "The passkey is made. Signing in asks for it from now on.",
    "removed": "The passkey is removed. It opens nothing any more.",
}
ANSWER_LENGTH_MAX = 20_000


@dataclass(frozen=True)
class PasskeysView(BlindedView):
    """Passkeys, and the form of another; `possible`: the installation knows its own address."""

    passkeys: tuple[PasskeyShown, ...]
    possible: bool
    command_key: str
    said: str = ""
    refusal: str = ""
    typed: dict[str, str] = field(default_factory=dict)


class PasskeyPages(Controller):
    """The passkeys of the person signed in."""

    path = "/account/passkeys"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], settings: NamedDependency[Settings], done: FromQuery[str] = ""
    ) -> Response[str]:
        """What opens besides the password."""
        return _page(desk, settings, said=DONE.get(done, ""))

    @post("/options", sync_to_thread=True, status_code=200)
    def ask(self, desk: NamedDependency[Desk], settings: NamedDependency[Settings], data: Fields) -> Response[str]:
        """What the browser asks the device for; the page again where the password is not right."""
        try:
            ask = AskForPasskey(origin=settings.address, password=SecretStr(data.get("password", "")))
            asked = desk.press(ask_for_passkey, ask, desk.key())
        except Refusal as refusal:
            return _page(desk, settings, refusal.status_code, refusal=refusal.sentence, typed=_kept(data))
        return Response(asked.options, media_type=MediaType.JSON)

    @post("/", sync_to_thread=True)
    def register(
        self, desk: NamedDependency[Desk], settings: NamedDependency[Settings], data: Fields
    ) -> Response[Any]:
        """Keeps the passkey that the device made."""
        try:
            ask = RegisterPasskey(origin=settings.address, label=_label(data), answer=SecretStr(answer_in(data)))
            desk.press(register_passkey, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, settings, refusal.status_code, refusal=refusal.sentence, typed=_kept(data))
        return go("/account/passkeys?done=made")

    @post("/remove", sync_to_thread=True)
    def remove(
        self, desk: NamedDependency[Desk], settings: NamedDependency[Settings], data: Fields
    ) -> Response[Any]:
        """Takes one away, with the password."""
        try:
            passkey_id = whole_in(data.get("passkey", ""), "the passkey")
            ask = RemovePasskey(passkey_id=passkey_id, password=SecretStr(data.get("password", "")))
            desk.press(remove_passkey, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, settings, refusal.status_code, refusal=refusal.sentence)
        return go("/account/passkeys?done=removed")

    @post("/question", sync_to_thread=True, status_code=200)
    def question(self, desk: NamedDependency[Desk]) -> Response[str]:
        """What the signature just asked for waits for; it is bound to the record's hash."""
        with desk.store.reading() as connection:
            asked = open_question(connection, desk.who.account_id, desk.who.actor.session_id, desk.now)
        if asked is None:
            raise NotFound("No signature waits for a passkey. Nothing was signed. Press the button again.")
        return Response(asked, media_type=MediaType.JSON)


def answer_in(data: dict[str, str]) -> str:
    """The device's answer as the script sent it; BadInput where there is none, or one no device makes."""
    answer = data.get("passkey", "")
    if not answer or len(answer) > ANSWER_LENGTH_MAX:
        raise BadInput("The device gave no answer. Nothing was changed. Allow it in the browser, and try again.")
    return answer


def _label(data: dict[str, str]) -> str:
    label = data.get("label", "").strip()
    if not label or len(label) > 60:
        raise BadInput("The passkey has no name, or one longer than 60 characters. Nothing was made. Name it.")
    return label


def _kept(data: dict[str, str]) -> dict[str, str]:
    return {"label": data.get("label", "")}


def _page(desk: Desk, settings: Settings, status_code: int = 200, **shown: Any) -> Response[str]:
    with desk.store.reading() as connection:
        passkeys = passkeys_of(connection, desk.who.account_id)
    view = PasskeysView(passkeys, bool(settings.address), desk.key(), **shown)
    return desk.page("account/passkeys.html", view, "Passkeys", status_code=status_code)
