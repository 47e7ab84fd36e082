"""Every role belongs to one audience, and nobody blinded to an unblinded one."""

import pytest

from irt.blinding.audience import Audience, audience_of
from irt.blinding.roles import SEES, DataClass, Role


@pytest.mark.parametrize("role", sorted(Role))
def test_the_audience_of_a_role(role: Role) -> None:
    """Unblinded notices reach only those who see supply by type, lists or arms by their role."""
    unblinded = SEES[role] & {DataClass.SUPPLY_BY_TYPE, DataClass.LISTS, DataClass.ARM}
    expected = Audience.UNBLINDED if unblinded else Audience.BLINDED
    named = {Role.UNBLINDED_PHARMACIST: Audience.UNBLINDED_PHARMACIST, Role.SAFETY: Audience.SAFETY}
    assert audience_of(role) == named.get(role, expected)
