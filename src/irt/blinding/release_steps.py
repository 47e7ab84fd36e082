"""Who may sign, refuse or withdraw each step of a lot's route."""

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
