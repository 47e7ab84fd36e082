"""Why somebody cannot get in, as the help desk reads it: the account and its last attempts, no trial."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, or_, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.sign_in_rules import PAUSE, Standing, standing
from irt.blinding.views import BlindedView
from irt.tables.classes import without_keys
from irt.tables.columns import table_of
from irt.tables.people import Account, RoleGrant, SignInAttempt

ATTEMPTS_SHOWN = 20
LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Attempt(BlindedView):
    """One attempt to sign in or to sign."""

    at: datetime
    succeeded: bool
    purpose: str


@dataclass(frozen=True)
class SignInHelp(BlindedView):
    """One person's account, as far as it concerns getting in."""

    username: str
    printed_name: str
    locked: bool
    password_temporary: bool
    second_factor: bool
    roles_in_force: int
    standing: Standing
    attempts: tuple[Attempt, ...]


_ACCOUNTS, _GRANTS, _ATTEMPTS = table_of(Account), table_of(RoleGrant), table_of(SignInAttempt)
_ACCOUNT = select(*without_keys(_ACCOUNTS)).where(_ACCOUNTS.c.username == bindparam("username"))
_HELD = select(_GRANTS.c.study_id).where(
    _GRANTS.c.account_id == bindparam("account_id"),
    _GRANTS.c.starts_at <= bindparam("now"),
    or_(_GRANTS.c.ends_at.is_(None), _GRANTS.c.ends_at > bindparam("now")),
    _GRANTS.c.revoked_at.is_(None),
)
_TRIED = (
    select(_ATTEMPTS.c.at, _ATTEMPTS.c.succeeded, _ATTEMPTS.c.purpose)
    .where(_ATTEMPTS.c.username == bindparam("username"), _ATTEMPTS.c.at > bindparam("since"))
    .order_by(_ATTEMPTS.c.at.desc(), _ATTEMPTS.c.id.desc())
)


def sign_in_help(connection: Connection, actor: Actor, username: str, now: datetime) -> SignInHelp | None:
    """The person of that user name, where they work in a study of the help desk's; None for everybody else."""
    account = connection.execute(_ACCOUNT, {"username": username.strip().casefold()}).mappings().first()
    if account is None:
        return None
    asked = {"account_id": account["id"], "now": now}
    studies = list(connection.execute(_HELD, asked).scalars())
    if not any(_helps(actor, study_id) for study_id in (*studies, None)):
        return None
    since = now - LOOKED_BACK
    tried = connection.execute(_TRIED, {"username": account["username"], "since": since}).all()
    # The rule that pauses an account: a right password alone, before its code, is no success.
    counted = [(row.at, row.succeeded) for row in reversed(tried) if row.purpose != "first_step"]
    recent = [pair for pair in counted if pair[0] > now - 2 * PAUSE]
    return SignInHelp(
        username=account["username"],
        printed_name=account["printed_name"],
        locked=account["disabled_at"] is not None,
        password_temporary=account["password_temporary"],
        second_factor=account["second_factor_confirmed_at"] is not None or account["passkeys_since"] is not None,
        roles_in_force=len(studies),
        standing=standing(recent, now),
        attempts=tuple(Attempt(row.at, row.succeeded, row.purpose) for row in tried[:ATTEMPTS_SHOWN]),
    )


def _helps(actor: Actor, study_id: int | None) -> bool:
    """A help desk of the whole installation helps everybody; one of a study, the people of that study."""
    return actor.grant_for(Permission.HELP_PEOPLE, study_id, None) is not None
