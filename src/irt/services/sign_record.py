"""Signing a record: the person proves who they are in the very request that books the record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr
from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.audit.chain import canonical
from irt.audit.signature import Component, Meaning, code_is_needed, record_hash
from irt.blinding.actor import Grant
from irt.errors import Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.credentials import Purpose, account_by_id, has_second_factor, note_attempt, standing_of
from irt.services.passkey_proof import SIGNATURE, new_challenge, passkey_fits
from irt.services.passwords import password_matches
from irt.services.refusals import RecordedRefusal
from irt.services.second_factor import take_code
from irt.services.work import Work
from irt.states.records import VersionStatus
from irt.tables.columns import table_of
from irt.tables.people import SignedInSession
from irt.tables.record import Signature
from irt.tables.study import Study, StudyVersion


class Signing(SQLModel):
    """What a person types to sign; held in memory for one request and left out of every dump."""

    password: SecretStr = Field(exclude=True)
    code: SecretStr | None = Field(default=None, exclude=True)
    passkey: SecretStr | None = Field(
        default=None, exclude=True, description="the answer of a passkey; `ask`: the question is wanted first"
    )


@dataclass(frozen=True, slots=True)
class Signable:
    """The record as it is signed. Where `content` depends on a treatment, no blinded page may show the hash."""

    meaning: Meaning
    record_kind: str
    record: str
    content: Mapping[str, Any]
    study_id: int | None = None
    site_id: int | None = None
    zone: str = "UTC"

    @property
    def hash(self) -> str:
        """The hash the signature is bound to."""
        return record_hash(self.record_kind, self.record, self.content)


class SecondFactorMissing(Refusal):
    """The study asks for six-digit codes, and the person has no device yet."""

    status_code = 403


class PasswordNotOwn(Refusal):
    """Somebody else set the password: a signature with it would prove nothing (P11-22)."""

    status_code = 403


class PasskeyWanted(RecordedRefusal):
    """The record stands and would be signed: now the passkey is asked about its hash. Nothing was booked yet."""

    def __init__(self, account: RowMapping, signable: Signable) -> None:
        super().__init__("Your passkey is asked for. Nothing was signed yet.")
        self.account = account
        self.signable = signable

    def record(self, work: Work) -> None:
        """The question, bound to the record's hash."""
        if self.account["passkeys_since"] is None:
            self.sentence = "You have no passkey here. Nothing was signed. Use the code, or make a passkey."
            self.args = (self.sentence,)
        else:
            new_challenge(work, self.account["id"], SIGNATURE, self.signable.hash)
        work.audit(_entry(self.signable, "passkey_question", {"meaning": self.signable.meaning}))


class SigningRefused(RecordedRefusal):
    """The details do not match. The record was not booked; the attempt was, and counts."""

    status_code = 403

    def __init__(self, username: str, signable: Signable, sentence: str) -> None:
        super().__init__(sentence)
        self.username = username
        self.signable = signable

    def record(self, work: Work) -> None:
        """One failed attempt, in the sign-in record and in the audit trail."""
        note_attempt(work, self.username, False, Purpose.SIGNATURE, f"session {work.actor.session_id or '-'}")
        self.sentence = standing_of(work, self.username).sentence + " Nothing was signed."
        self.args = (self.sentence,)
        work.audit(_entry(self.signable, "signature_refused", {"meaning": self.signable.meaning}))


ASK = "ask"
_SESSIONS, _VERSIONS, _STUDIES = table_of(SignedInSession), table_of(StudyVersion), table_of(Study)
_SIGNED_BEFORE = select(_SESSIONS.c.signed_at).where(_SESSIONS.c.id == bindparam("session_id"))
_CONDUCT = (
    select(_VERSIONS.c.public_part)
    .where(_VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.status != VersionStatus.DRAFT)
    .order_by(_VERSIONS.c.number.desc())
    .limit(1)
)
_SPONSOR = select(_STUDIES.c.sponsor_id).where(_STUDIES.c.id == bindparam("study_id"))


def sign_record(work: Work, signing: Signing, signable: Signable, grant: Grant) -> int:
    """Signs inside the caller's transaction and gives the signature's id.

    `grant` is the one that allowed the act: its role is printed. Call it before kits are locked. Raises
    SigningRefused where the details do not match; then the caller's whole transaction is rolled back.
    """
    account = account_by_id(work, work.actor.account_id)
    before = _signed_before(work)
    needs_code = code_is_needed(_study_asks(work, signable), _enrolled(account), before)
    component = prove_identity(work, account, signing, signable, needs_code)
    if work.actor.session_id is not None and not before:
        _remember_signing(work, work.actor.session_id)
    return write_signature(work, account, signable, grant, component)


