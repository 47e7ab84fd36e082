"""Passkeys as second factor: made by a person at their own device, several if they wish, and taken away again."""

from datetime import datetime
from urllib.parse import urlsplit

from pydantic import SecretStr
from sqlalchemy import RowMapping, bindparam, func, select, update
from sqlmodel import Field, SQLModel
from webauthn import (
    base64url_to_bytes,
    generate_registration_options,
    options_to_json,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from irt.errors import BadInput, NotFound, Refusal
from irt.reads.passkeys import OWN_PASSKEYS
from irt.services.accounts import WrongPassword
from irt.services.audit_draft import AuditDraft
from irt.services.credentials import lock_account, standing_of
from irt.services.passkey_proof import REGISTER, new_challenge, use_challenge
from irt.services.passwords import password_matches
from irt.services.sign_out import end_sessions
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.passkey import Passkey
from irt.tables.people import Account, SignedInSession

NAME = "IRT"
PASSKEYS_MAX = 10


class AskForPasskey(SQLModel):
    """A wish to make a passkey at this address of ours; the password is asked for again."""

    origin: str
    password: SecretStr = Field(exclude=True)


class PasskeyAsked(SQLModel):
    """What the browser is to ask the device for, as JSON."""

    options: str


class RegisterPasskey(SQLModel):
    """The device's answer, and the person's own word for the device."""

    origin: str
    label: str = Field(min_length=1, max_length=60)
    answer: SecretStr = Field(exclude=True)


class RemovePasskey(SQLModel):
    """One's own passkey that must not open anything any more."""

    passkey_id: int
    password: SecretStr = Field(exclude=True)


class PasskeyChanged(SQLModel):
    """The passkey, made or taken away."""

    passkey_id: int


class PasskeyRefused(Refusal):
    """What the device answered does not fit the question."""

    status_code = 403


_KEYS, _ACCOUNTS, _SESSIONS = table_of(Passkey), table_of(Account), table_of(SignedInSession)
_KNOWN = select(func.count().label("n")).where(_KEYS.c.credential_id == bindparam("credential_id"))


def ask_for_passkey(work: Work, ask: AskForPasskey) -> PasskeyAsked:
    """Makes the question of a registration; a device that is here already is not asked twice."""
    account = _known(work, ask.password)
    own = work.rows(OWN_PASSKEYS, account_id=account["id"])
    if len(own) >= PASSKEYS_MAX:
        raise BadInput(f"You have {PASSKEYS_MAX} passkeys. Nothing was made. Remove one first.")
    challenge = new_challenge(work, account["id"], REGISTER, ask.origin)
    options = generate_registration_options(
        rp_id=rp_of(ask.origin),
        rp_name=NAME,
        user_name=str(account["username"]),
        user_display_name=str(account["printed_name"]),
        user_id=f"irt-{account['id']}".encode(),
        challenge=challenge,
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(key["credential_id"])) for key in own
        ],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    _audit(work, "passkey_asked", account["username"], None)
    return PasskeyAsked(options=options_to_json(options))


def register_passkey(work: Work, ask: RegisterPasskey) -> PasskeyChanged:
    """Keeps the key; from now on signing in asks for it (or for the six-digit code). Other sessions end."""
    account = lock_account(work, work.actor.account_id)
    answer = ask.answer.get_secret_value()
    challenge = use_challenge(work, account["id"], REGISTER, ask.origin, answer)
    try:
        if challenge is None:
            raise PasskeyRefused(_UNFIT)
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=rp_of(ask.origin),
            expected_origin=ask.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        raise PasskeyRefused(_UNFIT) from None
    credential_id = bytes_to_base64url(made.credential_id)
    if work.one("count", _KNOWN, credential_id=credential_id)["n"]:
        raise PasskeyRefused("This passkey was made here before. Nothing was kept. Make another one.")
    passkey_id = work.record(
        Passkey,
        account_id=account["id"],
        credential_id=credential_id,
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        origin=ask.origin,
        label=ask.label.strip(),
        created_at=work.at,
    )
    if account["passkeys_since"] is None:
        _since(work, account["id"], work.at)
    end_sessions(work, account["id"], but=work.actor.session_id)
    # The device has just answered in this session: it has its second factor.
    work.run(
        update(_SESSIONS).where(_SESSIONS.c.id == (work.actor.session_id or 0)).values(second_factor_at=work.at)
    )
    _audit(work, "passkey_registered", account["username"], ask.label)
    return PasskeyChanged(passkey_id=passkey_id)


def remove_passkey(work: Work, ask: RemovePasskey) -> PasskeyChanged:
    """Takes one's own passkey away; with the last one, signing in asks for no passkey any more."""
    account = _known(work, ask.password)
    own = {key["id"]: key for key in work.rows(OWN_PASSKEYS, account_id=account["id"])}
    if ask.passkey_id not in own:
        raise NotFound("No such passkey. Check the list.")
    work.run(update(_KEYS).where(_KEYS.c.id == ask.passkey_id).values(removed_at=work.at))
    if len(own) == 1:
        _since(work, account["id"], None)
    _audit(work, "passkey_removed", account["username"], own[ask.passkey_id]["label"])
    return PasskeyChanged(passkey_id=ask.passkey_id)


def forget_passkeys(work: Work, account_id: int) -> int:
    """Takes every passkey of a person away, as when their devices are lost; how many there were."""
    own = work.rows(OWN_PASSKEYS, account_id=account_id)
    work.run(
        update(_KEYS)
        .where(_KEYS.c.account_id == account_id, _KEYS.c.removed_at.is_(None))
        .values(removed_at=work.at)
    )
    _since(work, account_id, None)
    return len(own)


def rp_of(origin: str) -> str:
    """The name a passkey belongs to: the host of the address. BadInput where the installation has none."""
    host = urlsplit(origin).hostname
    if not host:
        raise BadInput("This installation does not know its own address: it has no passkeys. Use six-digit codes.")
    return host


_UNFIT = "The device's answer does not fit. Nothing was kept. Begin again."


def _known(work: Work, password: SecretStr) -> RowMapping:
    account = lock_account(work, work.actor.account_id)
    username = str(account["username"])
    paused = standing_of(work, username).paused_until is not None
    if paused or not password_matches(account["password_hash"], password):
        raise WrongPassword(username, "These details do not match. Nothing was changed. Try again.")
    return account


def _since(work: Work, account_id: int, since: datetime | None) -> None:
    work.run(update(_ACCOUNTS).where(_ACCOUNTS.c.id == account_id).values(passkeys_since=since))


def _audit(work: Work, act: str, username: str, label: str | None) -> None:
    new = None if label is None else {"label": label}
    work.audit(AuditDraft(act=act, record_kind="account", record=username, new=new))
