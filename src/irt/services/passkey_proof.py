"""Questions to passkeys, and the proof that an answer fits: each question once, within minutes, for one purpose."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, RowMapping, bindparam, select, update

from irt.reads.passkeys import OWN_PASSKEYS
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.passkey import Passkey, PasskeyChallenge

LIFE = timedelta(minutes=5)
REGISTER, SIGN_IN, SIGNATURE = "register", "sign_in", "signature"
_BYTES = 32

_KEYS, _ASKED = table_of(Passkey), table_of(PasskeyChallenge)
_OPEN = (
    select(_ASKED)
    .where(
        _ASKED.c.session_id == bindparam("session_id"),
        _ASKED.c.purpose == SIGNATURE,
        _ASKED.c.used_at.is_(None),
        _ASKED.c.made_at > bindparam("since"),
    )
    .order_by(_ASKED.c.id.desc())
    .limit(1)
)


def new_challenge(work: Work, account_id: int, purpose: str, context: str) -> bytes:
    """A fresh question, on record until it is answered."""
    challenge = work.store.entropy(_BYTES)
    work.append(
        PasskeyChallenge,
        account_id=account_id,
        purpose=purpose,
        context=context,
        session_id=work.actor.session_id,
        challenge=base64url(challenge),
        made_at=work.at,
    )
    return challenge


def use_challenge(work: Work, account_id: int, purpose: str, context: str, answer: str) -> bytes | None:
    """The question that an answer is to, used up; None where it was never asked so, was used, or is too old."""
    asked = _challenge_in(answer)
    if asked is None:
        return None
    used = work.connection.execute(
        update(_ASKED)
        .where(
            _ASKED.c.challenge == asked,
            _ASKED.c.account_id == account_id,
            _ASKED.c.purpose == purpose,
            _ASKED.c.context == context,
            _ASKED.c.used_at.is_(None),
            _ASKED.c.made_at > work.at - LIFE,
        )
        .values(used_at=work.at)
        .returning(_ASKED.c.id)
    )
    return from_base64url(asked) if used.first() is not None else None


def passkey_fits(work: Work, account_id: int, purpose: str, context: str, answer: str) -> bool:
    """Whether one of the person's passkeys answered this very question, its holder verified by the device."""
    from webauthn import verify_authentication_response  # noqa: PLC0415 - heavy; most commands need none
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415 - heavy; most commands need none

    challenge = use_challenge(work, account_id, purpose, context, answer)
    named, own = _id_in(answer), work.rows(OWN_PASSKEYS, account_id=account_id)
    key = next((one for one in own if one["credential_id"] == named), None)
    if challenge is None or key is None:
        return False
    try:
        proved = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=urlsplit(key["origin"]).hostname or "",
            expected_origin=key["origin"],
            credential_public_key=from_base64url(key["public_key"]),
            credential_current_sign_count=key["sign_count"],
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return False
    work.run(
        update(_KEYS).where(_KEYS.c.id == key["id"]).values(sign_count=proved.new_sign_count, last_used_at=work.at)
    )
    return True


def question_for(work: Work, account_id: int, challenge: bytes) -> str:
    """What the browser asks the device, as JSON; an empty list of keys where the person has none."""
    return _options(work.rows(OWN_PASSKEYS, account_id=account_id), challenge)


def open_question(connection: Connection, account_id: int, session_id: int | None, now: datetime) -> str | None:
    """The newest question that a signature of this session waits for, as JSON."""
    asked = {"session_id": session_id, "since": now - LIFE}
    row = connection.execute(_OPEN, asked).mappings().first()
    if row is None:
        return None
    keys = connection.execute(OWN_PASSKEYS, {"account_id": account_id}).mappings().all()
    return _options(keys, from_base64url(row["challenge"]))


def _options(keys: Sequence[RowMapping], challenge: bytes) -> str:
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415 - heavy; most commands need none
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement  # noqa: PLC0415 - heavy; most commands need none

    known = [PublicKeyCredentialDescriptor(id=from_base64url(key["credential_id"])) for key in keys]
    options = generate_authentication_options(
        rp_id=next((urlsplit(key["origin"]).hostname or "" for key in keys), "nowhere.invalid"),
        challenge=challenge,
        allow_credentials=known,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def base64url(plain: bytes) -> str:
    """As keys and questions are written."""
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def from_base64url(written: str) -> bytes:
    """The bytes; ValueError where it is not written so."""
    return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))


def _id_in(answer: str) -> str:
    told = _read(answer)
    return str(told.get("id", "")) if isinstance(told, dict) else ""


def _challenge_in(answer: str) -> str | None:
    """The question inside the answer, as the device wrote it down; what it signed is examined later."""
    told = _read(answer)
    try:
        written = json.loads(from_base64url(told["response"]["clientDataJSON"]))
        return str(written["challenge"])
    except (KeyError, TypeError, ValueError):
        return None


def _read(answer: str) -> Any:
    try:
        return json.loads(answer)
    except ValueError:
        return None
