"""A depot's system as supply expects it: how often it is to be heard of, and the keys that sign what is pushed."""

from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr
from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.messages.signing import PREFIX
from irt.services.audit_draft import AuditDraft
from irt.services.store import Store
from irt.services.supply_study import depot_ids, lock_row
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.vendor import VendorInterface, WebhookKey

KEY_BYTES = 32
OVERLAP_HOURS_MAX = 24 * 90


class ExpectInterface(SQLModel):
    """How long a depot's system may be silent, and numbers may be missing, before somebody is told."""

    study_id: int
    depot: str
    silence_hours: int = Field(default=24, ge=1, le=24 * 30)
    gap_minutes: int = Field(default=60, ge=1, le=60 * 24 * 7)


class InterfaceExpected(SQLModel):
    """The depot whose system is watched from now on."""

    depot: str


class MakeWebhookKey(SQLModel):
    """A new key for what is pushed to a depot; the one before stays valid beside it for so many hours."""

    study_id: int
    depot: str
    overlap_hours: int = Field(default=72, ge=0, le=OVERLAP_HOURS_MAX)


class WebhookKeyMade(SQLModel):
    """The key: told once, and in no record but sealed. `ends_at`: when those before it end."""

    depot: str
    ends_at: datetime | None
    key: SecretStr | None = Field(default=None, exclude=True)


_KEYS = table_of(WebhookKey)
_VALID = (
    _KEYS.c.depot_id == bindparam("depot_id"),
    (_KEYS.c.valid_until.is_(None)) | (_KEYS.c.valid_until > bindparam("now")),
)
_SEALED = select(_KEYS.c.sealed).where(*_VALID).order_by(_KEYS.c.id.desc())
_OPEN_ENDED = select(_KEYS.c.id).where(_KEYS.c.depot_id == bindparam("depot_id"), _KEYS.c.valid_until.is_(None))
_END = (
    update(_KEYS).where(_KEYS.c.id.in_(bindparam("keys", expanding=True))).values(valid_until=bindparam("to_end"))
)


def expect_interface(work: Work, ask: ExpectInterface) -> InterfaceExpected:
    """From now on silence, missing numbers and messages not taken come into the inbox of exceptions."""
    owner, depot_id = _depot(work, ask.study_id, ask.depot)
    limits = {"silence_hours": ask.silence_hours, "gap_minutes": ask.gap_minutes}
    who = {"at": work.at, "account_id": work.actor.account_id}
    work.append(VendorInterface, **owner, depot_id=depot_id, **limits, **who)
    _audit(work, ask.study_id, "interface_expected", ask.depot, limits)
    return InterfaceExpected(depot=ask.depot)


def make_webhook_key(work: Work, ask: MakeWebhookKey) -> WebhookKeyMade:
    """Both keys sign until the overlap is over, so that the depot changes in its own time."""
    owner, depot_id = _depot(work, ask.study_id, ask.depot)
    ends_at = work.at + timedelta(hours=ask.overlap_hours)
    earlier = [row["id"] for row in work.rows(_OPEN_ENDED, depot_id=depot_id)]
    if earlier:
        work.run(_END, {"keys": earlier, "to_end": ends_at})
    secret = work.store.entropy(KEY_BYTES)
    sealed = work.store.seal.close(secret)
    work.append(
        WebhookKey,
        **owner,
        depot_id=depot_id,
        sealed=sealed,
        valid_from=work.at,
        account_id=work.actor.account_id,
    )
    told = ends_at if earlier else None
    _audit(work, ask.study_id, "webhook_key_made", ask.depot, {"ends_at": told and told.isoformat()})
    return WebhookKeyMade(depot=ask.depot, ends_at=told, key=SecretStr(f"{PREFIX}{b64encode(secret).decode()}"))


def webhook_keys(store: Store, depot_id: int, now: datetime) -> tuple[bytes, ...]:
    """The keys that sign now, the newest first; none where none was made."""
    with store.reading_past_wall() as connection:
        sealed = connection.execute(_SEALED, {"depot_id": depot_id, "now": now}).scalars().all()
    return tuple(store.seal.open(each) for each in sealed)


def _depot(work: Work, study_id: int, depot: str) -> tuple[dict[str, int], int]:
    work.actor.require(Permission.ACTIVATE_SITE, study_id)
    sponsor_id = lock_row(work, study_id)
    known = depot_ids(work, study_id)
    if depot not in known:
        raise BadInput(f"{depot} is not a depot of this study. Nothing was booked.")
    return {"sponsor_id": sponsor_id, "study_id": study_id}, known[depot]


def _audit(work: Work, study_id: int, act: str, depot: str, new: dict[str, Any]) -> None:
    work.audit(AuditDraft(act=act, record_kind="depot", record=depot, study_id=study_id, new=new))