def prove_identity(
    work: Work, account: RowMapping, signing: Signing, signable: Signable, needs_code: bool
) -> Component:
    """Checks password and, where needed or given, the code; says which were used (P11-19)."""
    username = str(account["username"])
    if account["password_temporary"]:
        raise PasswordNotOwn("Your password was set by somebody else. Nothing was signed. Choose your own first.")
    if needs_code and not _enrolled(account):
        raise SecondFactorMissing(
            "This study asks for a six-digit code. Nothing was signed. Set up a device first."
        )
    stands = standing_of(work, username)
    matches = password_matches(account["password_hash"], signing.password)
    if matches and stands.paused_until is None and _wants_question(signing):
        raise PasskeyWanted(account, signable)
    if not matches or stands.paused_until is not None or not _proved(work, account, signing, signable, needs_code):
        raise SigningRefused(username, signable, stands.sentence)
    note_attempt(work, username, True, Purpose.SIGNATURE, f"session {work.actor.session_id or '-'}")
    if signing.passkey is not None:
        return Component.PASSWORD_AND_PASSKEY
    with_code = account["second_factor_confirmed_at"] is not None and signing.code is not None
    return Component.PASSWORD_AND_CODE if with_code else Component.PASSWORD


def code_asked(work: Work, signable: Signable, account: RowMapping) -> bool:
    """Whether somebody who signs without a session of their own has to type the six-digit code."""
    return code_is_needed(_study_asks(work, signable), _enrolled(account), False)


def write_signature(
    work: Work,
    account: RowMapping,
    signable: Signable,
    grant: Grant,
    component: Component,
    *,
    witness: str = "",
) -> int:
    """Appends the signature and its line in the audit trail; `witness`: who signs beside the person who acts."""
    signature_id = work.record(
        Signature,
        sponsor_id=_sponsor(work, signable),
        study_id=signable.study_id,
        account_id=account["id"],
        printed_name=account["printed_name"],
        role=grant.role,
        meaning=signable.meaning,
        record_kind=signable.record_kind,
        record=signable.record,
        record_hash=signable.hash,
        components=component,
        at=work.at,
    )
    # The hash of a kit list or of a restricted part follows from treatments: it stands in the second chain,
    # together with what was signed, so that the signature can be verified for as long as the trail is kept.
    new = {"meaning": signable.meaning, "signature": signature_id}
    secret = {"record_hash": signable.hash, "content": json.loads(canonical(signable.content))}
    if witness:
        seen_by = {"witness": witness, "witness_account": account["id"]}
        work.audit(_entry(signable, "record_witnessed", {**new, **seen_by}, secret))
    else:
        work.audit(_entry(signable, "record_signed", new, secret))
    return signature_id


def _enrolled(account: RowMapping) -> bool:
    return has_second_factor(account)


def _wants_question(signing: Signing) -> bool:
    return signing.passkey is not None and signing.passkey.get_secret_value() == ASK


def _proved(work: Work, account: RowMapping, signing: Signing, signable: Signable, needs_code: bool) -> bool:
    """What is given beside the password must be right, also where nothing is needed.

    A passkey answers the question that was made of this record's hash: its answer to another is none.
    """
    if signing.passkey is not None:
        answer = signing.passkey.get_secret_value()
        return passkey_fits(work, account["id"], SIGNATURE, signable.hash, answer)
    if signing.code is None or account["second_factor_confirmed_at"] is None:
        return not needs_code
    return take_code(work, account, signing.code)


def _signed_before(work: Work) -> bool:
    session_id = work.actor.session_id
    found = None if session_id is None else work.row(_SIGNED_BEFORE, session_id=session_id)
    return found is not None and found["signed_at"] is not None


def _remember_signing(work: Work, session_id: int) -> None:
    work.run(update(_SESSIONS).where(_SESSIONS.c.id == session_id).values(signed_at=work.at))


def _study_asks(work: Work, signable: Signable) -> bool:
    """Whether the newest approved version of the study wants codes; conduct is in its public part."""
    found = None if signable.study_id is None else work.row(_CONDUCT, study_id=signable.study_id)
    return bool(found and found["public_part"].get("conduct", {}).get("second_factor", False))


def _sponsor(work: Work, signable: Signable) -> int | None:
    found = None if signable.study_id is None else work.row(_SPONSOR, study_id=signable.study_id)
    return None if found is None else int(found["sponsor_id"])


def _entry(signable: Signable, act: str, new: dict[str, Any], secret: dict[str, Any] | None = None) -> AuditDraft:
    return AuditDraft(
        act=act,
        record_kind=signable.record_kind,
        record=signable.record,
        study_id=signable.study_id,
        site_id=signable.site_id,
        zone=signable.zone,
        new=new,
        secret=secret,
    )
