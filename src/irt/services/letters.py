"""A message of the outbox as letters: one for each person it concerns, the same words for a whole audience."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.blinding.audience import Audience
from irt.blinding.duties import DUTIES, DutyWords
from irt.blinding.roles import Permission
from irt.errors import IntegrityFault, Refusal
from irt.reads.addressees import Addressee, addressees
from irt.reads.blinded_notices import may_be_sent, notices_of
from irt.services.invite_person import INVITATION
from irt.states.records import Mode
from irt.study.notices import INBOX_KINDS, KINDS, NoticeKind, filled_in, wording_of
from irt.tables.columns import table_of
from irt.tables.record import Outbox
from irt.tables.study import Site, Study

_CLOSING = "This letter was written by the trial's system. Please do not answer it.\n"


class NoticeHeld(Refusal):
    """Nobody has approved these words yet; the letter is not lost and no try is counted."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a kind of message says, and whom it concerns."""

    permission: Permission
    subject: Callable[[Mapping[str, Any]], str]
    text: Callable[[Mapping[str, Any]], str]


def _code_break_text(body: Mapping[str, Any]) -> str:
    moment = datetime.fromisoformat(body["at"])
    why = str(body["reason_category"]).replace("_", " ")
    return (
        f"The treatment code of subject {body['subject']} at site {body['site']} was broken on "
        f"{moment:%d %b %Y at %H:%M} UTC. Reason: {why}.\n\nThis letter does not say what was seen, and nobody "
        "needs to ask: keep it so."
    )


def _duty(words: DutyWords) -> _Kind:
    """The same words for everybody who does it; its lines name sites, papers and days."""
    return _Kind(
        words.permission,
        lambda body: f"due: {words.title.lower()}" + (f" at site {body['site']}" if "site" in body else ""),
        lambda body: "\n".join(
            [
                f"{words.title}: {words.details}.",
                "",
                *(f"- {line}" for line in body["lines"]),
                "",
                "Sign in to do it.",
            ]
        ),
    )


def _lines(body: Mapping[str, Any]) -> str:
    return "\n".join(f"- {line}" for line in body["lines"])


_KINDS: dict[str, _Kind] = {
    "code_broken": _Kind(
        Permission.VIEW_SUBJECTS,
        lambda body: f"the code of a subject at site {body['site']} was broken",
        _code_break_text,
    ),
    "practice_asked": _Kind(
        Permission.BREAK_CODE,
        lambda body: f"site {body['site']} is asked to practise an emergency code break",
        lambda body: (
            f"No code break was practised at site {body['site']} within a year. Sign in, open Emergency code "
            "break, and choose Practise: it takes a minute, and nobody's treatment is told."
        ),
    ),
    "safety_case_assessed": _Kind(
        Permission.VIEW_SUBJECTS,
        lambda body: f"safety case {body['case']} was assessed",
        lambda body: (
            f"Safety case {body['case']} of subject {body['subject']} at site {body['site']} was assessed. "
            "This letter has the same words whatever was found, and says nothing of the treatment."
        ),
    ),
    "accidental_unblinding": _Kind(
        Permission.VIEW_SUBJECTS,
        lambda body: f"an accidental unblinding was recorded at site {body['site']}",
        lambda body: (
            f"Record {body['record']}: somebody may have learned the treatment of subject {body['subject']} at "
            f"site {body['site']}. Nobody needs to ask which: keep it so."
        ),
    ),
    "preparation_waits": _Kind(
        Permission.PREPARE_KITS,
        lambda body: f"kits wait to be prepared at site {body['site']}",
        lambda body: (
            f"Kits of subject {body['subject']} at site {body['site']} wait to be prepared. The page Preparations "
            "leads to them; what is inside stands under Contents."
        ),
    ),
    "randomization_forced": _Kind(
        Permission.VIEW_RANDOMIZATION,
        lambda body: "a randomization was forced",
        lambda body: (
            f"Randomization {body['randomization']} was drawn among the arms whose kits were there, because those "
            "of another arm were missing. Subject and site were told nothing of it.\n\nThe page of the "
            "randomization says what was there."
        ),
    ),
    **{f"duty_{kind}": _duty(words) for kind, words in DUTIES.items()},
    "supply_needed": _Kind(
        Permission.VIEW_SUPPLY,
        lambda body: "a site could not be served",
        lambda body: f"{body['sentence']}\n\nThe supply pages say what lies where and what is on its way.",
    ),
}
"""What is written about each kind of message. No words depend on a treatment."""

