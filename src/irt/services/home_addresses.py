"""Subjects' addresses: sealed under a key of the subject's own, opened for one carrier, erased with the key.

Nothing else reads these tables, and an address is in no answer that is kept, no audit value and no message.
"""

import base64

from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.site_kits import need_reason
from irt.services.subjects import audit_subject, lock_subject, refusals_concern
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.home_address import HomeAddress, HomeAddressKey

ADDRESS_CHARACTERS_MAX = 500
_KEY_BYTES = 32


class RecordAddress(SQLModel):
    """Where a subject gets kits, as a parcel is addressed; it leaves this request sealed or not at all."""

    study_id: int
    subject: str
    address: SecretStr = Field(exclude=True)


class EraseAddress(SQLModel):
    """The subject's address is to be unreadable for ever."""

    study_id: int
    subject: str
    reason: str = Field(min_length=1)


class AddressKept(SQLModel):
    """Whether an address of the subject can still be read by a carrier; never the address."""

    study_id: int
    subject: str
    on_record: bool


class NoAddress(Refusal):
    """Nobody recorded where the subject lives, or it was erased."""

    def __init__(self) -> None:
        super().__init__(
            "No address of this subject is on record, or it was erased. Nothing was booked. "
            "Ask the site to record one."
        )


def record_address(work: Work, ask: RecordAddress) -> AddressKept:
    """Seals the address under the subject's key, which is made with the first address."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.RECORD_ADDRESS)
    with refusals_concern(subject.about("address")):
        written = ask.address.get_secret_value().strip()
        if not written or len(written) > ADDRESS_CHARACTERS_MAX:
            raise BadInput(
                f"Enter the address, in at most {ADDRESS_CHARACTERS_MAX} characters. Nothing was booked."
            )
    key_id, key = _key_of(work, subject.id) or _new_key(work, subject.owner, subject.id)
    sealed = Fernet(key).encrypt(written.encode()).decode()
    work.append(HomeAddress, **subject.owner, key_id=key_id, sealed=sealed, at=work.at)
    audit_subject(work, subject, "address_recorded")
    return AddressKept(study_id=ask.study_id, subject=subject.number, on_record=True)


def erase_address(work: Work, ask: EraseAddress) -> AddressKept:
    """Destroys the subject's key: what is sealed with it stays, and nobody can read it."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.RECORD_ADDRESS)
    with refusals_concern(subject.about("erasure")):
        reason = need_reason(ask.reason)
        if _key_of(work, subject.id) is None:
            raise NoAddress
    work.run(_DESTROY, {"of_subject": subject.id, "at": work.at})
    audit_subject(work, subject, "address_erased", reason=reason)
    return AddressKept(study_id=ask.study_id, subject=subject.number, on_record=False)


_KEYS, _ADDRESSES = table_of(HomeAddressKey), table_of(HomeAddress)
_KEY = select(_KEYS.c.id, _KEYS.c.sealed_key).where(
    _KEYS.c.subject_id == bindparam("subject_id"), _KEYS.c.destroyed_at.is_(None)
)
_LATEST = (
    select(_ADDRESSES.c.sealed)
    .where(_ADDRESSES.c.key_id == bindparam("key_id"))
    .order_by(_ADDRESSES.c.id.desc())
    .limit(1)
)
_DESTROY = (
    update(_KEYS)
    .where(_KEYS.c.subject_id == bindparam("of_subject"), _KEYS.c.destroyed_at.is_(None))
    .values(sealed_key=None, destroyed_at=bindparam("at"))
)


def require_address(work: Work, subject_id: int) -> None:
    """NoAddress where nothing could be shown to a carrier."""
    if _key_of(work, subject_id) is None:
        raise NoAddress


def open_address(work: Work, subject_id: int) -> str:
    """The address in the clear: for the carrier at the door alone, who is written down by the caller."""
    found = _key_of(work, subject_id)
    if found is None:
        raise NoAddress
    key_id, key = found
    sealed = work.one("address", _LATEST, key_id=key_id)["sealed"]
    return Fernet(key).decrypt(sealed.encode()).decode()


def _key_of(work: Work, subject_id: int) -> tuple[int, bytes] | None:
    row = work.row(_KEY, subject_id=subject_id)
    return None if row is None else (row["id"], work.store.seal.open(row["sealed_key"]))


def _new_key(work: Work, owner: dict[str, int], subject_id: int) -> tuple[int, bytes]:
    key = base64.urlsafe_b64encode(work.store.entropy(_KEY_BYTES))
    key_id = work.record(HomeAddressKey, **owner, subject_id=subject_id, sealed_key=work.store.seal.close(key))
    return key_id, key
