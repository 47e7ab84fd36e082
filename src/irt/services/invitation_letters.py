"""The letter of an invitation, and its link, which only this installation's seal key can make."""

import hashlib
import hmac
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.blinding.invitations import InvitationState, state_of
from irt.reads.addressees import Addressee
from irt.services.letters import NoticeHeld, envelope
from irt.services.seal import Seal
from irt.tables.columns import table_of
from irt.tables.invitation import Invitation
from irt.tables.people import Account

_PURPOSE = "invitation"
_SUBJECT = "An invitation to a trial's system"

_INVITATIONS, _ACCOUNTS = table_of(Invitation), table_of(Account)
_INVITED = (
    select(_INVITATIONS, _ACCOUNTS.c.printed_name.label("invited_by"))
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _INVITATIONS.c.invited_by_id)
    .where(_INVITATIONS.c.public_id == bindparam("public_id"))
)


def token_of(seal: Seal, public_id: str) -> str:
    """What the link carries: whoever reads the database alone cannot make it."""
    key = seal.derived_key(_PURPOSE).encode()
    return f"{public_id}-{hmac.new(key, public_id.encode(), hashlib.sha256).hexdigest()}"


def invited_by_token(seal: Seal, token: str) -> str | None:
    """The invitation's public id; None where this installation never made the token."""
    public_id = token.partition("-")[0]
    return public_id if hmac.compare_digest(token_of(seal, public_id).encode(), token.encode()) else None


def link_of(address: str, seal: Seal, public_id: str) -> str:
    """The whole link; empty where the installation does not know its own address."""
    return f"{address}/invitation/{token_of(seal, public_id)}" if address else ""


def invitation_letters(
    connection: Connection, message: RowMapping, sender: str, link: str, now: datetime
) -> list[EmailMessage]:
    """The one letter, none once the invitation is over; NoticeHeld where no link can be made."""
    if not link:
        raise NoticeHeld("IRT_ADDRESS does not say where people find the pages. The invitation waits. Set it.")
    row = connection.execute(_INVITED, {"public_id": message["body"]["invitation"]}).mappings().one()
    if state_of(row["accepted_at"], row["withdrawn_at"], row["expires_at"], now) is not InvitationState.OPEN:
        return []
    # Letters go astray: this one names neither study nor role nor place.
    text = (
        f"Good day,\n\n{row['invited_by']} invites you to work in a trial's system. You choose your own user name "
        f"and password there:\n\n{link}\n\nThe link opens once, until {row['expires_at']:%d %b %Y, %H:%M} UTC. It "
        "is meant for you alone: do not pass it on. If you expected nothing of the kind, do nothing."
    )
    return [envelope(message, sender, Addressee(0, "", row["email"]), _SUBJECT, text)]
