"""What an amendment changes over the API: by look for roles in the whole study, by kit type for unblinded ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from litestar.params import PathParameter

from irt.blinding.roles import DataClass, Permission
from irt.reads.blinded_impact import AmendmentImpact, SiteImpact
from irt.services.foresee_amendment import impact_read
from irt.services.foresee_by_type import foreseen_by_type
from irt.study.impact import WindowImpact
from irt.supply.orders_ahead import OrdersDiffer
from web.api.limits import NUMBER_MAX
from web.api.operations import Caller, Now, Records, StudyId, question, unblinded_question
from web.api.readings import write_down

_ROOM = "/studies/{study_id:int}/versions/{version:int}/impact"
_SHOWN = frozenset({DataClass.SUPPLY_BY_TYPE, DataClass.LISTS})
Version = Annotated[int, PathParameter(ge=1, le=NUMBER_MAX, description="The version's number in its study.")]


@dataclass(frozen=True)
class KitsOnDay:
    """So many kits that would leave on a day."""

    day: date
    kits: int


@dataclass(frozen=True)
class OrdersShown:
    """Orders for one site, or parcels to the homes of a country, that are not the same under both versions.

    `what`: the kit as it looks, or its type.
    """

    site: str
    what: str
    before: tuple[KitsOnDay, ...]
    after: tuple[KitsOnDay, ...]


@dataclass(frozen=True)
class StockShown:
    """Kits of one look at one place."""

    place: str
    kits: int


@dataclass(frozen=True)
class LookShown:
    """Kits that look alike, what changes for them in words, and where they are in stock."""

    blinding_group: str
    name: str
    changes: tuple[str, ...]
    places: tuple[StockShown, ...]


@dataclass(frozen=True)
class ImpactShown:
    """One amendment; `hash` is what its approval signs as `impact`. `kept`: as its approver read it.

    `orders`: of so many `nights`, by the `rule`; null where kits depend on more than their look.
    """

    version: int
    follows: int
    day: date
    hash: str
    kept: bool
    subjects: int
    changed: int
    obstacles: tuple[str, ...]
    sites: tuple[SiteImpact, ...]
    looks: tuple[LookShown, ...]
    rule: str
    nights: int
    orders: tuple[OrdersShown, ...] | None


@dataclass(frozen=True)
class ImpactByTypeShown:
    """The same amendment by kit type: kits whose windows close or open, and orders that would differ."""

    version: int
    follows: int
    day: date
    windows: tuple[WindowImpact, ...]
    rule: str
    nights: int
    orders: tuple[OrdersShown, ...]


@question(_ROOM, Permission.VIEW_STUDY_LIFE, "What an amendment changes")
def show_impact(
    study_id: StudyId, version: Version, caller: Caller, store: Records, now: Now, today: bool = False
) -> ImpactShown:
    """Subjects by site in counts, sites, kits and orders by look; as it was approved, or as of today."""
    caller.require(Permission.VIEW_STUDY_LIFE, study_id)
    found, kept = impact_read(store, caller, now, study_id, version, today=today)
    return _shown(found, kept=kept)


@unblinded_question(
    f"{_ROOM}/by-type", Permission.VIEW_IMPACT_BY_TYPE, _SHOWN, "What an amendment changes, by kit type"
)
def show_impact_by_type(
    study_id: StudyId, version: Version, caller: Caller, store: Records, now: Now
) -> ImpactByTypeShown:
    """Kits in stock by type and place that its windows before expiry touch, and orders of the nights to come."""
    found = foreseen_by_type(store, caller, now, study_id, version)
    what, rows = f"impact of version {version} by kit type", len(found.windows) + len(found.orders)
    write_down(store, caller, now, study_id, what, rows, permission=Permission.VIEW_IMPACT_BY_TYPE)
    return ImpactByTypeShown(
        version=found.number,
        follows=found.follows,
        day=found.day,
        windows=found.windows,
        rule=found.rule,
        nights=found.nights,
        orders=_orders(found.orders),
    )


def _shown(found: AmendmentImpact, *, kept: bool) -> ImpactShown:
    return ImpactShown(
        version=found.number,
        follows=found.follows,
        day=found.day,
        hash=found.hash,
        kept=kept,
        subjects=found.subjects,
        changed=found.changed,
        obstacles=found.obstacles,
        sites=found.sites,
        looks=tuple(
            LookShown(one.blinding_group, one.name, one.changes, tuple(StockShown(*each) for each in one.places))
            for one in found.looks
        ),
        rule=found.rule,
        nights=found.nights,
        orders=None if found.orders is None else _orders(found.orders),
    )


def _orders(orders: Iterable[OrdersDiffer]) -> tuple[OrdersShown, ...]:
    return tuple(
        OrdersShown(
            one.site, one.what, *(tuple(KitsOnDay(*each) for each in side) for side in (one.before, one.after))
        )
        for one in orders
    )


OPERATIONS = (show_impact, show_impact_by_type)
