"""Where somebody of a depot works: the studies whose shipments they fulfil, and their depots in each."""

from irt.blinding.roles import Permission
from irt.errors import NotAllowed
from web.blinded.desk import Desk


def studies_fulfilled(desk: Desk) -> list[int]:
    """Studies whose shipments the person fulfils, the one chosen alone where one is."""
    grants = [g for g in desk.who.actor.grants if g.covers(Permission.FULFIL_SHIPMENT, g.study_id, g.site_id)]
    if not grants:
        raise NotAllowed("Your role cannot do this. Ask the study coordinator.")
    everywhere = any(grant.study_id is None for grant in grants)
    studies = {place.study_id for place in desk.who.places} if everywhere else {g.study_id for g in grants}
    return sorted(s for s in studies if s is not None and desk.who.study_id in (None, s))


def depots_worked_at(desk: Desk, study_id: int) -> list[int] | None:
    """The depots of the study where the person works; None: all of them."""
    grants = [g for g in desk.who.actor.grants if g.covers(Permission.FULFIL_SHIPMENT, study_id, None)]
    if not grants:
        raise NotAllowed("Your role cannot do this. Ask the study coordinator.")
    depots = [grant.depot_id for grant in grants]
    return None if None in depots else [depot for depot in depots if depot is not None]
