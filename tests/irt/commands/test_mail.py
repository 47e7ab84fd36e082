"""Where letters go, as the environment says."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from irt.commands.mail import mailroom_from
from irt.errors import BadInput
from irt.services.post import MailFolder, MailServer

SQLITE = make_url("sqlite:///irt.sqlite")


def test_letters_stay_beside_the_database() -> None:
    """Where nothing is said; on PostgreSQL in the home folder."""
    assert mailroom_from({}, SQLITE).post == MailFolder(Path("irt.sqlite-mail"))
    post = mailroom_from({}, make_url("postgresql://irt@localhost/irt")).post
    assert post == MailFolder(Path.home() / ".irt" / "mail")
    assert mailroom_from({"IRT_MAIL_FOLDER": "letters"}, SQLITE).post == MailFolder(Path("letters"))


def test_a_server_is_used_where_one_is_named() -> None:
    """With its port, its safety and its user."""
    said = {
        "IRT_SMTP_HOST": "mail.example",
        "IRT_SMTP_PORT": "465",
        "IRT_SMTP_SECURITY": "tls",
        "IRT_SMTP_USER": "irt",
        "IRT_SMTP_PASSWORD": "open",
        "IRT_MAIL_FROM": "irt@trials.example",
    }
    room = mailroom_from(said, SQLITE)
    assert room.post == MailServer("mail.example", 465, "tls", "irt", "open")
    assert room.sender == "irt@trials.example"
    assert mailroom_from({"IRT_SMTP_HOST": "mail.example"}, SQLITE).post == MailServer("mail.example")


@pytest.mark.parametrize(
    ("name", "word"),
    [("IRT_SMTP_PORT", "smtp"), ("IRT_SMTP_PORT", "0"), ("IRT_SMTP_SECURITY", "ssl"), ("IRT_MAIL_FROM", "irt")],
)
def test_what_cannot_be_read_is_named(name: str, word: str) -> None:
    """By the variable's name."""
    with pytest.raises(BadInput, match=name):
        mailroom_from({"IRT_SMTP_HOST": "mail.example", name: word}, SQLITE)