_STUDIES, _SITES = table_of(Study), table_of(Site)
_OUTBOX = table_of(Outbox)
_MESSAGES = (
    select(_OUTBOX)
    .where(_OUTBOX.c.study_id == bindparam("study_id"), _OUTBOX.c.kind != INVITATION)
    .order_by(_OUTBOX.c.id)
)
_STUDY = select(_STUDIES.c.protocol, _STUDIES.c.mode).where(_STUDIES.c.id == bindparam("study_id"))
_SITE = select(_SITES.c.id).where(
    _SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("number")
)


def letters_of(connection: Connection, message: RowMapping, sender: str, now: datetime) -> list[EmailMessage]:
    """The letters of one message; none where nobody with an address is concerned."""
    kind = _KINDS.get(message["kind"]) or _asked_for(connection, message)
    if kind is None or message["study_id"] is None:
        raise IntegrityFault(f"message {message['id']} is of a kind nobody writes: {message['kind']}")
    audience, study_id = Audience(message["audience"]), message["study_id"]
    study = connection.execute(_STUDY, {"study_id": study_id}).one()
    place = None if audience is Audience.SAFETY else _place(connection, study_id, message["body"])
    people = addressees(connection, audience, kind.permission, study_id, place, now)
    if (only := message["body"].get("to_account")) is not None:
        people = [person for person in people if person.account_id == only]
    head = study.protocol if study.mode == Mode.PRODUCTION else f"[{study.mode}] {study.protocol}"
    return [_letter(message, kind, head, person, sender) for person in people]


def every_letter(
    connection: Connection, study_id: int, sender: str, now: datetime
) -> Iterator[tuple[str, EmailMessage]]:
    """Kind and letter of every message of a study so far, as they would leave now; none whose words are held."""
    for message in connection.execute(_MESSAGES, {"study_id": study_id}).mappings().all():
        with suppress(NoticeHeld):
            for letter in letters_of(connection, message, sender, now):
                yield message["kind"], letter


def _asked_for(connection: Connection, message: RowMapping) -> _Kind | None:
    """A notice of the study in its own words; NoticeHeld before a person has approved them.

    Matters of supply's inbox leave without a person's word in studies that do not name them.
    """
    kind = KINDS.get(message["kind"])
    if kind is None or message["study_id"] is None:
        return None
    audience = Audience(message["audience"])
    notice = next((each for each in notices_of(connection, message["study_id"]) if each.kind == kind.code), None)
    if notice is None and kind in INBOX_KINDS:
        return _in_words(kind, kind.wordings.get(audience))
    if notice is None or not may_be_sent(connection, message["study_id"], notice):
        raise NoticeHeld(
            f"The wording of this notice is not approved: {kind.title}. It waits. Approve it on Notices."
        )
    return _in_words(kind, wording_of(notice, audience))


def _in_words(kind: NoticeKind, wording: tuple[str, str] | None) -> _Kind | None:
    if wording is None:
        return None
    subject, text = wording
    return _Kind(
        kind.permission,
        lambda body: subject.format(**filled_in(body)),
        lambda body: text.format(**filled_in(body)),
    )


def _place(connection: Connection, study_id: int, body: Mapping[str, Any]) -> int | None:
    """The site the message is about: people of other sites are not told."""
    if "site" not in body:
        site_id: int | None = body.get("site_id")
        return site_id
    return int(connection.execute(_SITE, {"study_id": study_id, "number": body["site"]}).scalar_one())


def _letter(message: RowMapping, kind: _Kind, head: str, person: Addressee, sender: str) -> EmailMessage:
    text = f"Dear {person.printed_name},\n\n{kind.text(message['body'])}"
    return envelope(message, sender, person, f"{head}: {kind.subject(message['body'])}", text)


def envelope(message: RowMapping, sender: str, person: Addressee, subject: str, text: str) -> EmailMessage:
    """A letter to one person, with what every letter of ours carries."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, person.email, subject
    letter["Date"] = format_datetime(message["created_at"])
    # The same at every try, so that a letter that arrives twice is seen to be one.
    moment = f"{message['created_at']:%Y%m%dT%H%M%S}"
    letter["Message-ID"] = f"<{message['id']}.{person.account_id}.{moment}@{sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(f"{text}\n\n{_CLOSING}")
    return letter
