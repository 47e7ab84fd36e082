"""A witness signs beside the person who acts: another person of the same place, in the very same request."""

from collections.abc import Iterable

from pydantic import SecretStr
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.blinding.two_persons import refuse_same_person
from irt.errors import Refusal
from irt.services.credentials import account_named, attempt_name, standing_of
from irt.services.sessions import load_actor
from irt.services.sign_record import Signable, Signing, SigningRefused, code_asked, prove_identity, write_signature
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.tables.controlled import WitnessedKit

OWN_WITNESS = "You cannot be the witness of your own act. Nothing was booked. Ask a colleague to sign beside you."


class Witnessing(SQLModel):
    """What the witness types; held in memory for one request and left out of every dump."""

    username: str = Field(default="", exclude=True)
    password: SecretStr = Field(exclude=True)
    code: SecretStr | None = Field(default=None, exclude=True)


class WitnessMissing(Refusal):
    """A controlled drug is moved by two people."""

    status_code = 403

    def __init__(self) -> None:
        super().__init__(
            "Kits of a controlled drug are moved by two people. Nothing was booked. "
            "Ask a colleague to sign as witness."
        )


class WitnessNotAllowed(Refusal):
    """The witness has no part in this place."""

    status_code = 403


def sign_as_witness(
    work: Work, witness: Witnessing | None, signable: Signable, permission: Permission, place: str
) -> int:
    """The witness's signature; WitnessMissing, SamePerson, WitnessNotAllowed or SigningRefused where there is none.

    `permission` is what somebody must be allowed here, in words `place`, to be a witness. Call it before kits are
    locked.
    """
    if witness is None or not witness.username.strip():
        raise WitnessMissing
    account = account_named(work, witness.username)
    if account is None or account["disabled_at"] is not None:
        name = attempt_name(account, witness.username)
        raise SigningRefused(name, signable, standing_of(work, name).sentence)
    refuse_same_person(account["id"], work.actor.account_id, OWN_WITNESS)
    actor = load_actor(work.connection, account["id"], account["printed_name"], work.at)
    signing = Signing(password=witness.password, code=witness.code)
    component = prove_identity(work, account, signing, signable, code_asked(work, signable, account))
    grant = actor.grant_for(permission, signable.study_id, signable.site_id)
    if grant is None:
        raise WitnessNotAllowed(
            f"{account['printed_name']} has no part in {place} and cannot be the witness. Nothing was booked. "
            "Ask somebody who works there."
        )
    return write_signature(work, account, signable, grant, component, witness=str(account["printed_name"]))


def note_witness(
    work: Work, owner: dict[str, int], kit_ids: Iterable[int], event: KitEvent, signature_id: int
) -> None:
    """Writes which kits the witness saw move."""
    facts = {**owner, "event": event, "signature_id": signature_id, "at": work.at}
    work.record_all(WitnessedKit, ({**facts, "kit_id": kit_id} for kit_id in kit_ids))
