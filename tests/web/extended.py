"""A lot whose date was extended in every country, for tests of pages: kits at sites and depots wait for labels."""

from datetime import date

from irt.blinding.roles import Role
from irt.services.change_expiry import ChangeExpiry, ExpiryChanged, change_expiry
from tests.cast import signing
from tests.web.parcels import house_of
from tests.web.world import World

LATER = date(2028, 6, 30)


def extended(world: World, *countries: str, to: date = LATER) -> ExpiryChanged:
    """The qualified person signs a later date for the lot, to be labelled in these countries; GB is the sites'."""
    ask = ChangeExpiry(
        study_id=world.study_id,
        lot="L1",
        expiry=to,
        countries=list(countries or ("GB", "NL")),
        reason="Re-test",
        signing=signing(),
    )
    return house_of(world).do(Role.QUALIFIED_PERSON, change_expiry, ask)
