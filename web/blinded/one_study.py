"""Pages about one study: which one a person means."""

from irt.blinding.roles import Permission
from web.blinded.desk import Desk


def study_of(desk: Desk, permission: Permission) -> int | None:
    """The study chosen, or the only one where the person may do this; None: they choose first."""
    if desk.who.study_id is not None:
        return desk.who.study_id
    actor = desk.who.actor
    places = [place for place in desk.who.places if actor.grant_for(permission, place.study_id, None)]
    studies = {place.study_id for place in places}
    return studies.pop() if len(studies) == 1 else None
