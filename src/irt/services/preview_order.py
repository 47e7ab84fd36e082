"""What a depot would pick for an order by hand, before anybody orders: nothing is booked, nothing is reserved."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.reads.blinded_supply import approved_version
from irt.services.apply_change import require_may_set_levels
from irt.services.order_kits import OrderKits, OrderSets, set_of
from irt.services.send_kits import Found, SendKits, look_up
from irt.services.store import Store
from irt.services.studies import definition_of
from irt.services.supply_study import SupplyStudy, site_numbered, sponsor_of
from irt.services.work import Work


@dataclass(frozen=True, slots=True)
class PickedPart:
    """So many kits out of one blinded lot, of one blinding group, or of one kit type for those who may know it."""

    what: str
    lot: str
    kits: int


@dataclass(frozen=True, slots=True)
class OrderPreview:
    """Where it would come from and when, what would be picked of the kits asked for, and why nothing would be."""

    site: str
    depot: str
    dispatch_on: date
    arrives_on: date
    asked: int
    parts: tuple[PickedPart, ...]
    why_not: str

    @property
    def kits(self) -> int:
        """Kits that would be picked."""
        return sum(part.kits for part in self.parts)


def preview_sets(store: Store, actor: Actor, at: datetime, ask: OrderSets) -> OrderPreview:
    """Whole sets, by blinding group and blinded lot; refusals as when it is ordered."""
    with store.reading_past_wall() as connection:
        work = Work(store, connection, actor, at)
        study = _study(work, ask.study_id)
        site = site_numbered(work, study.id, ask.site)
        actor.require(Permission.ORDER_SETS, study.id, site.id)
        kits = set_of(study.definition, ask.blinding_group)
        if not kits:
            raise BadInput("Name a blinding group of this study. Nothing was booked.")
        wanted = {kit_type: quantity * ask.sets for kit_type, quantity in kits.items()}
        found = look_up(work, study, SendKits(ask.site, wanted, "manual", ask.reason, whole=True))
    name = study.definition.blinding_group(ask.blinding_group).name
    whole = found.sent == wanted
    return _told(found, wanted, dict.fromkeys(wanted, name), whole=whole)


def preview_kits(store: Store, actor: Actor, at: datetime, ask: OrderKits) -> OrderPreview:
    """Kits by type and lot, for people who may know kit types."""
    with store.reading_past_wall() as connection:
        work = Work(store, connection, actor, at)
        study = _study(work, ask.study_id)
        require_may_set_levels(work, study)
        found = look_up(work, study, SendKits(ask.site, ask.kits, "manual", ask.reason))
    return _told(found, ask.kits, {kit_type: kit_type for kit_type in ask.kits}, whole=True)


def _study(work: Work, study_id: int) -> SupplyStudy:
    """The study with its version in force, not locked: nothing is booked."""
    number = approved_version(work.connection, study_id)
    return SupplyStudy(study_id, sponsor_of(work, study_id), definition_of(work, study_id, number), number)


def _told(found: Found, wanted: Mapping[str, int], names: Mapping[str, str], *, whole: bool) -> OrderPreview:
    parts: Counter[tuple[str, str]] = Counter()
    for need in found.needs if whole and not found.kept_off else ():
        for lot, kits in need.granted.items():
            parts[names[need.kit_type], lot] += kits
    why_not = found.kept_off or ("" if parts else "the depot has too few kits, or may not send them there")
    return OrderPreview(
        site=found.site.number,
        depot=found.site.depot,
        dispatch_on=found.dispatch_on,
        arrives_on=found.dispatch_on + timedelta(days=found.site.lead_time_days),
        asked=sum(wanted.values()),
        parts=tuple(PickedPart(what, lot, kits) for (what, lot), kits in sorted(parts.items())),
        why_not=why_not,
    )
