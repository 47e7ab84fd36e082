"""The delegation log of a site, and its two acts."""

from irt.blinding.roles import Permission
from irt.reads.blinded_delegation import DelegationLog, delegation_log
from irt.reads.blinded_sites import not_found, sites_reached
from irt.services.delegate_tasks import delegate_tasks, end_delegation
from web.api.operations import Caller, Now, Number, Records, StudyId, command, question


@question(
    "/studies/{study_id:int}/sites/{number:str}/delegation", Permission.VIEW_DELEGATION, "A site's delegation log"
)
def show_delegation(study_id: StudyId, number: Number, caller: Caller, store: Records, now: Now) -> DelegationLog:
    """Every line, the site's people, and what to look at."""
    with store.reading() as connection:
        reached = sites_reached(connection, caller, Permission.VIEW_DELEGATION)
        found = next((one for one in reached if (one.study_id, one.site) == (study_id, number)), None)
        if found is None:
            raise not_found("site")
        caller.require(Permission.VIEW_DELEGATION, study_id, found.site_id)
        return delegation_log(connection, found.site_id, now, found.today(now))


OPERATIONS = (
    show_delegation,
    command(
        "/delegations/delegate",
        delegate_tasks,
        Permission.DELEGATE_TASKS,
        "Delegate tasks at a site",
        {
            "study_id": 1,
            "site_id": 14,
            "account_id": 7,
            "tasks": ["dispense", "receive"],
            "starts_on": "2026-03-02",
            "signing": {"password": "the investigator's password", "code": "123456"},
        },
    ),
    command(
        "/delegations/end",
        end_delegation,
        Permission.DELEGATE_TASKS,
        "Take delegated tasks back",
        {"study_id": 1, "delegation_id": 3, "reason": "Left the site"},
    ),
)
