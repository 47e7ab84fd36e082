"""Who may sign, refuse or withdraw each step of a lot's route."""

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.states.release import ReleaseStepKind

SIGNED_WITH: dict[ReleaseStepKind, Permission] = {
    ReleaseStepKind.QP_CERTIFICATION: Permission.RELEASE_LOT,
    ReleaseStepKind.QUALITY_RELEASE: Permission.DECIDE_QUALITY,
    ReleaseStepKind.IMPORT_RELEASE: Permission.DECIDE_QUALITY,
    ReleaseStepKind.COUNTRY_APPROVAL: Permission.APPROVE_COUNTRY,
    ReleaseStepKind.RELEASE_TO_TRIAL: Permission.RELEASE_TO_TRIAL,
}
"""Step -> what its signer may do."""

ROUTE_PERMISSIONS = tuple(dict.fromkeys(SIGNED_WITH.values()))
"""Whoever has one of these has a part in some route."""


def require_part(actor: Actor, study_id: int) -> Permission:
    """A permission by which the actor has a part in some route; NotAllowed where there is none."""
    held = (each for each in ROUTE_PERMISSIONS if actor.grant_for(each, study_id, None))
    in_scope = (each for each in held if actor.scopes is None or each in actor.scopes)
    permission = next(in_scope, Permission.RELEASE_LOT)
    actor.require(permission, study_id)
    return permission
