"""Signing in and out: name and password on one page, the six-digit code on the next."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect
from pydantic import SecretStr
from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_people import person
from irt.services.bootstrap import system_actor
from irt.services.sessions import emergency_actor
from irt.services.sign_in import (
    AskPasskey,
    ConfirmCode,
    ConfirmPasskey,
    SignIn,
    SignInAnswer,
    SignInOutcome,
    ask_passkey,
    confirm_code,
    confirm_passkey,
    sign_in,
)
from irt.services.sign_in_by_provider import SignInByProvider, sign_in_by_provider
from irt.services.sign_out import SignOut, sign_out
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.services.work import Work
from web.forms import Fields
from web.frame import outer_frame
from web.guards import local_address
from web.press import answered, new_key, press
from web.render import blinded_page
from web.security import dropped_cookie, kept_cookie
from web.session import CHOICE, SESSION, THEME, THEMES, Who, session_cookie
from web.settings import Settings
from web.single_sign_on import WAY_MAX, way_back, way_there

Ask = TypeVar("Ask", bound=SQLModel)
Answer = TypeVar("Answer", bound=SQLModel)
WAY = "way"
"""The cookie of somebody on the way to a provider and back."""
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
    provider: str = ""


@dataclass(frozen=True)
class CodeView(BlindedView):
    """The page of the six-digit code; a code break goes on without it."""

    next: str
    command_key: str
    message: str = ""
    emergency: str = "/code-break"
    passkey: bool = False
    code: bool = True


class SignInPages(Controller):
    """Sign-in, code, sign-out, and keeping a session."""

    path = "/"

    @get("/sign-in", sync_to_thread=True)
    def show(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        settings: NamedDependency[Settings],
        next: FromQuery[str] = "/",
        out: FromQuery[bool] = False,
        joined: FromQuery[bool] = False,
    ) -> Response[str]:
        """The page to sign in."""
        said = "You are signed out." if out else "Your account is made. Sign in with it." if joined else ""
        provider = settings.sso.name if settings.sso else ""
        return _page(request, SignInView(local_address(next), new_key(store), said=said, provider=provider))

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
        typed = replace(typed, provider=settings.sso.name if settings.sso else "")
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
        """The page for the code or the passkey, while a session waits for it."""
        view = _code_view(store, _token(request, settings), now, next)
        return Redirect("/sign-in", status_code=303) if view is None else _code_page(request, view)

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
        token, client = SecretStr(_token(request, settings)), client_of(request)
        ask = ConfirmCode(token=token, code=SecretStr(data.get("code", "")), client=client)
        return _second_step(request, store, now, settings, data, lambda: _does(store, now, confirm_code, ask))

    @post("/sign-in/passkey/options", sync_to_thread=True, status_code=200)
    def ask_passkey(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        settings: NamedDependency[Settings],
        data: Fields,
    ) -> Response[Any]:
        """What the browser asks the device; a page with the reason where there is nothing to ask."""
        ask = AskPasskey(token=SecretStr(_token(request, settings)))
        return answered(
            lambda: _does(store, now, ask_passkey, ask),
            lambda asked: Response(asked.options, media_type=MediaType.JSON),
            lambda refusal: _back(request, store, now, settings, data, refusal.sentence, refusal.status_code),
        )

    @post("/sign-in/passkey", sync_to_thread=True)
    def confirm_passkey(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        settings: NamedDependency[Settings],
        data: Fields,
    ) -> Response[Any]:
        """Checks what the device answered."""
        token, client = SecretStr(_token(request, settings)), client_of(request)
        ask = ConfirmPasskey(token=token, answer=SecretStr(data.get("passkey", "")), client=client)
        return _second_step(request, store, now, settings, data, lambda: _does(store, now, confirm_passkey, ask))

    @get("/sign-in/sso", sync_to_thread=True)
    def leave(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        settings: NamedDependency[Settings],
        next: FromQuery[str] = "/",
    ) -> Response[Any]:
        """To the provider of single sign-on; to our own page where there is none."""
        if settings.sso is None:
            return Redirect("/sign-in", status_code=303)
        sso = settings.sso

        def onward(way: tuple[str, str]) -> Response[Any]:
            return Redirect(way[0], status_code=303, cookies=[kept_cookie(settings, WAY, way[1], WAY_MAX)])

        return answered(
            lambda: way_there(sso, settings.address, store.seal, local_address(next), now),
            onward,
            lambda refusal: _refused(request, store, local_address(next), refusal),
        )

    @get("/sign-in/sso/back", sync_to_thread=True)
    def come_back(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """From the provider: into the account it knows the person by."""
        if settings.sso is None:
            return Redirect("/sign-in", status_code=303)
        sso, client = settings.sso, client_of(request)
        cookie = request.cookies.get(settings.cookie_name(WAY), "")

        def pressed() -> tuple[SignInAnswer, str]:
            request.app.state.installation.doorkeeper.admit(client, now)
            known = way_back(sso, settings.address, store.seal, cookie, dict(request.query_params), now)
            said = {"issuer": known.issuer, "subject": known.subject, "email": known.email, "client": client}
            return _does(store, now, sign_in_by_provider, SignInByProvider(**said)), known.next

        def onward(came: tuple[SignInAnswer, str]) -> Response[Any]:
            typed = SignInView(came[1], new_key(store), provider=sso.name)
            answer = _signed_in(request, settings, now, came[0], typed)
            answer.cookies.append(dropped_cookie(settings, WAY))
            return answer

        return answered(pressed, onward, lambda refusal: _refused(request, store, "/", refusal))

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


def _refused(request: Request[Any, Any, Any], store: Store, wished: str, refusal: Refusal) -> Response[str]:
    settings = request.app.state.installation.settings
    view = SignInView(wished, new_key(store), message=refusal.sentence, provider=settings.sso.name)
    return _page(request, view, refusal.status_code)


def _second_step(
    request: Request[Any, Any, Any],
    store: Store,
    now: datetime,
    settings: Settings,
    data: dict[str, str],
    confirm: Callable[[], SignInAnswer],
) -> Response[Any]:
    """Where the code or the passkey leads: in, or back with the message; failures count for the network too."""
    doorkeeper, client = request.app.state.installation.doorkeeper, client_of(request)

    def pressed() -> SignInAnswer:
        doorkeeper.admit(client, now)
        return confirm()

    def onward(answer: SignInAnswer) -> Response[Any]:
        if answer.outcome is SignInOutcome.REFUSED:
            doorkeeper.note_failure(client, now)
            return _back(request, store, now, settings, data, answer.sentence, 401)
        return _welcome(request, settings, answer, local_address(data.get("next")))

    return answered(
        pressed,
        onward,
        lambda refusal: _back(request, store, now, settings, data, refusal.sentence, refusal.status_code),
    )


def _back(
    request: Request[Any, Any, Any],
    store: Store,
    now: datetime,
    settings: Settings,
    data: dict[str, str],
    message: str,
    status_code: int,
) -> Response[str]:
    """The page of the second factor again; that of the password where nobody waits any more."""
    view = _code_view(store, _token(request, settings), now, data.get("next"))
    if view is None:
        return _page(request, SignInView(local_address(data.get("next")), new_key(store), message=_TAKEN_LONG), 401)
    return _code_page(request, replace(view, message=message), status_code)


def _does(store: Store, now: datetime, service: Callable[[Work, Ask], Answer], ask: Ask) -> Answer:
    return perform(store, door_of(store), now, service, ask, new_key(store))


def _token(request: Request[Any, Any, Any], settings: Settings) -> str:
    return request.cookies.get(settings.cookie_name(SESSION), "")


def _code_view(store: Store, token: str, now: datetime, wished: str | None) -> CodeView | None:
    """What a session that waits may be completed with; None where none waits."""
    actor = emergency_actor(store, token, now)
    if actor is None:
        return None
    with store.reading() as connection:
        known = person(connection, actor.account_id)
    return CodeView(local_address(wished), new_key(store), passkey=known.passkeys, code=known.second_factor)


def _page(request: Request[Any, Any, Any], view: SignInView, status_code: int = 200) -> Response[str]:
    page = blinded_page("sign_in/sign_in.html", view, outer_frame(request, "Sign in"))
    return Response(page, status_code=status_code, media_type=MediaType.HTML)


def _code_page(request: Request[Any, Any, Any], view: CodeView, status_code: int = 200) -> Response[str]:
    page = blinded_page("sign_in/code.html", view, outer_frame(request, "Six-digit code"))
    return Response(page, status_code=status_code, media_type=MediaType.HTML)
