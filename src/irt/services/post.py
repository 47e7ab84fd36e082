"""How a letter leaves: into a mail folder on this machine, or to a mail server."""

import mailbox
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Literal, Protocol

TIMEOUT_SECONDS = 30

Security = Literal["starttls", "tls", "none"]
"""starttls turns to TLS after the greeting, tls begins with it."""


class Post(Protocol):
    """Takes one letter away; OSError or smtplib.SMTPException where it could not."""

    def deliver(self, letter: EmailMessage) -> None:
        """Delivers at least once; the letter's Message-ID is the same at every try."""
        ...


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A maildir folder: a developer opens the letters as files, and any mail program reads them."""

    folder: Path

    def deliver(self, letter: EmailMessage) -> None:
        """Puts the letter into the folder, which is made where it is missing."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        mailbox.Maildir(self.folder).add(letter)


@dataclass(frozen=True, slots=True)
class MailServer:
    """An SMTP server."""

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password: str = ""

    def deliver(self, letter: EmailMessage) -> None:
        """Hands the letter to the server, in a connection of its own."""
        with self._connected() as server:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            server.send_message(letter)

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
