"""Signing in and out: name and password on one page, the six-digit code on the next."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect
from pydantic import SecretStr

from irt.blinding.actor import Actor
from irt.blinding.views import BlindedView
from irt.services.bootstrap import system_actor
from irt.services.sessions import emergency_actor
from irt.services.sign_in import ConfirmCode, SignIn, SignInAnswer, SignInOutcome, confirm_code, sign_in
from irt.services.sign_out import SignOut, sign_out
from irt.services.store import Store
from irt.services.unit_of_work import perform
from web.forms import Fields
from web.frame import outer_frame
from web.guards import local_address
from web.press import answered, new_key, press
from web.render import blinded_page
from web.security import dropped_cookie, kept_cookie
from web.session import CHOICE, SESSION, THEME, THEMES, Who, session_cookie
from web.settings import Settings

_THEME_AGE = timedelta(days=365)
_TAKEN_LONG = "This took too long, or you are not signed in yet. Sign in again."


@dataclass(frozen=True)
class SignInView(BlindedView):
    """The page of name and password; `message` is empty at first. Nothing goes on from here without them."""

    next: str
    command_key: str
    username: str = ""
    message: str = ""
    said: str = ""
    emergency: str = ""


@dataclass(frozen=True)
class CodeView(BlindedView):
    """The page of the six-digit code; a code break goes on without it."""

    next: str
    command_key: str
    message: str = ""
    emergency: str = "/code-break"


class SignInPages(Controller):
    """Sign-in, code, sign-out, and keeping a session."""

    path = "/"

    @get("/sign-in", sync_to_thread=True)
    def show(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        next: FromQuery[str] = "/",
        out: FromQuery[bool] = False,
        joined: FromQuery[bool] = False,
    ) -> Response[str]:
        """The page to sign in."""
        said = "You are signed out." if out else "Your account is made. Sign in with it." if joined else ""
        return _page(request, SignInView(local_address(next), new_key(store), said=said))

    @post("/sign-in", sync_to_thread=True)
    def sign_in(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        settings: NamedDependency[Settings],
        data: Fields,
    ) -> Response[Any]:
        """Checks name and password."""
        typed = SignInView(local_address(data.get("next")), new_key(store), data.get("username", ""))
        client = client_of(request)
        ask = SignIn(username=typed.username, password=SecretStr(data.get("password", "")), client=client)

        def pressed() -> SignInAnswer:
            request.app.state.installation.doorkeeper.admit(client, now)
            return perform(store, door_of(store), now, sign_in, ask, new_key(store))

        return answered(
            pressed,
            lambda answer: _signed_in(request, settings, now, answer, typed),
            lambda refusal: _page(request, replace(typed, message=refusal.sentence), refusal.status_code),
        )

    @get("/sign-in/code", sync_to_thread=True)
    def show_code(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        settings: NamedDependency[Settings],
        next: FromQuery[str] = "/",
    ) -> Response[Any]:
        """The page for the code, while a session waits for it."""
        if emergency_actor(store, request.cookies.get(settings.cookie_name(SESSION), ""), now) is None:
            return Redirect("/sign-in", status_code=303)
        return _code_page(request, CodeView(local_address(next), new_key(store)))

    @post("/sign-in/code", sync_to_thread=True)
    def confirm(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        settings: NamedDependency[Settings],
        data: Fields,
    ) -> Response[Any]:
        """Checks the code."""
        typed = CodeView(local_address(data.get("next")), new_key(store))
        client, token = client_of(request), request.cookies.get(settings.cookie_name(SESSION), "")
        ask = ConfirmCode(token=SecretStr(token), code=SecretStr(data.get("code", "")), client=client)

        def pressed() -> SignInAnswer:
            request.app.state.installation.doorkeeper.admit(client, now)
            return perform(store, door_of(store), now, confirm_code, ask, new_key(store))

        def onward(answer: SignInAnswer) -> Response[Any]:
            if answer.outcome is SignInOutcome.REFUSED:
                request.app.state.installation.doorkeeper.note_failure(client, now)
                return _refused_code(request, store, now, token, replace(typed, message=answer.sentence))
            return _welcome(request, settings, answer, typed.next)

        return answered(
            pressed,
            onward,
            lambda refusal: _code_page(request, replace(typed, message=refusal.sentence), refusal.status_code),
        )

    @post("/sign-out", sync_to_thread=True)
    def sign_out(
        self,
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        settings: NamedDependency[Settings],
        who: NamedDependency[Who],
    ) -> Redirect:
        """Ends this session at once."""
        press(store, who, now, sign_out, SignOut(), new_key(store))
        dropped = [dropped_cookie(settings, word) for word in (SESSION, CHOICE)]
        return Redirect("/sign-in?out=true", status_code=303, cookies=dropped)

    @post("/session/keep", status_code=204, sync_to_thread=False)
    def keep(self, who: NamedDependency[Who]) -> None:
        """Somebody is still there: being asked for is what keeps the session."""

    @post("/account/theme", sync_to_thread=False)
    def choose_theme(self, settings: NamedDependency[Settings], data: Fields) -> Redirect:
        """Light, dark or as the system, remembered by the browser."""
        theme = data.get("theme", "")
        cookies = [kept_cookie(settings, THEME, theme, _THEME_AGE)] if theme in THEMES else []
        return Redirect(local_address(data.get("next")), status_code=303, cookies=cookies)


def door_of(store: Store) -> Actor:
    """Who acts while nobody is known yet: the installation itself, with no right but this."""
    with store.reading() as connection:
        return system_actor(connection)


def client_of(request: Request[Any, Any, Any]) -> str:
    """The address a request came from."""
    return request.client.host if request.client else "unknown"


def _signed_in(
    request: Request[Any, Any, Any], settings: Settings, now: datetime, answer: SignInAnswer, typed: SignInView
) -> Response[Any]:
    """Where name and password lead: in, to the page of the code, or back with the message."""
    if answer.outcome is SignInOutcome.REFUSED:
        request.app.state.installation.doorkeeper.note_failure(client_of(request), now)
        return _page(request, replace(typed, message=answer.sentence), 401)
    if answer.outcome is SignInOutcome.CODE_NEEDED:
        address = f"/sign-in/code?next={quote(typed.next, safe='/')}"
        return Redirect(address, status_code=303, cookies=[session_cookie(settings, answer.token)])
    return _welcome(request, settings, answer, typed.next)


def _welcome(request: Request[Any, Any, Any], settings: Settings, answer: SignInAnswer, wished: str) -> Redirect:
    """Into the wished page; whoever has a temporary password chooses their own first."""
    paths = request.app.state.installation.paths
    to_account = answer.password_temporary and "/account" in paths
    cookies = [session_cookie(settings, answer.token), dropped_cookie(settings, CHOICE)]
    return Redirect("/account" if to_account else wished, status_code=303, cookies=cookies)


def _refused_code(
    request: Request[Any, Any, Any], store: Store, now: datetime, token: str, view: CodeView
) -> Response[str]:
    if emergency_actor(store, token, now) is None:
        return _page(request, SignInView(view.next, view.command_key, message=_TAKEN_LONG), 401)
    return _code_page(request, view, 401)


def _page(request: Request[Any, Any, Any], view: SignInView, status_code: int = 200) -> Response[str]:
    page = blinded_page("sign_in/sign_in.html", view, outer_frame(request, "Sign in"))
    return Response(page, status_code=status_code, media_type=MediaType.HTML)


def _code_page(request: Request[Any, Any, Any], view: CodeView, status_code: int = 200) -> Response[str]:
    page = blinded_page("sign_in/code.html", view, outer_frame(request, "Six-digit code"))
    return Response(page, status_code=status_code, media_type=MediaType.HTML)
