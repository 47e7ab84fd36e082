"""Choosing a subject's kits at the depot that sends them home: by the same rule as at a site."""

from collections.abc import Sequence
from datetime import timedelta

from irt.errors import IntegrityFault, Refusal
from irt.reads.candidates import candidates_to_send
from irt.reads.operational_data import lane_in_force
from irt.services.kit_chance import chance_for
from irt.services.move_kits import lock_kits
from irt.services.subjects import LockedSubject
from irt.services.supply_study import depot_ids, lock_row
from irt.services.work import Work
from irt.study.dispensing import KitNeed
from irt.study.network import HOME
from irt.study.schedule import treatment_days
from irt.supply.dispensing_window import dispensing_windows
from irt.supply.kit_selection import Choice, choose_kits


class StockChanged(Refusal):
    """A kit was taken or set apart in the very moment."""

    def __init__(self) -> None:
        super().__init__("The stock changed in this moment. Nothing was booked. Try again.")


def choose_at_depot(
    work: Work, subject: LockedSubject, visit: str, occurrence: int, needs: Sequence[KitNeed], of_visit: str
) -> tuple[int, Choice]:
    """The site's depot and the kits chosen there, locked; NoUsableKit where a need cannot be met in full.

    The study is locked, so that no other choice and no resupply takes the same kits.
    """
    definition, site = subject.definition, subject.site
    lock_row(work, subject.study_id)
    depot_id = site.depot_id
    kit_types = {need.kit_type for need in needs}
    if not kit_types:
        return depot_id, Choice((), {"needs": {}, "kits": []})
    # Kits whose day of dispensing is the delivery must still be good when they arrive.
    on_day = site.today(work.at) + timedelta(days=days_to_the_door(work, subject, visit))
    windows = dispensing_windows(definition, site.country, kit_types, treatment_days(definition, visit, occurrence))
    good_until = {kit_type: on_day + timedelta(days=days) for kit_type, days in windows.items()}
    candidates = candidates_to_send(
        work.connection, subject.study_id, depot_id, site.country, site.label_group, good_until
    )
    choice = choose_kits(candidates, needs, on_day, windows, chance_for(work, subject, of_visit))
    as_chosen = {kit.id: kit.state for kit in choice.chosen}
    if any(as_chosen[kit.id] != kit.state for kit in lock_kits(work, as_chosen)):
        raise StockChanged
    return depot_id, choice


def days_to_the_door(work: Work, subject: LockedSubject, visit: str) -> int:
    """Days on the way home that the kits of a visit must last too: by the lane last agreed, or the site's.

    None where they are given at the site, or where the day of release counts.
    """
    delivery, site = subject.definition.delivery, subject.site
    if delivery is None or not subject.definition.goes_home(visit) or delivery.recorded_on == "release":
        return 0
    if delivery.leaves_from_site(site.country):
        return delivery.site_lead_time_days
    depots = {depot_id: code for code, depot_id in depot_ids(work, subject.study_id).items()}
    lane = lane_in_force(work.connection, subject.study_id, depots[site.depot_id], HOME, site.today(work.at))
    if lane is None:
        raise IntegrityFault("no lane leads to homes from a depot that sends there")
    return int(lane["lead_time_days"])
