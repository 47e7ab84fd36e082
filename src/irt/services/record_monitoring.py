"""A monitor's visit to a site: what was verified, signed; what is recorded afterwards is new at the next visit."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.reads.blinded_monitoring import site_figures
from irt.reads.site_approvals import today_in
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.monitoring import MonitoringVisit
from irt.tables.study import Site

RECORD_KIND = "monitoring visit"
SAID_MAX = 2000


class RecordMonitoring(SQLModel):
    """The site, the day of the visit there, what was looked at and found, and what was typed to sign."""

    study_id: int
    site_id: int
    on_day: date
    verified: str = Field(max_length=SAID_MAX)
    signing: Signing = Field(exclude=True)


class MonitoringRecorded(SQLModel):
    """The visit's number at its site, and its signature."""

    number: int
    signature_id: int


_SITES, _VISITS = table_of(Site), table_of(MonitoringVisit)
# The site's row is locked: two visits of one site get two numbers.
_SITE = (
    select(_SITES.c.number, _SITES.c.zone, _SITES.c.sponsor_id)
    .where(_SITES.c.id == bindparam("site_id"), _SITES.c.study_id == bindparam("study_id"))
    .with_for_update()
)
_LAST = (
    select(_VISITS.c.number, _VISITS.c.on_day)
    .where(_VISITS.c.site_id == bindparam("site_id"))
    .order_by(_VISITS.c.number.desc())
    .limit(1)
)


def record_monitoring(work: Work, ask: RecordMonitoring) -> MonitoringRecorded:
    """Signs a visit, with the figures that stood open at the site."""
    grant = work.actor.require(Permission.RECORD_MONITORING, ask.study_id, ask.site_id)
    verified = ask.verified.strip()
    if not verified:
        raise BadInput("Say what you looked at and what you found. Nothing was signed.")
    site = work.one("site", _SITE, site_id=ask.site_id, study_id=ask.study_id)
    last = work.row(_LAST, site_id=ask.site_id)
    today = today_in(site["zone"], work.at)
    if ask.on_day > today:
        raise BadInput("The day of the visit is still to come. Nothing was signed. Check the day.")
    if last is not None and ask.on_day < last["on_day"]:
        raise BadInput(f"The last visit was on {last['on_day']}. Nothing was signed. Check the day.")
    number = 1 if last is None else int(last["number"]) + 1
    figures = site_figures(work.connection, ask.site_id, today)
    content = {"on_day": ask.on_day.isoformat(), "verified": verified, "figures": figures}
    record = f"{site['number']}/{number}"
    where: dict[str, Any] = {"study_id": ask.study_id, "site_id": ask.site_id}
    signable = Signable(Meaning.MONITOR, RECORD_KIND, record, content, zone=site["zone"], **where)
    signature_id = sign_record(work, ask.signing, signable, grant)
    work.append(
        MonitoringVisit,
        sponsor_id=site["sponsor_id"],
        **where,
        number=number,
        on_day=ask.on_day,
        verified=verified,
        figures=figures,
        account_id=work.actor.account_id,
        signature_id=signature_id,
        at=work.at,
    )
    new = {**content, "signature": signature_id}
    work.audit(AuditDraft("site_monitored", RECORD_KIND, record, zone=site["zone"], new=new, **where))
    return MonitoringRecorded(number=number, signature_id=signature_id)
