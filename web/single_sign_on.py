"""A provider of single sign-on (OpenID Connect, code flow with PKCE): the way there, and what comes back."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from irt.errors import BadInput, IntegrityFault, Refusal
from irt.services.seal import Seal

SCOPE = "openid email"
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
"""Signed by a key of the provider's: none, and keys that both sides hold, are refused."""
BACK = "/sign-in/sso/back"
WAY_MAX = timedelta(minutes=10)
LEEWAY_SECONDS = 60
TIMEOUT_SECONDS = 10
_BYTES = 32


@dataclass(frozen=True)
class SingleSignOn:
    """The provider as the installation's settings name it; `name` stands on the button."""

    issuer: str
    client_id: str
    client_secret: str
    name: str = "single sign-on"


@dataclass(frozen=True)
class Known:
    """Who somebody is to the provider; `email` is empty unless it was verified there."""

    issuer: str
    subject: str
    email: str
    next: str


class NotByProvider(Refusal):
    """The provider's answer does not fit what was asked, or there is none."""

    status_code = 403

    def __init__(self) -> None:
        super().__init__("Signing in there did not work. Nothing was done. Try again, or use your user name here.")


def single_sign_on_from(environ: Mapping[str, str]) -> SingleSignOn | None:
    """The provider of IRT_OIDC_ISSUER; None where it is not set. BadInput names the variable that is wrong."""
    issuer = environ.get("IRT_OIDC_ISSUER", "")
    if not issuer:
        return None
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1"}:
        raise BadInput("IRT_OIDC_ISSUER is not an address with https. Give the provider's.")
    if not environ.get("IRT_ADDRESS"):
        raise BadInput("IRT_OIDC_ISSUER needs IRT_ADDRESS: the provider sends people back there. Set it.")
    if not environ.get("IRT_OIDC_CLIENT_ID") or not environ.get("IRT_OIDC_CLIENT_SECRET"):
        raise BadInput("IRT_OIDC_ISSUER needs IRT_OIDC_CLIENT_ID and IRT_OIDC_CLIENT_SECRET. Set both.")
    name = environ.get("IRT_OIDC_NAME", SingleSignOn.name)
    return SingleSignOn(issuer, environ["IRT_OIDC_CLIENT_ID"], environ["IRT_OIDC_CLIENT_SECRET"], name)


def way_there(sso: SingleSignOn, address: str, seal: Seal, wished: str, now: datetime) -> tuple[str, str]:
    """Where the browser goes, and what its cookie keeps until it is back, sealed."""
    words = {name: secrets.token_urlsafe(_BYTES) for name in ("nonce", "verifier", "state")}
    url = prepare_grant_uri(
        _facts(sso.issuer)["authorization_endpoint"],
        sso.client_id,
        "code",
        redirect_uri=f"{address}{BACK}",
        scope=SCOPE,
        state=words["state"],
        nonce=words["nonce"],
        code_challenge=create_s256_code_challenge(words["verifier"]),
        code_challenge_method="S256",
    )
    until = (now + WAY_MAX).timestamp()
    return url, seal.close(json.dumps({**words, "next": wished, "until": until}).encode())


def way_back(
    sso: SingleSignOn, address: str, seal: Seal, cookie: str, told: Mapping[str, str], now: datetime
) -> Known:
    """Who came back; NotByProvider where anything does not fit: state, time, signature, issuer, audience, nonce."""
    try:
        kept = json.loads(seal.open(cookie))
        if kept["until"] <= now.timestamp() or not secrets.compare_digest(kept["state"], told.get("state", "")):
            raise NotByProvider
        claims = _claims(sso, address, kept, told["code"], now)
    except (IntegrityFault, KeyError, TypeError, ValueError, httpx.HTTPError, AuthlibBaseError, JoseError):
        raise NotByProvider from None
    email = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
    return Known(sso.issuer, str(claims["sub"]), email, str(kept["next"]))


def _claims(
    sso: SingleSignOn, address: str, kept: Mapping[str, Any], code: str, now: datetime
) -> Mapping[str, Any]:
    facts = _facts(sso.issuer)
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{address}{BACK}"}
    given = httpx.post(
        facts["token_endpoint"],
        data={**asked, "code_verifier": kept["verifier"]},
        auth=(quote(sso.client_id, safe=""), quote(sso.client_secret, safe="")),
        timeout=TIMEOUT_SECONDS,
    )
    id_token = given.raise_for_status().json()["id_token"]
    answer = httpx.get(facts["jwks_uri"], timeout=TIMEOUT_SECONDS)
    keys = KeySet.import_key_set(answer.raise_for_status().json())
    token = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
    wanted = {"iss": {"essential": True, "value": sso.issuer}, "aud": {"essential": True, "value": sso.client_id}}
    bound = {"nonce": kept["nonce"], "client_id": sso.client_id}
    claims = CodeIDToken(token.claims, token.header, options=wanted, params=bound)
    claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    return dict(token.claims)


@lru_cache(maxsize=8)
def _facts(issuer: str) -> Mapping[str, Any]:
    """What the provider says of itself; it must name itself as it is named in our settings."""
    try:
        answer = httpx.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=TIMEOUT_SECONDS)
        facts: Mapping[str, Any] = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        raise NotByProvider from None
    if facts.get("issuer") != issuer:
        raise NotByProvider
    return facts
