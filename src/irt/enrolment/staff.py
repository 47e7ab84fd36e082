"""Who acts in a run: people of a site, a depot, supply and quality, at every place of the study."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.errors import IntegrityFault
from irt.services.sign_record import Signing
from irt.services.witness import Witnessing
from irt.states.release import ReleaseStepKind


@dataclass(frozen=True, slots=True)
class Specialists:
    """People whom only some studies ask for; nobody where the study does not."""

    signers: Mapping[ReleaseStepKind, Actor] = field(default_factory=dict)
    second_at_depot: Actor | None = None
    second_in_supply: Actor | None = None
    pharmacist: Actor | None = None
    witness: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """The actors of a run; each acts only in the roles of its place, and signs with the run's password."""

    site: Actor
    investigator: Actor
    supply: Actor
    depot: Actor
    quality: Actor
    password: SecretStr
    specialists: Specialists = Specialists()

    def signing(self) -> Signing:
        """What anybody of them types to sign."""
        return Signing(password=self.password)

    def witnessing(self) -> Witnessing | None:
        """What the witness types, where the study has controlled drugs."""
        username = self.specialists.witness
        return Witnessing(username=username, password=self.password) if username else None


def present(somebody: Actor | None) -> Actor:
    """Whom a study asks for; IntegrityFault where nobody was hired."""
    if somebody is None:
        raise IntegrityFault("the study asks for a person who is not in this run")
    return somebody


def acting(account_id: int, name: str, *roles: Role) -> Actor:
    """An account in these roles, everywhere."""
    return Actor(account_id, name, tuple(Grant(role) for role in roles))
