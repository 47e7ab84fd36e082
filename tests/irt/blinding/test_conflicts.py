"""Blinded and unblinded never meet in one person and one study."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.blinding.conflicts import (
    BLINDED_ROLES,
    NEUTRAL_ROLES,
    HeldRole,
    RolesConflict,
    Side,
    conflict,
    matrix,
    refuse_conflict,
    side_of,
)
from irt.blinding.roles import UNBLINDED_ROLES, Role

ROLES = sorted(Role)


def kind(role: Role) -> str:
    """On which side a role stands."""
    return "neutral" if role in NEUTRAL_ROLES else "unblinded" if role in UNBLINDED_ROLES else "blinded"


def test_every_role_stands_on_one_side() -> None:
    """Three sets, no overlap, nothing left out."""
    assert frozenset(Role) == BLINDED_ROLES | UNBLINDED_ROLES | NEUTRAL_ROLES
    assert len(BLINDED_ROLES) + len(UNBLINDED_ROLES) + len(NEUTRAL_ROLES) == len(Role)


@pytest.mark.parametrize("held", ROLES)
@pytest.mark.parametrize("wanted", ROLES)
def test_the_grid_of_two_roles_in_one_study(held: Role, wanted: Role) -> None:
    """Exactly the pairs of one blinded and one unblinded role are refused."""
    found = conflict([HeldRole(held, 1, 7)], HeldRole(wanted, 1, 7))
    assert (found is not None) is ({kind(held), kind(wanted)} == {"blinded", "unblinded"})


@pytest.mark.parametrize(
    ("held", "wanted", "refused"),
    [
        ((1, 7), (1, 7), True),
        ((1, 7), (1, 8), False),
        ((1, None), (1, 8), True),
        ((1, None), (2, 9), False),
        ((None, None), (2, 9), True),
        ((1, 7), (1, None), True),
        ((1, 7), (2, None), False),
        ((1, 7), (None, None), True),
        ((1, None), (2, None), False),
    ],
)
def test_a_conflict_needs_a_common_study(
    held: tuple[int | None, int | None], wanted: tuple[int | None, int | None], refused: bool
) -> None:
    """(sponsor, study); None reaches all."""
    found = conflict([HeldRole(Role.SUPPLY_MANAGER, *held)], HeldRole(Role.COORDINATOR, *wanted))
    assert (found is not None) is refused


@settings(deadline=None)
@given(st.lists(st.builds(HeldRole, st.sampled_from(ROLES), st.just(1), st.integers(1, 3)), max_size=12))
def test_no_sequence_of_grants_makes_one_person_both(wanted: list[HeldRole]) -> None:
    """Granting whatever is not refused never leaves both sides in one study."""
    history: list[HeldRole] = []
    for grant in wanted:
        if conflict(history, grant) is None:
            history.append(grant)
    for study in (1, 2, 3):
        sides = {kind(grant.role) for grant in history if grant.study_id == study}
        assert not {"blinded", "unblinded"} <= sides


def test_the_matrix_is_what_is_refused() -> None:
    """Pair by pair, whichever role came first; neutral roles exclude nothing."""
    for one, excluded in matrix().items():
        refused = {wanted for wanted in Role if conflict([HeldRole(one, 1, 7)], HeldRole(wanted, 1, 7))}
        assert excluded == refused
        assert all(one in matrix()[other] for other in excluded)
        assert bool(excluded) is (side_of(one) is not Side.NEUTRAL)


def test_the_refusal_names_the_earlier_role() -> None:
    """And says what to do instead."""
    with pytest.raises(RolesConflict, match=r"'Pharmacist' in this study.*Give the role to another person"):
        refuse_conflict([HeldRole(Role.PHARMACIST, 1, 7)], HeldRole(Role.UNBLINDED_STATISTICIAN, 1, 7))
