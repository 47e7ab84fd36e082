"""Shipments as services lock and step them: the status, the step with both its times, the audit entry."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, update

from irt.blinding.actor import Grant
from irt.blinding.roles import Permission
from irt.errors import About, NotAllowed
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work
from irt.states.shipment import SHIPMENT, ShipmentEvent, ShipmentStatus
from irt.states.table import TransitionRefused, next_status
from irt.tables.columns import table_of
from irt.tables.shipment import Shipment, ShipmentKit, ShipmentStep
from irt.tables.study import Depot, Site

_SHIPMENTS, _CONTENTS, _SITES, _DEPOTS = (
    table_of(Shipment),
    table_of(ShipmentKit),
    table_of(Site),
    table_of(Depot),
)
_TARGETS = _DEPOTS.alias("target")


@dataclass(frozen=True, slots=True)
class HeldShipment:
    """A shipment whose row this transaction has locked, with its places."""

    id: int
    number: str
    status: ShipmentStatus
    sponsor_id: int
    study_id: int
    depot_id: int | None
    depot_zone: str | None
    site_id: int | None
    site_number: str | None
    zone: str
    dispatch_on: date | None
    expected_on: date | None
    dispatched_at: datetime | None
    subject_id: int | None = None
    item_lines: int = 0
    target_depot_id: int | None = None
    target_depot: str | None = None

    @property
    def owner(self) -> dict[str, int]:
        """The keys every row of the study carries."""
        return {"sponsor_id": self.sponsor_id, "study_id": self.study_id}

    def left_after(self, moment: datetime | None) -> bool:
        """Whether it was dispatched only after that moment, so that nothing can have become of it then."""
        return moment is not None and self.dispatched_at is not None and moment < self.dispatched_at

    def about(self, act: str) -> About:
        """This shipment as the record of a refusal."""
        return About(self.study_id, self.site_id, self.zone, act, "shipment", self.number)


HELD_SHIPMENTS = (
    select(
        _SHIPMENTS.c.id,
        _SHIPMENTS.c.number,
        _SHIPMENTS.c.status,
        _SHIPMENTS.c.sponsor_id,
        _SHIPMENTS.c.study_id,
        _SHIPMENTS.c.origin_depot_id,
        _DEPOTS.c.zone.label("depot_zone"),
        _SHIPMENTS.c.site_id,
        _SITES.c.number.label("site_number"),
        _SITES.c.zone.label("site_zone"),
        _SHIPMENTS.c.dispatch_on,
        _SHIPMENTS.c.expected_on,
        _SHIPMENTS.c.dispatched_at,
        _SHIPMENTS.c.subject_id,
        _SHIPMENTS.c.item_lines,
        _SHIPMENTS.c.target_depot_id,
        _TARGETS.c.code.label("target_depot"),
        _TARGETS.c.zone.label("target_zone"),
    )
    .outerjoin(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .outerjoin(_TARGETS, _TARGETS.c.id == _SHIPMENTS.c.target_depot_id)
    .outerjoin(_DEPOTS, _DEPOTS.c.id == _SHIPMENTS.c.origin_depot_id)
    .where(_SHIPMENTS.c.study_id == bindparam("study_id"))
    .order_by(_SHIPMENTS.c.id)
    .with_for_update(key_share=True, of=_SHIPMENTS)
)
_NUMBERED = HELD_SHIPMENTS.where(_SHIPMENTS.c.number == bindparam("number"))


def held_shipment(row: RowMapping) -> HeldShipment:
    """A locked row of HELD_SHIPMENTS as a value."""
    return HeldShipment(
        row["id"],
        row["number"],
        ShipmentStatus(row["status"]),
        row["sponsor_id"],
        row["study_id"],
        row["origin_depot_id"],
        row["depot_zone"],
        row["site_id"],
        row["site_number"],
        row["site_zone"] or row["target_zone"] or row["depot_zone"] or "UTC",
        row["dispatch_on"],
        row["expected_on"],
        row["dispatched_at"],
        row["subject_id"],
        item_lines=row["item_lines"],
        target_depot_id=row["target_depot_id"],
        target_depot=row["target_depot"],
    )


def lock_shipment(work: Work, study_id: int, number: str) -> HeldShipment:
    """Locks the shipment of that number."""
    return held_shipment(work.one("shipment", _NUMBERED, study_id=study_id, number=number))


_MANY = HELD_SHIPMENTS.where(_SHIPMENTS.c.number.in_(bindparam("numbers", expanding=True)))


def lock_shipments(work: Work, study_id: int, numbers: Iterable[str]) -> list[HeldShipment]:
    """Locks shipments by number, in the order they were raised."""
    return [held_shipment(row) for row in work.rows(_MANY, study_id=study_id, numbers=list(numbers))]


def require_at_depot(work: Work, shipment: HeldShipment) -> None:
    """NotAllowed unless this person works at the shipment's depot (or at every depot of the study)."""
    if shipment.depot_id is None or _grant_at(work, shipment, shipment.depot_id) is None:
        raise NotAllowed("This shipment leaves from another depot. Nothing was booked. Ask that depot.")


