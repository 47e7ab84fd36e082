"""Notices a study asks for: written at night, and sent once a person has approved their wording."""

from sqlalchemy import bindparam, select, update
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.reads.blinded_notices import audiences_of, notice_of, wording_digest
from irt.services.audit_draft import AuditDraft
from irt.services.outbox import write_outbox
from irt.services.supply_study import SupplyStudy, lock_row
from irt.services.work import Work
from irt.study.notices import Notice
from irt.tables.columns import table_of
from irt.tables.notice import NoticeApproval
from irt.tables.record import Outbox
from irt.tables.shipment import Shipment
from irt.tables.study import Site


class WordingChanged(Refusal):
    """The words that were looked at are not the study's any more."""


class JudgeNotice(SQLModel):
    """A kind of notice, the wording as it was previewed, and whether it may be sent."""

    study_id: int
    kind: str
    wording: str
    granted: bool


class NoticeJudged(SQLModel):
    """Whether letters of the kind leave from now on."""

    kind: str
    granted: bool


_OUTBOX, _SHIPMENTS, _SITES = table_of(Outbox), table_of(Shipment), table_of(Site)
_DUE = (
    update(_OUTBOX)
    .where(
        _OUTBOX.c.study_id == bindparam("of_study"),
        _OUTBOX.c.kind == bindparam("of_kind"),
        _OUTBOX.c.sent_at.is_(None),
    )
    .values(due_at=bindparam("to_at"), held_because=None)
)
_EXPECTED = (
    select(_SHIPMENTS.c.number, _SHIPMENTS.c.expected_on, _SITES.c.number.label("site"))
    .join(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .where(
        _SHIPMENTS.c.study_id == bindparam("study_id"),
        _SHIPMENTS.c.number.in_(bindparam("numbers", expanding=True)),
        _SHIPMENTS.c.expected_on.is_not(None),
    )
    .order_by(_SHIPMENTS.c.number)
)


def judge_notice(work: Work, ask: JudgeNotice) -> NoticeJudged:
    """Approves or withdraws a wording that was previewed; what was held comes due at once."""
    work.actor.require(Permission.APPROVE_STUDY, ask.study_id)
    sponsor_id = lock_row(work, ask.study_id)
    notice = notice_of(work.connection, ask.study_id, ask.kind)
    if wording_digest(notice) != ask.wording:
        raise WordingChanged("The wording has changed since it was shown. Nothing was decided. Look at it again.")
    work.append(
        NoticeApproval,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        kind=ask.kind,
        wording_sha256=ask.wording,
        granted=ask.granted,
        account_id=work.actor.account_id,
        at=work.at,
    )
    if ask.granted:
        work.run(_DUE, {"of_study": ask.study_id, "of_kind": ask.kind, "to_at": work.at})
    act = "notice_approved" if ask.granted else "notice_withdrawn"
    new = {"wording": ask.wording}
    work.audit(AuditDraft(act, "notice", ask.kind, study_id=ask.study_id, new=new))
    return NoticeJudged(kind=ask.kind, granted=ask.granted)


def write_night_notices(work: Work, study: SupplyStudy, day: str, shipments: list[str], sites: int) -> None:
    """What a study asks to be told of its night: all at once, and nothing of what is inside a shipment."""
    for notice in study.definition.notices:
        if notice.kind == "night_planned":
            _write(work, study, notice, {"day": day, "shipments": str(len(shipments)), "sites": str(sites)})
        elif notice.kind == "delivery_expected" and shipments:
            for row in work.rows(_EXPECTED, study_id=study.id, numbers=shipments):
                facts = {"site": row["site"], "shipment": row["number"]}
                _write(work, study, notice, {**facts, "expected_on": f"{row['expected_on']:%d %b %Y}"})


def _write(work: Work, study: SupplyStudy, notice: Notice, facts: dict[str, str]) -> None:
    for audience in audiences_of(notice):
        write_outbox(work, notice.kind, audience, facts, study.id)
