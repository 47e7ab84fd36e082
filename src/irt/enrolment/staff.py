"""Who acts in a run: people of a site, a depot, supply and quality, at every place of the study."""

from dataclasses import dataclass

from pydantic import SecretStr

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role


@dataclass(frozen=True, slots=True)
class Staff:
    """The actors of a run; each acts only in the roles of its place, and signs with the run's password."""

    site: Actor
    investigator: Actor
    supply: Actor
    depot: Actor
    quality: Actor
    password: SecretStr


def acting(account_id: int, name: str, *roles: Role) -> Actor:
    """An account in these roles, everywhere."""
    return Actor(account_id, name, tuple(Grant(role) for role in roles))