def require_receiver(work: Work, shipment: HeldShipment) -> Grant:
    """The grant by which this person receives the shipment at its site, or at the regional depot it goes to."""
    if shipment.target_depot_id is None:
        return work.actor.require(Permission.RECEIVE_SHIPMENT, shipment.study_id, shipment.site_id)
    grant = _grant_at(work, shipment, shipment.target_depot_id)
    if grant is None:
        raise NotAllowed("This shipment goes to another depot. Nothing was booked. Ask that depot.")
    return grant


def _grant_at(work: Work, shipment: HeldShipment, depot_id: int | None) -> Grant | None:
    work.actor.require(Permission.FULFIL_SHIPMENT, shipment.study_id)
    return work.actor.grant_at_depot(Permission.FULFIL_SHIPMENT, shipment.study_id, depot_id)


_KITS_OF = (
    select(_CONTENTS.c.shipment_id, _CONTENTS.c.kit_id, _CONTENTS.c.outcome)
    .where(_CONTENTS.c.shipment_id.in_(bindparam("shipments", expanding=True)))
    .order_by(_CONTENTS.c.kit_id)
)


def kits_underway(work: Work, shipments: Iterable[HeldShipment]) -> dict[int, int]:
    """Kits of shipments that have not arrived yet, kit id -> shipment id, in order of kit id."""
    rows = work.rows(_KITS_OF, shipments=[shipment.id for shipment in shipments])
    return {row["kit_id"]: row["shipment_id"] for row in rows if row["outcome"] is None}


_NOTE = (
    update(_CONTENTS)
    .where(
        _CONTENTS.c.shipment_id.in_(bindparam("shipments", expanding=True)),
        _CONTENTS.c.kit_id.in_(bindparam("kits", expanding=True)),
    )
    .values(outcome=bindparam("to_outcome"))
)


def note_outcome(work: Work, shipments: Iterable[HeldShipment], kit_ids: Iterable[int], outcome: str) -> None:
    """Writes how kits of these shipments arrived."""
    ids = [shipment.id for shipment in shipments]
    work.run(_NOTE, {"shipments": ids, "kits": list(kit_ids), "to_outcome": outcome})


_TAKE_OUT = (
    update(_CONTENTS)
    .where(_CONTENTS.c.kit_id == bindparam("kit"), _CONTENTS.c.outcome.is_(None))
    .values(outcome=bindparam("to_outcome"))
)


def take_out_of_parcel(work: Work, kit_id: int, outcome: str) -> None:
    """A kit awaited with a shipment turned up elsewhere: that shipment awaits it no more."""
    work.run(_TAKE_OUT, {"kit": kit_id, "to_outcome": outcome})


def refuse_step(shipment: HeldShipment, event: ShipmentEvent) -> ShipmentStatus:
    """The status after the event; TransitionRefused, to be written down, where the shipment does not allow it."""
    try:
        return next_status(SHIPMENT, shipment.status, event)
    except TransitionRefused as refusal:
        raise refusal.concerning(shipment.about(f"shipment_{event}")) from None


def step_shipments(
    work: Work,
    shipments: Sequence[HeldShipment],
    events: Sequence[ShipmentEvent],
    *,
    occurred_at: datetime | None = None,
    reason: str | None = None,
    facts: Mapping[str, Any] | None = None,
    tell: Callable[[HeldShipment], Mapping[str, Any]] | None = None,
) -> list[HeldShipment]:
    """Takes shipments through events one after the other and stores `facts` on each.

    One audit entry a shipment; `tell` adds what only it says, as a count of kits.
    """
    steps: list[dict[str, Any]] = []
    after: list[HeldShipment] = []
    for shipment in shipments:
        stepped = shipment
        for event in events:
            stepped = replace(stepped, status=refuse_step(stepped, event))
            steps.append({**shipment.owner, "shipment_id": shipment.id, "event": event, "status": stepped.status})
        after.append(stepped)
        told = {**(facts or {}), **(tell(shipment) if tell else {})}
        work.audit(_draft(shipment, stepped, reason, told))
    times = {"occurred_at": occurred_at or work.at, "recorded_at": work.at}
    common = {**times, "account_id": work.actor.account_id, "reason": reason}
    work.record_all(ShipmentStep, ({**step, **common} for step in steps))
    _store(work, after, facts or {})
    return after


def _draft(before: HeldShipment, after: HeldShipment, reason: str | None, told: Mapping[str, Any]) -> AuditDraft:
    return AuditDraft(
        act=f"shipment_{after.status}",
        record_kind="shipment",
        record=after.number,
        study_id=after.study_id,
        site_id=after.site_id,
        zone=after.zone,
        old={"status": before.status},
        new={"status": after.status, **_place(after), **{k: _plain(v) for k, v in told.items()}},
        reason=reason,
    )


def _place(shipment: HeldShipment) -> dict[str, str | None]:
    if shipment.target_depot is not None:
        return {"to_depot": shipment.target_depot}
    return {"site": shipment.site_number}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _store(work: Work, shipments: Sequence[HeldShipment], facts: Mapping[str, Any]) -> None:
    alike: dict[ShipmentStatus, list[int]] = defaultdict(list)
    for shipment in shipments:
        alike[shipment.status].append(shipment.id)
    for status, ids in alike.items():
        work.run(update(_SHIPMENTS).where(_SHIPMENTS.c.id.in_(ids)).values(status=status, **facts))
