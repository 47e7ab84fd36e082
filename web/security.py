"""What every answer carries so that a browser trusts it with nothing it does not need."""

from datetime import timedelta
from typing import Any

from litestar import Request
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import Message, Scope
from litestar.utils.scope.state import ScopeState

from irt.services.seal import Seal
from web.settings import Settings
from web.static_files import STATIC_PATH

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
}
_ONE_YEAR = "max-age=31536000"
_KEPT_FOR_EVER = f"public, {_ONE_YEAR}, immutable"
_KEPT_SHORTLY = "public, max-age=300"


class Armour:
    """Adds the headers that are missing to every answer, errors included."""

    def __init__(self, settings: Settings) -> None:
        secured = {"strict-transport-security": f"{_ONE_YEAR}; includeSubDomains"} if settings.secure else {}
        self._headers = {**HEADERS, **secured}

    async def __call__(self, message: Message, scope: Scope) -> None:
        """Completes the head of an answer; a page's own policy stands."""
        if message["type"] != "http.response.start":
            return
        headers = MutableScopeHeaders.from_message(message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        headers["cache-control"] = _keeping(scope, headers.get("cache-control"))


def _keeping(scope: Scope, wished: str | None) -> str:
    """Static files are kept long where their address changes with them; nothing else is kept at all."""
    path = scope["path"]
    if not path.startswith(f"{STATIC_PATH}/"):
        return wished or "no-store"
    changes = path.startswith(f"{STATIC_PATH}/vendor/") or scope["query_string"].startswith(b"v=")
    return _KEPT_FOR_EVER if changes else _KEPT_SHORTLY


def csrf_config(settings: Settings, seal: Seal) -> CSRFConfig:
    """A signed token, sent back in `_csrf_token` or X-CSRFToken; systems with bearer tokens bring no cookie."""
    return CSRFConfig(
        secret=seal.derived_key("csrf"),
        cookie_name=settings.cookie_name("csrf"),
        cookie_secure=settings.secure,
        cookie_httponly=True,
        cookie_samesite="lax",
        exclude=["^/api/v1(/|$)", "^/(health|ready)$", f"^{STATIC_PATH}/"],
    )


class FormGuard(CSRFMiddleware):
    """Refuses a form that does not bring back the token of this browser's cookie."""

    def _decode_csrf_token(self, token: str) -> str | None:
        # Comparing in constant time knows ASCII only: anything else is simply no token of ours.
        return super()._decode_csrf_token(token) if token.isascii() else None


def csrf_token_of(request: Request[Any, Any, Any]) -> str:
    """The token that this answer's forms carry."""
    token = ScopeState.from_scope(request.scope).csrf_token
    if isinstance(token, str):
        return token
    return request.cookies.get(request.app.state.installation.settings.cookie_name("csrf"), "")


def kept_cookie(settings: Settings, word: str, value: str, age: timedelta | None = None) -> Cookie:
    """A cookie that scripts cannot read; without an age it goes with the browser's window."""
    return Cookie(
        key=settings.cookie_name(word),
        value=value,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
        max_age=None if age is None else int(age.total_seconds()),
    )


def dropped_cookie(settings: Settings, word: str) -> Cookie:
    """Takes a cookie back."""
    return kept_cookie(settings, word, "", timedelta(0))
