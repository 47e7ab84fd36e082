"""A depot has not every kit of a request: what is lacking is booked, and others stand in by rule, or none does."""

from collections.abc import Sequence
from typing import Annotated

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.errors import BadInput, Refusal
from irt.reads.stand_ins import StandIns
from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import HeldKit, Move, lock_kits, lock_kits_by_number, move_each, move_kits
from irt.services.shipments import (
    HeldShipment,
    kits_underway,
    lock_shipment,
    note_outcome,
    require_at_depot,
)
from irt.services.site_kits import can_move
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.states.shipment import ShipmentStatus
from irt.states.short_pick import HAPPENS, WhyShort
from irt.tables.columns import table_of
from irt.tables.shipment import ShipmentKit
from irt.tables.study import Depot, Site

KITS_MAX = 5000


class LackingKit(SQLModel):
    """A kit that is not sent, why, and the one the depot would send instead, if it names one."""

    number: str
    why: WhyShort
    substitute: str | None = None


class PickShort(SQLModel):
    """The kits of a request that its depot does not send."""

    study_id: int
    number: str
    kits: Annotated[list[LackingKit], Field(min_length=1, max_length=KITS_MAX)]
    reason: str | None = None


class PickedShort(SQLModel):
    """The request now: kits that are not sent, those that stand in, and how many it holds."""

    number: str
    lacking: list[str]
    instead: list[str]
    kits: int


class TooLateToShorten(Refusal):
    """The kits are packed, or the request was not for a depot to change."""

    def __init__(self) -> None:
        super().__init__(
            "Kits can be left out of a request that is not picked yet, and of no subject's own parcel. Nothing was "
            "booked. Reject the request, or tell the supply manager."
        )


class NotInRequest(Refusal):
    """A kit that the request does not hold cannot be lacking."""

    def __init__(self, number: str) -> None:
        super().__init__(f"Kit {number} is not in this request. Nothing was booked. Check its number.")


class NoSubstitute(Refusal):
    """The named kit does not stand in. The words are the same whatever is inside, and where nobody looked."""

    def __init__(self) -> None:
        super().__init__(
            "A named kit does not take the place of another here. Nothing was booked. Leave the kit out; what goes "
            "instead is chosen by rule."
        )


class NothingLeft(Refusal):
    """A request without kits is a rejection."""

    def __init__(self) -> None:
        super().__init__("No kit would be left in the request. Nothing was booked. Reject the request instead.")


_DEPOTS, _SITES = table_of(Depot), table_of(Site)
_BLINDED = select(_DEPOTS.c.blinded).where(_DEPOTS.c.id == bindparam("depot_id"))
_COUNTRY = select(_SITES.c.country).where(_SITES.c.id == bindparam("site_id"))
_SHORTENED = (ShipmentStatus.REQUESTED, ShipmentStatus.ACKNOWLEDGED)


def pick_short(work: Work, ask: PickShort) -> PickedShort:
    """Books what is lacking, and has others stand in for all of it or for none: for some would tell kits apart.

    A blinded depot names no substitute: to have one taken and another refused would tell what is inside.
    """
    # The study first: resupply and the choice for homes take from the same stock.
    lock_row(work, ask.study_id)
    shipment = lock_shipment(work, ask.study_id, ask.number)
    require_at_depot(work, shipment)
    if shipment.status not in _SHORTENED or shipment.subject_id is not None or shipment.depot_id is None:
        raise TooLateToShorten
    underway = kits_underway(work, [shipment])
    lacking = _lacking(work, ask, underway)
    stand_ins = StandIns(work.connection, ask.study_id, shipment.depot_id, _country(work, shipment))
    instead = _named(work, shipment, ask, lacking, stand_ins) or _chosen(lacking, stand_ins)
    if len(underway) - len(lacking) + len(instead) < 1:
        raise NothingLeft
    _take_out(work, shipment, ask, lacking)
    added = _put_in(work, shipment, instead)
    numbers, others = [kit.number for kit in lacking], sorted(kit.number for kit in added)
    left = len(underway) - len(lacking) + len(added)
    work.audit(
        AuditDraft(
            act="picked_short",
            record_kind="shipment",
            record=shipment.number,
            study_id=shipment.study_id,
            site_id=shipment.site_id,
            zone=shipment.zone,
            new={"lacking": numbers, "instead": others, "kits": left, "why": {k.number: k.why for k in ask.kits}},
            reason=ask.reason,
        )
    )
    return PickedShort(number=shipment.number, lacking=numbers, instead=others, kits=left)


