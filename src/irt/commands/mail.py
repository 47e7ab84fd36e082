"""Where letters go, as the environment says: a mail server, or a mail folder beside the database."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import URL

from irt.commands.options import beside
from irt.errors import BadInput
from irt.services.deliver_outbox import Mailroom
from irt.services.post import MailFolder, MailServer, Post, Security

SENDER = "irt@localhost"
SECURITY: tuple[Security, ...] = ("starttls", "tls", "none")


def mailroom_from(environ: Mapping[str, str], url: URL) -> Mailroom:
    """The mail room of this installation; BadInput, naming the variable, where one cannot be read."""
    sender = environ.get("IRT_MAIL_FROM", SENDER)
    if sender.count("@") != 1 or any(sign.isspace() for sign in sender):
        raise BadInput("IRT_MAIL_FROM is not an address. Give one such as irt@example.org.")
    return Mailroom(_post(environ, url), sender, address_from(environ))


def address_from(environ: Mapping[str, str]) -> str:
    """Where people find the pages, without a slash at its end; empty where IRT_ADDRESS does not say."""
    address = environ.get("IRT_ADDRESS", "").rstrip("/")
    parts = urlsplit(address)
    near = parts.hostname in {"localhost", "127.0.0.1"}
    if address and (parts.scheme not in {"https", "http"} or not parts.hostname or parts.path or parts.query):
        raise BadInput("IRT_ADDRESS is not an address. Give one such as https://irt.example.org.")
    if address and parts.scheme == "http" and not near:
        raise BadInput("IRT_ADDRESS is not safe: links go by https, but on this machine itself. Use https://.")
    return address


def _post(environ: Mapping[str, str], url: URL) -> Post:
    host = environ.get("IRT_SMTP_HOST", "")
    if not host:
        return MailFolder(Path(environ.get("IRT_MAIL_FOLDER") or beside(url, "mail")))
    return MailServer(
        host,
        _port(environ.get("IRT_SMTP_PORT", "587")),
        _security(environ.get("IRT_SMTP_SECURITY", "starttls")),
        environ.get("IRT_SMTP_USER", ""),
        environ.get("IRT_SMTP_PASSWORD", ""),
    )


def _port(word: str) -> int:
    if not (word.isascii() and word.isdigit() and 0 < int(word) < 65536):
        raise BadInput(f"IRT_SMTP_PORT is {word!r}. Give a number such as 587.")
    return int(word)


def _security(word: str) -> Security:
    for known in SECURITY:
        if word == known:
            return known
    raise BadInput(f"IRT_SMTP_SECURITY is {word!r}. Use one of: {', '.join(SECURITY)}.")
