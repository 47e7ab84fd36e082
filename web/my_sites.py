"""The sites that a page is about: all that a person's roles reach, or the one place they chose."""

from collections.abc import Sequence

from sqlalchemy import Connection

from irt.blinding.roles import Permission
from irt.errors import NotAllowed
from irt.reads.blinded_sites import WorkSite, sites_reached
from web.session import Who

SITES_AT_ONCE = 25
"""More sites than this are not shown on one page: a person chooses one first."""


def sites_of(connection: Connection, who: Who, permission: Permission) -> tuple[WorkSite, ...]:
    """The sites where the person may do this, within the place chosen; NotAllowed where there is none at all."""
    reached = sites_reached(connection, who.actor, permission)
    if not reached:
        raise NotAllowed("Your role cannot do this. Ask the study coordinator.")
    return tuple(site for site in reached if _chosen(who, site))


def _chosen(who: Who, site: WorkSite) -> bool:
    return who.study_id in (None, site.study_id) and who.site_id in (None, site.site_id)


def studies_of(sites: Sequence[WorkSite]) -> tuple[tuple[str, str], ...]:
    """The studies to choose from, by name, as a filter needs them."""
    return tuple(sorted({(str(site.study_id), site.study) for site in sites}, key=lambda pair: pair[::-1]))
