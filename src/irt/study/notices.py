"""Notices by e-mail that a study asks for: which kinds there are, what each may say, and to which readers.

No kind has a place for a treatment, a kit type or a quantity by arm; nothing is written before the night.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Literal

from pydantic import Field

from irt.blinding.audience import Audience
from irt.blinding.roles import Permission
from irt.study.part import Part

NoticeCode = Literal[
    "delivery_expected",
    "night_planned",
    "exceptions_open",
    "exceptions_overdue",
    "exceptions_escalated",
    "vendor_silent",
]


class Wording(Part):
    """What one kind of reader is written; words in braces are filled in."""

    audience: Literal["blinded", "unblinded", "unblinded_pharmacist"]
    subject: str = Field(min_length=1, max_length=100)
    text: str = Field(min_length=1, max_length=2_000)


class Notice(Part):
    """A kind of notice that is written; nobody is sent one before a person has approved its wording."""

    kind: NoticeCode
    wordings: tuple[Wording, ...] = Field(default=(), description="in place of the wording that comes along")


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """What a kind tells, whom it concerns, and what stands in it until a study says otherwise."""

    code: str
    title: str
    permission: Permission
    fields: tuple[str, ...]
    example: dict[str, str]
    wordings: dict[Audience, tuple[str, str]]


_MATTER = "- Not acknowledged: S-10001, Depot NLD, requested 26 hours ago. Deadline 18 Mar 2026 08:00 UTC."
_SILENCE = (
    "- Vendor silent: NLD, Depot NLD, nothing heard since 16 Mar 2026, 06:00 UTC. Deadline 18 Mar 2026 06:00 UTC."
)


def _of_inbox(code: str, title: str, permission: Permission, head: str, text: str, example: str) -> NoticeKind:
    """A kind that tells matters of supply's inbox: by blinding group, in the same words for both readers."""
    words = (
        f"{head}, {{matters}}",
        f"{text}\n\n{{lines}}\n\nThe page Exceptions under Supply shows who looks after what.",
    )
    wordings = {Audience.BLINDED: words, Audience.UNBLINDED: words}
    return NoticeKind(
        code, title, permission, ("matters", "lines"), {"matters": "1 matter", "lines": example}, wordings
    )


INBOX_KINDS = (
    _of_inbox(
        "exceptions_open",
        "Something new is in the inbox of supply",
        Permission.RUN_RESUPPLY,
        "supply needs somebody",
        "These matters are new in the inbox of supply.",
        _MATTER,
    ),
    _of_inbox(
        "exceptions_overdue",
        "A deadline of supply has passed",
        Permission.RUN_RESUPPLY,
        "deadlines of supply have passed",
        "The deadline of these matters has passed.",
        _MATTER,
    ),
    _of_inbox(
        "exceptions_escalated",
        "Supply has not acted",
        Permission.APPROVE_STUDY,
        "supply has not acted",
        "Nobody has settled these matters of supply after their deadline.",
        _MATTER,
    ),
    _of_inbox(
        "vendor_silent",
        "A depot's system has fallen silent",
        Permission.RUN_RESUPPLY,
        "a depot's system is silent",
        "Nothing was heard of these systems for longer than agreed.",
        _SILENCE,
    ),
)
"""Matters of supply's inbox. Where a study does not name them they leave by themselves, in these words."""

KINDS: dict[str, NoticeKind] = {
    kind.code: kind
    for kind in (
        NoticeKind(
            "delivery_expected",
            "A delivery is on its way to a site",
            Permission.RECEIVE_SHIPMENT,
            ("site", "shipment", "expected_on"),
            {"site": "1001", "shipment": "S-10001", "expected_on": "17 Mar 2026"},
            {
                Audience.BLINDED: (
                    "delivery {shipment} is expected at site {site}",
                    "Shipment {shipment} is expected at site {site} on {expected_on}.\n\n"
                    "Receive it on the page Shipments, kit by kit.",
                ),
                Audience.UNBLINDED_PHARMACIST: (
                    "delivery {shipment} is expected at site {site}",
                    "Shipment {shipment} is expected at site {site} on {expected_on}.\n\n"
                    "What is inside stands on the page Contents alone, once it is there. Tell nobody at the site.",
                ),
            },
        ),
        NoticeKind(
            "night_planned",
            "The supply of the night is planned",
            Permission.VIEW_SUPPLY,
            ("day", "shipments", "sites"),
            {"day": "16 Mar 2026", "shipments": "12", "sites": "9"},
            {
                Audience.BLINDED: (
                    "supply is planned for {day}",
                    "On {day} {shipments} shipments were planned; {sites} sites were looked at.\n\n"
                    "The page Supply shows them by blinding group.",
                ),
                Audience.UNBLINDED: (
                    "supply is planned for {day}",
                    "On {day} {shipments} shipments were planned; {sites} sites were looked at.\n\n"
                    "The page Shipments shows each with its reasons. Do not forward this letter.",
                ),
            },
        ),
        *INBOX_KINDS,
    )
}
"""The kinds by code. The three audiences never share a letter."""


def wording_of(notice: Notice, audience: Audience) -> tuple[str, str] | None:
    """Subject and text for these readers: the study's, else what comes along; None: they get none."""
    said = KINDS[notice.kind].wordings.get(audience)
    own: dict[str, tuple[str, str]] = {each.audience: (each.subject, each.text) for each in notice.wordings}
    return None if said is None else own.get(audience.value, said)


def filled_in(body: Mapping[str, Any]) -> dict[str, str]:
    """What stands for the words in braces: a message's facts as text, and of its lines how many there are."""
    facts = {name: str(value) for name, value in body.items() if name != "lines"}
    if (lines := body.get("lines")) is not None:
        facts["lines"] = "\n".join(f"- {line}" for line in lines)
        facts["matters"] = "1 matter" if len(lines) == 1 else f"{len(lines)} matters"
    return facts


def placeholders_in(words: str) -> set[str]:
    """The names in braces; ValueError where a brace stands alone."""
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}