def _lacking(work: Work, ask: PickShort, underway: dict[int, int]) -> list[HeldKit]:
    """The locked kits, in order of id; each named once and in the request."""
    numbers = [kit.number for kit in ask.kits]
    if len(set(numbers)) != len(numbers):
        raise BadInput("A kit is named twice. Nothing was booked. Name each once.")
    kits = lock_kits_by_number(work, ask.study_id, numbers)
    for kit in kits:
        if kit.id not in underway:
            raise NotInRequest(kit.number)
    return kits


def _country(work: Work, shipment: HeldShipment) -> str | None:
    if shipment.site_id is None:
        return None
    return str(work.one("site", _COUNTRY, site_id=shipment.site_id)["country"])


def _named(
    work: Work, shipment: HeldShipment, ask: PickShort, lacking: Sequence[HeldKit], stand_ins: StandIns
) -> list[int]:
    """The substitutes that the depot named, where it named any: one for each kit, and each by the rule."""
    named = {kit.number: kit.substitute for kit in ask.kits if kit.substitute}
    if not named:
        return []
    blinded = work.one("depot", _BLINDED, depot_id=shipment.depot_id)["blinded"]
    if blinded or len(set(named.values())) != len(lacking):
        raise NoSubstitute
    found = {kit.number: kit.id for kit in lock_kits_by_number(work, ask.study_id, filter(None, named.values()))}
    pairs = [(kit.id, found[named[kit.number] or ""]) for kit in lacking]
    if not all(stand_ins.allows(kit_id, other_id) for kit_id, other_id in pairs):
        raise NoSubstitute
    return [other_id for _, other_id in pairs]


def _chosen(lacking: Sequence[HeldKit], stand_ins: StandIns) -> list[int]:
    """A kit for every one that is lacking, else none at all."""
    taken: list[int] = []
    for kit in lacking:
        found = stand_ins.first_for(kit.id, taken)
        if found is None:
            return []
        taken.append(found)
    return taken


def _take_out(work: Work, shipment: HeldShipment, ask: PickShort, lacking: Sequence[HeldKit]) -> None:
    """The kits leave the request, and nobody is asked for them again before somebody has looked."""
    why = {kit.number: kit.why for kit in ask.kits}
    freed = move_kits(work, lacking, KitEvent.UNRESERVE, shipment_id=shipment.id)
    for kit in freed:
        event = HAPPENS[why[kit.number]]
        if can_move(kit, event):
            place = None if event == KitEvent.GO_MISSING else shipment.depot_id
            reason = ask.reason or f"Not sent with {shipment.number}"
            move_kits(work, [kit], event, place_id=place, shipment_id=shipment.id, reason=reason)
    note_outcome(work, [shipment], [kit.id for kit in lacking], "left_at_depot")


def _put_in(work: Work, shipment: HeldShipment, kit_ids: Sequence[int]) -> list[HeldKit]:
    if not kit_ids:
        return []
    kits = lock_kits(work, kit_ids)
    moved = move_each(work, [Move(kit, kit.place_id, shipment.id) for kit in kits], KitEvent.RESERVE)
    work.record_all(ShipmentKit, ({**shipment.owner, "shipment_id": shipment.id, "kit_id": kit.id} for kit in kits))
    return list(moved)
