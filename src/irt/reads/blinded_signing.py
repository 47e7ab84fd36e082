"""What a person will be asked for when they sign: the password alone, or the six-digit code too."""

from sqlalchemy import Connection, bindparam, func, select

from irt.audit.signature import code_is_needed
from irt.blinding.actor import Actor
from irt.states.records import VersionStatus
from irt.study.public_part import study_in
from irt.tables.columns import table_of
from irt.tables.people import Account, SignedInSession
from irt.tables.study import StudyVersion

_ACCOUNTS, _SESSIONS, _VERSIONS = table_of(Account), table_of(SignedInSession), table_of(StudyVersion)
_FACTOR = func.coalesce(_ACCOUNTS.c.second_factor_confirmed_at, _ACCOUNTS.c.passkeys_since)
_ENROLLED = select(_FACTOR).where(_ACCOUNTS.c.id == bindparam("account_id"))
_SIGNED = select(_SESSIONS.c.signed_at).where(_SESSIONS.c.id == bindparam("session_id"))
_NEWEST = (
    select(_VERSIONS.c.public_part)
    .where(_VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.status != VersionStatus.DRAFT)
    .order_by(_VERSIONS.c.number.desc())
    .limit(1)
)


def code_will_be_needed(connection: Connection, actor: Actor, study_id: int) -> bool:
    """Whether the next signature of this session needs the code; the signing itself decides again."""
    enrolled = connection.execute(_ENROLLED, {"account_id": actor.account_id}).scalar() is not None
    signed = connection.execute(_SIGNED, {"session_id": actor.session_id}).scalar() is not None
    part = connection.execute(_NEWEST, {"study_id": study_id}).scalar()
    asks = part is not None and study_in(part).conduct.second_factor
    return code_is_needed(asks, enrolled, signed)
