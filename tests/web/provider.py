"""A provider of single sign-on on a port of this machine, for tests: it knows one person at a time."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


@cache
def key_of(whom: str) -> RSAKey:
    """Somebody's key, which takes long to find."""
    del whom
    return RSAKey.generate_key(2048, parameters={"kid": "k1"})


@dataclass
class Provider:
    """What it will say; `claims` go over what is right."""

    now: float
    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    signs_with: RSAKey = field(default_factory=lambda: key_of("the provider"))
    asked: dict[str, str] = field(default_factory=dict)

    def visited(self, address: str) -> dict[str, str]:
        """A person signs in there: the browser is sent back with this."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return {"code": "c-1", "state": self.asked["state"]}

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """The answer at the token's door; an error where the verifier is not the one promised."""
        digest = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if digest != self.asked.get("code_challenge") or form.get("code") != "c-1":
            return {"error": "invalid_grant"}
        right = {
            "iss": self.issuer,
            "aud": "irt",
            "sub": "s-1",
            "nonce": self.asked["nonce"],
            "iat": int(self.now),
            "exp": int(self.now) + 300,
            "email": "ivo@example.org",
            "email_verified": True,
        }
        claims = {name: value for name, value in {**right, **self.claims}.items() if value is not None}
        header = {"alg": "RS256", "kid": "k1"}
        told = jwt.encode(header, claims, self.signs_with)
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": told}

    def facts(self) -> dict[str, Any]:
        """What it says of itself."""
        doors = {name: f"{self.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
        return {"issuer": self.issuer, **doors}

    def keys(self) -> dict[str, Any]:
        """Its public key."""
        return {"keys": [{**key_of("the provider").as_dict(private=False), "kid": "k1"}]}


@contextmanager
def provided(now: float) -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    provider = Provider(now)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._tell(provider.keys() if self.path.endswith("jwks_uri") else provider.facts())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._tell(provider.token({name: values[0] for name, values in parse_qs(body).items()}))

        def _tell(self, what: dict[str, Any]) -> None:
            self.send_response(400 if "error" in what else 200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(what).encode())

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
