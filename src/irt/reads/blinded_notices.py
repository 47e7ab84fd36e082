"""Notices of a study: their words as each kind of reader would get them, to whom, and whether they may be sent."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.audience import Audience
from irt.blinding.views import BlindedView
from irt.reads.addressees import addressees
from irt.reads.blinded_sites import not_found, study_at
from irt.reads.blinded_supply import approved_version
from irt.study.notices import KINDS, Notice, wording_of
from irt.tables.columns import table_of
from irt.tables.notice import NoticeApproval
from irt.tables.people import Account
from irt.tables.record import Outbox
from irt.tables.shipment import Shipment
from irt.tables.study import Site


@dataclass(frozen=True)
class NoticePreview(BlindedView):
    """A letter as these readers would get it, and who they are now."""

    audience: str
    subject: str
    text: str
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class NoticeLine(BlindedView):
    """One kind of notice; `waiting` letters are held until its wording is approved."""

    kind: str
    title: str
    wording: str
    approved: bool
    approved_by: str
    approved_at: datetime | None
    waiting: int
    example: str
    previews: tuple[NoticePreview, ...]


_APPROVALS, _ACCOUNTS, _OUTBOX = table_of(NoticeApproval), table_of(Account), table_of(Outbox)
_SHIPMENTS, _SITES = table_of(Shipment), table_of(Site)
_LAST = (
    select(_APPROVALS, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _APPROVALS.c.account_id)
    .where(_APPROVALS.c.study_id == bindparam("study_id"), _APPROVALS.c.kind == bindparam("kind"))
    .order_by(_APPROVALS.c.id.desc())
    .limit(1)
)
_WAITING = select(func.count()).where(
    _OUTBOX.c.study_id == bindparam("study_id"), _OUTBOX.c.kind == bindparam("kind"), _OUTBOX.c.sent_at.is_(None)
)
_REAL = (
    select(
        _SHIPMENTS.c.number, _SHIPMENTS.c.expected_on, _SITES.c.number.label("site"), _SITES.c.id.label("site_id")
    )
    .join(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .where(_SHIPMENTS.c.study_id == bindparam("study_id"), _SHIPMENTS.c.expected_on.is_not(None))
    .order_by(_SHIPMENTS.c.id.desc())
    .limit(1)
)


def notices_of(connection: Connection, study_id: int) -> tuple[Notice, ...]:
    """The notices that the version in force asks for."""
    return study_at(connection, study_id, approved_version(connection, study_id)).notices


def notice_of(connection: Connection, study_id: int, kind: str) -> Notice:
    """One of them; NotFound where the study does not ask for that kind."""
    found = next((one for one in notices_of(connection, study_id) if one.kind == kind), None)
    if found is None:
        raise not_found("notice")
    return found


def wording_digest(notice: Notice) -> str:
    """What an approval is bound to: the words for every kind of reader."""
    words = {audience.value: wording_of(notice, audience) for audience in Audience}
    return hashlib.sha256(json.dumps([notice.kind, words], sort_keys=True).encode()).hexdigest()


def may_be_sent(connection: Connection, study_id: int, notice: Notice) -> bool:
    """Whether the last word on this very wording was yes."""
    row = connection.execute(_LAST, {"study_id": study_id, "kind": notice.kind}).mappings().first()
    return row is not None and row["granted"] and row["wording_sha256"] == wording_digest(notice)


def notice_lines(connection: Connection, study_id: int, now: datetime) -> tuple[NoticeLine, ...]:
    """Every notice of the study, previewed with its newest real shipment, or invented facts where it has none."""
    return tuple(_line(connection, study_id, notice, now) for notice in notices_of(connection, study_id))


def _line(connection: Connection, study_id: int, notice: Notice, now: datetime) -> NoticeLine:
    kind, asked = KINDS[notice.kind], {"study_id": study_id, "kind": notice.kind}
    facts, site_id, real = _example(connection, study_id, notice.kind)
    row = connection.execute(_LAST, asked).mappings().first()
    approved = may_be_sent(connection, study_id, notice)
    previews = []
    for audience in kind.wordings:
        subject, text = wording_of(notice, audience) or ("", "")
        people = addressees(connection, audience, kind.permission, study_id, site_id, now)
        names = tuple(person.printed_name for person in people)
        previews.append(NoticePreview(audience.value, subject.format(**facts), text.format(**facts), names))
    return NoticeLine(
        kind=notice.kind,
        title=kind.title,
        wording=wording_digest(notice),
        approved=approved,
        approved_by=row["printed_name"] if row is not None and approved else "",
        approved_at=row["at"] if row is not None and approved else None,
        waiting=connection.execute(_WAITING, asked).scalar_one(),
        example=real or "invented facts",
        previews=tuple(previews),
    )


def _example(connection: Connection, study_id: int, kind: str) -> tuple[dict[str, str], int | None, str]:
    """What is filled in, the site it is about, and which record it is taken from."""
    row = connection.execute(_REAL, {"study_id": study_id}).mappings().first()
    if row is None or kind != "delivery_expected":
        return KINDS[kind].example, None, ""
    facts = {"site": row["site"], "shipment": row["number"], "expected_on": f"{row['expected_on']:%d %b %Y}"}
    return facts, row["site_id"], f"shipment {row['number']}"


def audiences_of(notice: Notice) -> Sequence[Audience]:
    """Who is written to."""
    return tuple(KINDS[notice.kind].wordings)
