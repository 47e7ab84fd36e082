"""Monitoring over the API: what is new and open at each site of the monitor, and the visit that is signed."""

from dataclasses import dataclass
from datetime import date

from irt.blinding.roles import Permission
from irt.reads.blinded_monitoring import monitored_sites
from irt.reads.blinded_sites import sites_reached
from irt.services.record_monitoring import record_monitoring
from web.api.operations import Caller, Now, Records, StudyId, command, question


@dataclass(frozen=True)
class MonitoredShown:
    """A site: its id and number, the last visit, and counts by name; `new_…` are since that visit."""

    site_id: int
    site: str
    last_visit_on: date | None
    last_visit_by: str
    figures: dict[str, int]


@dataclass(frozen=True)
class MonitoringShown:
    """Sites of the token's owner in a study."""

    items: tuple[MonitoredShown, ...]


@question("/studies/{study_id:int}/monitoring", Permission.RECORD_MONITORING, "What is new and open at one's sites")
def show_monitoring(study_id: StudyId, caller: Caller, store: Records, now: Now) -> MonitoringShown:
    """Counts of each site that the monitor reaches, by number."""
    with store.reading() as connection:
        reached = sites_reached(connection, caller, Permission.RECORD_MONITORING)
        found = monitored_sites(connection, [one for one in reached if one.study_id == study_id], now)
    return MonitoringShown(
        tuple(
            MonitoredShown(
                one.site.site_id,
                one.site.site,
                one.last.on_day if one.last else None,
                one.last.person if one.last else "",
                dict(one.figures),
            )
            for one in found
        )
    )


OPERATIONS = (
    show_monitoring,
    command(
        "/monitoring/record",
        record_monitoring,
        Permission.RECORD_MONITORING,
        "Record a monitoring visit, signed",
        {
            "study_id": 1,
            "site_id": 2,
            "on_day": "2026-03-02",
            "verified": "Accountability of all returned kits; consent forms of new subjects",
            "signing": {"password": "the owner's password", "code": "123456"},
        },
    ),
)
