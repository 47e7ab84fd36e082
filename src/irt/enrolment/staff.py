"""Who acts in a run: the installation itself in the roles of a site, a depot and supply."""

from dataclasses import dataclass

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.services.bootstrap import system_actor
from irt.services.store import Store


@dataclass(frozen=True, slots=True)
class Staff:
    """The actors of a run; each acts only in the roles of its place."""

    site: Actor
    supply: Actor
    depot: Actor
    quality: Actor


def staff_of(store: Store) -> Staff:
    """The installation's own account in each place's roles."""
    with store.reading() as connection:
        return Staff(
            site=system_actor(connection, Role.COORDINATOR, Role.PHARMACIST, Role.INVESTIGATOR),
            supply=system_actor(connection, Role.SUPPLY_MANAGER),
            depot=system_actor(connection, Role.DEPOT, Role.COORDINATOR),
            quality=system_actor(connection, Role.QUALIFIED_PERSON),
        )


def acting(account_id: int, name: str, *roles: Role) -> Actor:
    """An account in these roles, everywhere."""
    return Actor(account_id, name, tuple(Grant(role) for role in roles))
