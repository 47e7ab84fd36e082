"""Pages about one study: which one a person means where the address names none, and what they may do there."""

from collections.abc import Mapping

from irt.blinding.roles import Permission
from irt.errors import BadInput
from web.blinded.desk import Desk


def study_of(desk: Desk, *permissions: Permission) -> int | None:
    """The study chosen, else the only one where the person may do one of these; None: they choose first."""
    if desk.who.study_id is not None:
        return desk.who.study_id
    actor = desk.who.actor
    studies = {
        place.study_id
        for place in desk.who.places
        if any(actor.grant_for(permission, place.study_id, None) for permission in permissions)
    }
    return studies.pop() if len(studies) == 1 else None


def may(desk: Desk, permission: Permission, study_id: int) -> bool:
    """Whether the person may do this in the whole study."""
    return desk.who.actor.grant_for(permission, study_id, None) is not None


def study_in(data: Mapping[str, str]) -> int:
    """The study that a form for a file is about; BadInput where it does not say."""
    number = data.get("study", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise BadInput("The form was not complete. Nothing was taken. Reload the page and try again.")
    return int(number)
