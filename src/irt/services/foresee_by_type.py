"""What an amendment would change by kit type, for unblinded people: nothing is booked."""

from datetime import datetime

from irt.blinding.actor import Actor
from irt.reads.amendment_facts import depots_by_id, every_site, kit_piles
from irt.reads.unblinded_impact import ImpactByType
from irt.services.foresee_amendment import amendment_of
from irt.services.foresee_orders import NIGHTS, orders_by_type, rule_of
from irt.services.foresee_sites import Amendment
from irt.services.store import Store
from irt.services.work import Work
from irt.study.impact import windows_impact


def foreseen_by_type(store: Store, actor: Actor, at: datetime, study_id: int, number: int) -> ImpactByType:
    """The unblinded edition for a page; whoever asks has seen to it that its reader is unblinded."""
    with store.reading_past_wall() as connection:
        work = Work(store, connection, actor, at)
        return impact_by_type(work, amendment_of(work, study_id, number))


def impact_by_type(work: Work, amendment: Amendment) -> ImpactByType:
    """The unblinded edition of kits and orders."""
    study_id, day = amendment.study_id, work.at.date()
    sites, depots = every_site(work.connection, study_id), depots_by_id(work.connection, study_id)
    piles = kit_piles(work.connection, study_id, sites, depots)
    return ImpactByType(
        study_id=study_id,
        number=amendment.number,
        follows=amendment.follows,
        day=day,
        windows=windows_impact(amendment.before, amendment.after, piles, day),
        rule=rule_of(amendment.after).name,
        nights=NIGHTS,
        orders=orders_by_type(work, amendment),
    )
