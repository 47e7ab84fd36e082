"""The fields that name a role and its place, as forms of several pages send them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from irt.blinding.roles import Role
from irt.errors import BadInput
from irt.reads.named import NamedStudy, depot_named, every_study, site_named
from irt.services.grant_role import WantedRole
from irt.states.table import words
from web.blinded.desk import Desk
from web.blinded.people import managed_studies
from web.blinded.typed import reason_in, whole_in

ROLES_TO_CHOOSE = tuple((str(role), words(role)) for role in Role)
"""Every role, with its words."""


def role_in(desk: Desk, data: Mapping[str, str]) -> WantedRole:
    """The role as typed; BadInput or NotFound where something is missing or leads nowhere."""
    role, reason = data.get("role", ""), reason_in(data)
    if role not in list(Role):
        raise BadInput("The role is missing. Nothing was granted. Choose one.")
    country = data.get("country", "").strip().upper() or None
    ask = WantedRole(role=Role(role), ends_at=_end(data.get("ends_on", "")), reason=reason, country=country)
    site, depot = data.get("site", "").strip(), data.get("depot", "").strip()
    if not data.get("study"):
        if country or site or depot:
            raise BadInput("A site or depot is one of a study. Nothing was granted. Choose the study.")
        return ask
    with desk.store.reading() as connection:
        study = _study(every_study(connection), whole_in(data["study"], "the study"))
        ask.study_id = study.id
        ask.site_id = site_named(connection, study, site) if site else None
        ask.depot_id = depot_named(connection, study, depot) if depot else None
    return ask


def studies_to_choose(desk: Desk) -> tuple[tuple[str, str], ...]:
    """The studies whose roles the reader may give, by number and words."""
    managed = managed_studies(desk.who.actor)
    with desk.store.reading() as connection:
        studies = [one for one in every_study(connection) if None in managed or one.id in managed]
    return tuple((str(one.id), one.words) for one in studies)


def _study(studies: list[NamedStudy], study_id: int) -> NamedStudy:
    found = next((study for study in studies if study.id == study_id), None)
    if found is None:
        raise BadInput("There is no such study. Nothing was granted. Choose one from the list.")
    return found


def _end(typed: str) -> datetime | None:
    """The role ends when that day begins, in UTC."""
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=UTC)
    except ValueError:
        raise BadInput(f"'{typed}' is not a day. Nothing was granted. Choose it from the calendar.") from None
