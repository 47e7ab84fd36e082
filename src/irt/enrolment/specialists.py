"""People whom only some studies ask for: signers of routes, second persons, a witness, a pharmacist."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.enrolment.prepare import Preparers, hired
from irt.enrolment.staff import Specialists, Staff
from irt.services.bootstrap import system_actor
from irt.services.controlled_drugs import schedules_anywhere
from irt.services.grant_role import GrantRole, grant_role
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.states.release import ReleaseStepKind, step_words
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.study import Depot, Site

_SIGNS = {
    ReleaseStepKind.QP_CERTIFICATION: Role.QUALIFIED_PERSON,
    ReleaseStepKind.QUALITY_RELEASE: Role.QUALITY,
    ReleaseStepKind.IMPORT_RELEASE: Role.QUALITY,
    ReleaseStepKind.COUNTRY_APPROVAL: Role.QUALITY,
    ReleaseStepKind.RELEASE_TO_TRIAL: Role.SUPPLY_MANAGER,
}
"""Who signs a step; each step has a person of its own."""
WITNESS = "Witness"
_ACCOUNTS, _SITES, _DEPOTS = table_of(Account), table_of(Site), table_of(Depot)


def with_specialists(
    staff: Staff, store: Store, who: Preparers, at: datetime, study_id: int, definition: StudyDefinition
) -> Staff:
    """The staff of a loaded study, and with them whoever else it asks for."""

    def hire(name: str, *roles: Role) -> Actor:
        return hired(store, who, at, name, *roles)

    kinds = sorted({step.kind for route in definition.release_routes for step in route.in_order})
    controlled = bool(schedules_anywhere(definition))
    more = Specialists(
        signers={kind: hire(f"Signer of {step_words(kind)}", _SIGNS[kind]) for kind in kinds},
        second_at_depot=hire("Depot second person", Role.DEPOT) if definition.labels.just_in_time else None,
        second_in_supply=hire("Supply second person", Role.SUPPLY_MANAGER) if controlled else None,
        pharmacist=hire("Unblinded pharmacist", Role.UNBLINDED_PHARMACIST) if _prepares(definition) else None,
        witness=_witness(store, hire(WITNESS), at, study_id) if controlled else "",
    )
    return replace(staff, specialists=more)


def _prepares(definition: StudyDefinition) -> bool:
    return any(group.preparation for group in definition.blinding_groups)


def _witness(store: Store, witness: Actor, at: datetime, study_id: int) -> str:
    """A witness signs as whom the installation knows, so the roles are granted for good; the user name."""
    with store.reading() as connection:
        administrator = system_actor(connection, Role.ADMINISTRATOR)
        name = connection.execute(select(_ACCOUNTS.c.username).where(_ACCOUNTS.c.id == witness.account_id))
        username = str(name.scalar_one())
        sites = connection.execute(select(_SITES.c.id).where(_SITES.c.study_id == study_id)).scalars().all()
        depots = connection.execute(select(_DEPOTS.c.id).where(_DEPOTS.c.study_id == study_id)).scalars().all()
    for number, place in enumerate(_places([*sites], [*depots])):
        ask = GrantRole(account_id=witness.account_id, study_id=study_id, reason="Witness of a run", **place)
        perform(store, administrator, at, grant_role, ask, f"run:{study_id}:witness:{number}")
    return username


def _places(sites: list[int], depots: list[int]) -> Iterator[dict[str, Any]]:
    for site in sites:
        yield {"role": Role.COORDINATOR, "site_id": site}
    for depot in depots:
        yield {"role": Role.DEPOT, "depot_id": depot}
