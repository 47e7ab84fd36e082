"""Notices by e-mail that a study asks for: which kinds there are, what each may say, and to which readers.

No kind has a place for a treatment, a kit type or a quantity by arm; nothing is written before the night.
"""

from dataclasses import dataclass
from string import Formatter
from typing import Literal

from pydantic import Field

from irt.blinding.audience import Audience
from irt.blinding.roles import Permission
from irt.study.part import Part

NoticeCode = Literal["delivery_expected", "night_planned"]


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
    )
}
"""The kinds by code. The three audiences never share a letter."""


def wording_of(notice: Notice, audience: Audience) -> tuple[str, str] | None:
    """Subject and text for these readers: the study's, else what comes along; None: they get none."""
    said = KINDS[notice.kind].wordings.get(audience)
    own: dict[str, tuple[str, str]] = {each.audience: (each.subject, each.text) for each in notice.wordings}
    return None if said is None else own.get(audience.value, said)


def placeholders_in(words: str) -> set[str]:
    """The names in braces; ValueError where a brace stands alone."""
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}
