"""Controlled drugs: places with their licences and registers, discrepancies, and the forms about both."""

from dataclasses import dataclass

from irt.blinding.roles import Permission
from irt.reads.blinded_register import (
    ControlledPlace,
    OpenDiscrepancy,
    Register,
    controlled_places,
    discrepancies_of,
    register_of,
)
from irt.services.propose_licence import propose_licence
from irt.services.report_discrepancy import report_discrepancy
from web.api.operations import Caller, Now, Number, Records, StudyId, command, question

_SIGNING = {"password": "the owner's password", "code": "123456"}


@dataclass(frozen=True)
class ControlledShown:
    """Places with controlled drugs, and kits that were not where the record had them, newest first."""

    items: tuple[ControlledPlace, ...]
    discrepancies: tuple[OpenDiscrepancy, ...]


@question("/studies/{study_id:int}/controlled", Permission.VIEW_STOCK, "Controlled drugs at the sites of the token")
def list_controlled(study_id: StudyId, caller: Caller, store: Records, now: Now) -> ControlledShown:
    """Sites, and depots where the owner works, with licence and balance by product."""
    caller.require(Permission.VIEW_STOCK, study_id, _site(caller, study_id))
    with store.reading() as connection:
        found = controlled_places(connection, caller, now.date())
        places = tuple(place for place in found if place.study_id == study_id)
        return ControlledShown(places, discrepancies_of(connection, places, now))


@question(
    "/studies/{study_id:int}/controlled/sites/{site:str}/{group:str}",
    Permission.VIEW_STOCK,
    "The register of a controlled drug at a site",
)
def show_register(
    study_id: StudyId, site: Number, group: Number, caller: Caller, store: Records, now: Now
) -> Register:
    """Every movement in or out with the balance after it, oldest first."""
    with store.reading() as connection:
        return register_of(connection, caller, study_id, "site", site, group, now.date())


def _site(caller: Caller, study_id: int) -> int | None:
    """One of the owner's sites in the study, if the owner works at sites."""
    return next((g.site_id for g in caller.grants if g.study_id == study_id and g.site_id is not None), None)


OPERATIONS = (
    list_controlled,
    show_register,
    command(
        "/controlled/licences/propose",
        propose_licence,
        Permission.ACTIVATE_SITE,
        "Propose the licence of a depot or site for controlled drugs",
        {
            "study_id": 1,
            "site": "1014",
            "number": "CD-2231",
            "valid_until": "2027-12-31",
            "effective_from": "2026-03-02",
            "reason": "Inspected in February",
        },
    ),
    command(
        "/controlled/discrepancies/report",
        report_discrepancy,
        Permission.COUNT_STOCK,
        "Report a kit of a controlled drug that was not where the record had it",
        {
            "study_id": 1,
            "movement_id": 1201,
            "happened": "The seal of the box was broken",
            "told_to": "Home Office, CD-12",
            "signing": _SIGNING,
        },
    ),
)
