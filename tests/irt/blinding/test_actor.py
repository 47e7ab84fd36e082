"""Who may do what where, and what lies out of somebody's reach altogether."""

import pytest

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Permission, Role
from irt.errors import NotAllowed, OutOfReach

AT_SITE = Grant(Role.PHARMACIST, study_id=1, site_id=10)
IN_STUDY = Grant(Role.INSPECTOR, study_id=1)
EVERYWHERE = Grant(Role.ADMINISTRATOR)


def _person(*grants: Grant, scopes: frozenset[str] | None = None) -> Actor:
    return Actor(1, "Ines Marek", grants, scopes)


@pytest.mark.parametrize(
    ("grants", "study_id", "site_id", "reached"),
    [
        ((), 1, 10, False),
        ((AT_SITE,), 1, 10, True),
        ((AT_SITE,), 1, None, True),
        ((AT_SITE,), 1, 11, False),
        ((AT_SITE,), 2, 10, False),
        ((AT_SITE,), None, None, False),
        ((IN_STUDY,), 1, 11, True),
        ((IN_STUDY,), 2, None, False),
        ((EVERYWHERE,), 2, 11, True),
        ((EVERYWHERE,), None, None, True),
        ((AT_SITE, IN_STUDY), 1, 11, True),
    ],
)
def test_reach_is_a_matter_of_place_alone(
    grants: tuple[Grant, ...], study_id: int | None, site_id: int | None, reached: bool
) -> None:
    """Whatever the role allows there."""
    assert _person(*grants).reaches(study_id, site_id) is reached


@pytest.mark.parametrize(
    ("study_id", "site_id", "refusal"), [(1, 10, NotAllowed), (1, 11, OutOfReach), (2, None, OutOfReach)]
)
def test_a_refusal_tells_what_is_out_of_reach(
    study_id: int, site_id: int | None, refusal: type[NotAllowed]
) -> None:
    """A pharmacist breaks no code at the own site; another site is none of theirs; the words are the same."""
    with pytest.raises(NotAllowed) as refused:
        _person(AT_SITE).require(Permission.BREAK_CODE, study_id, site_id)
    assert type(refused.value) is refusal
    assert refused.value.sentence == "Your role cannot do this. Ask the study coordinator."


def test_the_grant_that_allows_an_act_is_given() -> None:
    """Its role is what a signature prints."""
    assert _person(IN_STUDY, AT_SITE).require(Permission.DISPENSE, 1, 10) is AT_SITE


@pytest.mark.parametrize(
    ("scopes", "allowed"), [(None, True), (frozenset({"dispense"}), True), (frozenset({"screen"}), False)]
)
def test_scopes_narrow_what_roles_allow(scopes: frozenset[str] | None, allowed: bool) -> None:
    """Only tokens have scopes."""
    person = _person(AT_SITE, scopes=scopes)
    if allowed:
        assert person.require(Permission.DISPENSE, 1, 10) is AT_SITE
    else:
        with pytest.raises(NotAllowed, match="token"):
            person.require(Permission.DISPENSE, 1, 10)


@pytest.mark.parametrize(
    ("grant", "whole"),
    [
        (Grant(Role.INSPECTOR, study_id=1), True),
        (Grant(Role.INSPECTOR), True),
        (Grant(Role.PHARMACIST, study_id=1, site_id=2), False),
        (Grant(Role.MONITOR, study_id=1), True),
    ],
)
def test_a_role_at_some_sites_is_not_one_in_the_whole_study(grant: Grant, whole: bool) -> None:
    """Reading history is asked for: a pharmacist reads that of the site, and of nothing else."""
    actor = Actor(1, "somebody", (grant,))
    assert actor.require(Permission.VIEW_AUDIT, 1) == grant
    if whole:
        assert actor.require_whole(Permission.VIEW_AUDIT, 1) == grant
    else:
        with pytest.raises(NotAllowed, match="about the whole study"):
            actor.require_whole(Permission.VIEW_AUDIT, 1)
