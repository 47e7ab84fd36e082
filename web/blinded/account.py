"""One's own account: the password, the device for six-digit codes, and signing out everywhere."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import segno
from litestar import Controller, MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from markupsafe import Markup
from pydantic import SecretStr

from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_people import Person, Place
from irt.services.accounts import ChangePassword, change_password
from irt.services.enrol_second_factor import (
    ConfirmSecondFactor,
    EnrolSecondFactor,
    SecondFactorOffered,
    confirm_second_factor,
    enrol_second_factor,
)
from irt.services.sign_out import SignOutEverywhere, sign_out_everywhere
from irt.services.store import Store
from web.forms import Fields
from web.frame import frame_for
from web.press import answered, new_key, press
from web.render import blinded_page
from web.security import dropped_cookie
from web.session import CHOICE, SESSION, Who
from web.settings import Settings

_SQUARE_PIXELS = 5


@dataclass(frozen=True)
class AccountView(BlindedView):
    """The account page; `refused` names the form that `message` belongs to."""

    person: Person
    places: tuple[Place, ...]
    command_key: str
    said: str = ""
    message: str = ""
    refused: str = ""


@dataclass(frozen=True)
class DeviceView(BlindedView):
    """A secret offered for a device, shown once; empty where only its first code is asked for again."""

    command_key: str
    square: str = ""
    secret: str = ""
    message: str = ""


class AccountPages(Controller):
    """The account page and its buttons."""

    path = "/account"

    @get("/", sync_to_thread=True)
    def show(
        self, request: Request[Any, Any, Any], store: NamedDependency[Store], who: NamedDependency[Who]
    ) -> Response[str]:
        """Who one is here, and what one may change."""
        return _page(request, who, AccountView(who.person, who.places, new_key(store)))

    @post("/password", sync_to_thread=True)
    def change_password(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        who: NamedDependency[Who],
        data: Fields,
    ) -> Response[str]:
        """Sets an own new password."""
        view = AccountView(who.person, who.places, new_key(store))
        if data.get("new") != data.get("again"):
            words = "The new password was typed in two ways. Nothing was changed. Type it twice the same."
            return _page(request, who, replace(view, message=words, refused="password"), 400)
        ask = ChangePassword(old=SecretStr(data.get("old", "")), new=SecretStr(data.get("new", "")))
        changed = replace(who.person, password_temporary=False)
        done = replace(view, person=changed, said="Your new password is in force.")
        return answered(
            lambda: press(store, who, now, change_password, ask, data.get("command_key", "")),
            lambda _: _page(request, who, done),
            lambda refusal: _refused(request, who, replace(view, refused="password"), refusal),
        )

    @post("/device", sync_to_thread=True)
    def offer_device(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        who: NamedDependency[Who],
        data: Fields,
    ) -> Response[str]:
        """Shows the secret for a device, once."""
        code = SecretStr(data["code"]) if data.get("code") else None
        ask = EnrolSecondFactor(password=SecretStr(data.get("password", "")), code=code)
        view = AccountView(who.person, who.places, new_key(store), refused="device")

        def show(offered: SecondFactorOffered) -> Response[str]:
            if offered.secret is None or offered.address is None:
                words = "This was sent twice, and a secret is shown once. Begin again."
                return _page(request, who, replace(view, message=words), 409)
            square = _square(offered.address.get_secret_value())
            device = DeviceView(new_key(store), square, offered.secret.get_secret_value())
            return _device_page(request, who, device)

        return answered(
            lambda: press(store, who, now, enrol_second_factor, ask, data.get("command_key", "")),
            show,
            lambda refusal: _refused(request, who, view, refusal),
        )

    @post("/device/confirm", sync_to_thread=True)
    def confirm_device(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        settings: NamedDependency[Settings],
        who: NamedDependency[Who],
        data: Fields,
    ) -> Response[Any]:
        """The device's first code puts it in force; everybody signs in anew with it."""
        ask = ConfirmSecondFactor(code=SecretStr(data.get("code", "")))

        def refused(refusal: Refusal) -> Response[str]:
            view = DeviceView(new_key(store), message=refusal.sentence)
            return _device_page(request, who, view, refusal.status_code)

        return answered(
            lambda: press(store, who, now, confirm_second_factor, ask, data.get("command_key", "")),
            lambda _: _gone(settings),
            refused,
        )

    @post("/sign-out-everywhere", sync_to_thread=True)
    def sign_out_everywhere(
        self,
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        settings: NamedDependency[Settings],
        who: NamedDependency[Who],
    ) -> Redirect:
        """Ends one's sessions on every device at once."""
        press(store, who, now, sign_out_everywhere, SignOutEverywhere(), new_key(store))
        return _gone(settings)


def _gone(settings: Settings) -> Redirect:
    dropped = [dropped_cookie(settings, word) for word in (SESSION, CHOICE)]
    return Redirect("/sign-in?out=true", status_code=303, cookies=dropped)


def _square(address: str) -> Markup:
    """The square code that a device reads, drawn without any style."""
    drawn = segno.make_qr(address).svg_inline(
        scale=_SQUARE_PIXELS, border=4, light="#fff", svgclass=None, lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - drawn by the library from bits, no text of ours in it


def _page(request: Request[Any, Any, Any], who: Who, view: AccountView, status_code: int = 200) -> Response[str]:
    page = blinded_page("account/account.html", view, frame_for(who, request, "Account and password"))
    return Response(page, status_code=status_code, media_type=MediaType.HTML)


def _refused(request: Request[Any, Any, Any], who: Who, view: AccountView, refusal: Refusal) -> Response[str]:
    return _page(request, who, replace(view, message=refusal.sentence), refusal.status_code)


def _device_page(
    request: Request[Any, Any, Any], who: Who, view: DeviceView, status_code: int = 200
) -> Response[str]:
    page = blinded_page("account/device.html", view, frame_for(who, request, "Device for codes"))
    return Response(page, status_code=status_code, media_type=MediaType.HTML)
