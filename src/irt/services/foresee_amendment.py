"""What an amendment would change, from live data, before anybody signs: nothing is booked."""

from datetime import datetime

from irt.blinding.actor import Actor
from irt.errors import BadInput, NotFound
from irt.reads.amendment_facts import depots_by_id, every_site, stock_by_look
from irt.reads.blinded_impact import AmendmentImpact, LookImpact, kept_impact, require_whole_impact
from irt.reads.blinded_versions import versions_of
from irt.services.foresee_orders import NIGHTS, orders_by_look, rule_of
from irt.services.foresee_sites import Amendment, sites_and_version, told
from irt.services.holdings import holdings
from irt.services.store import Store
from irt.services.studies import definition_of
from irt.services.study_versions import FIRST_VERSION, newest_of, version_before
from irt.services.work import Work
from irt.study.amendment import obstacles
from irt.study.blinded import blinded_study
from irt.study.definition import StudyDefinition
from irt.study.impact import looks_changed


def amendment_of(work: Work, study_id: int, number: int) -> Amendment:
    """A version and the one that it follows; NotFound for the first, and where there is none."""
    follows = version_before(work, study_id, number)
    if follows is None or number > newest_of(work, study_id)["number"]:
        raise NotFound(f"The study has no amendment with the number {number}. Check the number.")
    before, after = definition_of(work, study_id, follows), definition_of(work, study_id, number)
    return Amendment(study_id, number, follows, before, after)


def amendment_by(work: Work, study_id: int, after: StudyDefinition) -> Amendment:
    """A file that might become the next version; BadInput where it is of another study."""
    number = int(newest_of(work, study_id)["number"]) + 1
    follows = version_before(work, study_id, number) or FIRST_VERSION
    before = definition_of(work, study_id, follows)
    if before.study.protocol != after.study.protocol:
        raise BadInput(f"The file is of {after.study.protocol}. Nothing was compared. Choose a file of this study.")
    return Amendment(study_id, number, follows, before, after)


def foreseen(store: Store, actor: Actor, at: datetime, study_id: int, number: int) -> AmendmentImpact:
    """The blinded edition for a page. It looks past the wall: levels are secret, their sums by look are not."""
    with store.reading_past_wall() as connection:
        work = Work(store, connection, actor, at)
        return impact_of(work, amendment_of(work, study_id, number))


def impact_read(
    store: Store, actor: Actor, at: datetime, study_id: int, number: int, *, today: bool
) -> tuple[AmendmentImpact, bool]:
    """For whoever may read it: what was kept with the approval, or what is found today, and whether it was kept."""
    with store.reading() as connection:
        known = {one.number for one in versions_of(connection, actor, study_id) if one.follows}
        require_whole_impact(actor, study_id)
        if number not in known:
            raise NotFound(f"The study has no amendment {number} that you can read. Check the number.")
        kept = None if today else kept_impact(connection, study_id, number)
    return (kept, True) if kept else (foreseen(store, actor, at, study_id, number), False)


def impact_of(work: Work, amendment: Amendment) -> AmendmentImpact:
    """The blinded edition: sites, subjects by count, kits by look, orders by look."""
    study_id = amendment.study_id
    sites = every_site(work.connection, study_id)
    stock = stock_by_look(work.connection, study_id, sites, depots_by_id(work.connection, study_id))
    before, after = blinded_study(amendment.before), blinded_study(amendment.after)
    found = obstacles(amendment.before, amendment.after, holdings(work, study_id))
    return AmendmentImpact(
        study_id=study_id,
        number=amendment.number,
        follows=amendment.follows,
        day=work.at.date(),
        obstacles=told(found),
        sites=sites_and_version(work, amendment, sites),
        looks=tuple(
            LookImpact(one.blinding_group, one.name, one.changes, stock.get(one.blinding_group, ()))
            for one in looks_changed(before, after)
        ),
        rule=rule_of(amendment.after).name,
        nights=NIGHTS,
        orders=orders_by_look(work, amendment),
    )
