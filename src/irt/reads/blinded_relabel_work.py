"""Relabelling as work: where a person puts labels on, what waits there, and what waits for the second person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import Connection, bindparam, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_relabelling import KitToRelabel, RelabelCampaign, places_of, relabel_campaign
from irt.reads.blinded_sites import not_found, sites_reached
from irt.tables.columns import table_of
from irt.tables.expiry import RelabelledKit, Relabelling
from irt.tables.kit import Kit


@dataclass(frozen=True, slots=True)
class LabelTask:
    """Kits at one place that get the label of one change; `waiting` more have it and wait for a second person."""

    place: str
    change: str
    lot: str
    new_expiry: date
    kits: tuple[str, ...]
    waiting: int

    @property
    def path(self) -> str:
        """E-0001/site/1001."""
        kind, _, code = self.place.partition(" ")
        return f"{self.change}/{kind.lower()}/{code}"


@dataclass(frozen=True)
class LabelWork(BlindedView):
    """What one person has to do with labels in one study, by place."""

    study_id: int
    campaign: RelabelCampaign
    tasks: tuple[LabelTask, ...]


_KITS, _DONE, _LABELLED = table_of(Kit), table_of(Relabelling), table_of(RelabelledKit)
_KITS_OF = (
    select(_KITS.c.number)
    .join(_LABELLED, _LABELLED.c.kit_id == _KITS.c.id)
    .join(_DONE, _DONE.c.id == _LABELLED.c.relabelling_id)
    .where(_DONE.c.study_id == bindparam("study_id"), _DONE.c.number == bindparam("number"))
    .order_by(_KITS.c.number)
)


def label_work(connection: Connection, actor: Actor, study_id: int) -> LabelWork | None:
    """The tasks at the sites and depots where the person may put labels on; None where there is no such place."""
    sites = [
        site.site_id
        for site in sites_reached(connection, actor, Permission.COUNT_STOCK)
        if site.study_id == study_id
    ]
    depots = _depots(connection, actor, study_id)
    if not sites and not depots:
        return None
    campaign = relabel_campaign(connection, study_id, sites, depots)
    return LabelWork(study_id, campaign, tuple(_tasks(campaign.kits)))


def kits_labelled(connection: Connection, study_id: int, number: str) -> tuple[str, ...]:
    """The kits of one relabelling, by number."""
    return tuple(connection.execute(_KITS_OF, {"study_id": study_id, "number": number}).scalars())


def task_in(work: LabelWork | None, path: str) -> LabelTask:
    """The task of this change at this place; NotFound where nothing waits there, or the place is another's."""
    found = next((task for task in work.tasks if task.path == path), None) if work else None
    if found is None:
        raise not_found("relabelling task at your place")
    return found


def _depots(connection: Connection, actor: Actor, study_id: int) -> list[int]:
    grants = [grant for grant in actor.grants if grant.covers(Permission.FULFIL_SHIPMENT, study_id, None)]
    if not grants:
        return []
    _, depots = places_of(connection, study_id)
    named = {grant.depot_id for grant in grants}
    return depots if None in named else [depot for depot in depots if depot in named]


def _tasks(kits: Iterable[KitToRelabel]) -> Iterable[LabelTask]:
    """One a place and change, in their order."""

    def key(kit: KitToRelabel) -> tuple[str, str]:
        return kit.place, kit.change

    for (place, change), group in groupby(sorted(kits, key=key), key=key):
        here = list(group)
        free = tuple(kit.number for kit in here if not kit.waits_for_check)
        yield LabelTask(place, change, here[0].lot, here[0].new_expiry, free, len(here) - len(free))
