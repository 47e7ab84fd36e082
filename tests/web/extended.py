"""A lot whose date was changed, for tests of pages: extended, so that kits at sites and depots wait for labels."""

from datetime import date

from irt.blinding.roles import Role
from irt.services.change_expiry import ChangeExpiry, ExpiryChanged, change_expiry
from tests.cast import signing
from tests.web.parcels import house_of
from tests.web.world import World

LATER = date(2028, 6, 30)


def extended(world: World) -> ExpiryChanged:
    """The qualified person signs a later date for the lot, to be labelled where its sites and depots are."""
    return dated(world, LATER, "GB", "NL")


def dated(world: World, day: date, *countries: str) -> ExpiryChanged:
    """The lot's new date."""
    ask = ChangeExpiry(
        study_id=world.study_id,
        lot="L1",
        expiry=day,
        countries=list(countries),
        reason="Re-test",
        signing=signing(),
    )
    return house_of(world).do(Role.QUALIFIED_PERSON, change_expiry, ask)
