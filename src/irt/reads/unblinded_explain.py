"""Why a site is sent what, and why not, by kit type: asked of today's facts, nothing is booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.reads.asking import Asking
from irt.reads.inventory import network_view
from irt.reads.regional import regional_view
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_network import subjects_by_site
from irt.reads.unblinded_supply import is_small
from irt.states.records import SiteStatus
from irt.states.table import words
from irt.study.definition import StudyDefinition
from irt.supply.calendar import is_review_day
from irt.supply.explanation import Explanation, TypeReason, explained
from irt.supply.planner import ProposedShipment, ResupplyPlanner
from irt.supply.planners import planner_of, settings_of
from irt.tables.columns import table_of
from irt.tables.study import Site

_SITES = table_of(Site)
_MAIN = _SITES.alias("main")
_STATUS = (
    select(_SITES.c.status, _MAIN.c.number.label("main"))
    .outerjoin(_MAIN, _MAIN.c.id == _SITES.c.main_site_id)
    .where(_SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("number"))
)


@dataclass(frozen=True)
class SiteReasons(UnblindedView):
    """A site on a day; `explanation` is None where the site is not supplied at all.

    `grouped`: it has too few subjects for kit types to be shown.
    """

    site: str
    grouped: bool
    day: date
    not_supplied: str
    reviewed: bool
    explanation: Explanation | None

    @property
    def rows(self) -> tuple[TypeReason, ...]:
        """What is told of each kit type; nothing where the site has too few subjects."""
        return () if self.grouped or self.explanation is None else self.explanation.types


def site_reasons(connection: Connection, study_id: int, number: str, now: datetime) -> SiteReasons:
    """Today's reasons; NotFound where the study has no such site."""
    found = connection.execute(_STATUS, {"study_id": study_id, "number": number}).first()
    if found is None:
        raise NotFound(f"Site {number} is not a site of this study. Check the number.")
    day = now.date()
    if found.main is not None:
        why = f"The site is a satellite: no depot sends to it, site {found.main} supplies it from its own stock."
        return SiteReasons(number, True, day, why, False, None)
    if found.status != SiteStatus.ACTIVE:
        state = words(SiteStatus(found.status)).lower()
        return SiteReasons(number, True, day, f"The site is {state}: nothing is sent to it.", False, None)
    definition = definition_in_force(connection, study_id)
    network = network_view(connection, Asking(study_id, definition, day, now, number))
    return SiteReasons(
        site=number,
        grouped=is_small(definition, subjects_by_site(connection, study_id).get(number, 0)),
        day=day,
        not_supplied="",
        reviewed=is_review_day(day, definition.resupply.review_days),
        explanation=explained(network, network.sites[0], day, definition),
    )


def depot_reasons(connection: Connection, study_id: int, code: str, now: datetime) -> SiteReasons:
    """Today's reasons of a regional depot; BadInput where no other depot keeps it up to levels."""
    day, definition = now.date(), definition_in_force(connection, study_id)
    asking = Asking(study_id, definition, day, now)
    regional = regional_view(connection, asking, network_view(connection, asking), code)
    return SiteReasons(
        site=code,
        grouped=False,
        day=day,
        not_supplied="",
        reviewed=is_review_day(day, definition.resupply.review_days),
        explanation=explained(regional, regional.sites[0], day, definition),
    )


def small_sites(connection: Connection, study_id: int, numbers: Sequence[str]) -> frozenset[str]:
    """Those of the sites that have too few subjects for kit types to be shown."""
    definition, subjects = definition_in_force(connection, study_id), subjects_by_site(connection, study_id)
    return frozenset(number for number in numbers if is_small(definition, subjects.get(number, 0)))


@dataclass(frozen=True, slots=True)
class Proposals:
    """What a run would propose: to sites, and to regional depots with what those hold now."""

    definition: StudyDefinition
    to_sites: Sequence[ProposedShipment]
    to_depots: Sequence[ProposedShipment]


def proposals_today(
    connection: Connection,
    study_id: int,
    planner: ResupplyPlanner,
    now: datetime,
    site: str | None = None,
    depot: str | None = None,
) -> Proposals:
    """What a run would propose now, for one site or one regional depot if named; nothing is booked."""
    definition, day = definition_in_force(connection, study_id), now.date()
    chosen, settings = planner_of(definition, planner), settings_of(definition)
    asking = Asking(study_id, definition, day, now, site)
    network = network_view(connection, asking)
    to_sites = [] if depot else chosen.plan(network, day, settings)
    to_depots: Sequence[ProposedShipment] = ()
    if depot is not None or (network.regional and site is None):
        to_depots = chosen.plan(regional_view(connection, asking, network, depot), day, settings)
    return Proposals(definition, to_sites, to_depots)
