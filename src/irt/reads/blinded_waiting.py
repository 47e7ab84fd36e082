"""What waits in each study for one person, in counts that say nothing of a treatment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_approvals import approvals_waiting, may_decide
from irt.reads.blinded_drafts import drafts_to_approve
from irt.reads.blinded_people import Place
from irt.reads.blinded_release import turns
from irt.reads.blinded_shipments import depot_shipments
from irt.reads.blinded_worklist import worklist
from irt.states.kit import Accountability, Quality
from irt.states.shipment import ShipmentStatus
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.shipment import Shipment
from irt.tables.subject import Randomization


@dataclass(frozen=True)
class WaitingCount(BlindedView):
    """How many of a kind wait; `one` and `many` are the words for them."""

    count: int
    one: str
    many: str


@dataclass(frozen=True)
class StudyDesk(BlindedView):
    """A place with what waits there, None where nobody looked; `randomized` None: the role does not read it."""

    place: Place
    waiting: tuple[WaitingCount, ...] | None = None
    randomized: int | None = None


_SHIPMENTS, _KITS, _LOTS, _R = table_of(Shipment), table_of(Kit), table_of(BlindedLot), table_of(Randomization)
_STUDY = bindparam("study_id", type_=_KITS.c.study_id.type)
_COUNTS = (
    (
        Permission.APPROVE_SHIPMENT,
        ("shipment to approve", "shipments to approve"),
        select(func.count()).where(
            _SHIPMENTS.c.study_id == _STUDY, _SHIPMENTS.c.status == ShipmentStatus.AWAITING_APPROVAL
        ),
    ),
    (
        Permission.DECIDE_QUALITY,
        ("kit to decide on", "kits to decide on"),
        select(func.count()).where(
            _KITS.c.study_id == _STUDY,
            _KITS.c.quality == Quality.QUARANTINED,
            _KITS.c.accountability == Accountability.NONE,
        ),
    ),
    (
        Permission.RELEASE_LOT,
        ("lot to release", "lots to release"),
        select(func.count()).where(_LOTS.c.study_id == _STUDY, _LOTS.c.released_on.is_(None)),
    ),
)
_RANDOMIZED = select(func.count()).where(_R.c.study_id == _STUDY)
_READERS = (Permission.VIEW_ENROLMENT, Permission.VIEW_SUBJECTS)


def study_desk(connection: Connection, actor: Actor, place: Place, now: datetime) -> StudyDesk:
    """One place of the person: a whole study, or a site with its worklist."""
    if place.site_id is not None:
        tasks = worklist(connection, actor, now, site_id=place.site_id).all_tasks
        return StudyDesk(place, _present((tasks, "task", "tasks")))
    study_id = place.study_id
    counts = [
        *_in_study(connection, actor, study_id),
        _steps_to_sign(connection, actor, study_id),
        _to_send(connection, actor, study_id),
    ]
    reads = any(actor.grant_for(permission, study_id, None) for permission in _READERS)
    randomized = int(connection.execute(_RANDOMIZED, {"study_id": study_id}).scalar_one()) if reads else None
    return StudyDesk(place, _present(_to_sign(connection, actor, study_id), *counts), randomized)


def _present(*counts: tuple[int, str, str]) -> tuple[WaitingCount, ...]:
    return tuple(WaitingCount(*each) for each in counts if each[0])


def _in_study(connection: Connection, actor: Actor, study_id: int) -> Iterator[tuple[int, str, str]]:
    for permission, words, statement in _COUNTS:
        if actor.grant_for(permission, study_id, None):
            yield (int(connection.execute(statement, {"study_id": study_id}).scalar_one()), *words)


def _to_sign(connection: Connection, actor: Actor, study_id: int) -> tuple[int, str, str]:
    """Versions, kit lists and changes that somebody else asked for and this person may decide."""
    drafts = [one.study_id for one in drafts_to_approve(connection, actor) if one.loaded_by_id != actor.account_id]
    asked = [one.study_id for one in approvals_waiting(connection, actor) if may_decide(actor, one)]
    return (drafts + asked).count(study_id), "approval", "approvals"


def _steps_to_sign(connection: Connection, actor: Actor, study_id: int) -> tuple[int, str, str]:
    """Steps on the routes of lots whose turn it is."""
    count = sum(bool(turn.to_sign) for turn in turns(connection, actor, study_id))
    return count, "release step to sign", "release steps to sign"


def _to_send(connection: Connection, actor: Actor, study_id: int) -> tuple[int, str, str]:
    """What the depots of the person have to send."""
    grants = [grant for grant in actor.grants if grant.covers(Permission.FULFIL_SHIPMENT, study_id, None)]
    depots = {grant.depot_id for grant in grants}
    named = None if None in depots else sorted(each for each in depots if each is not None)
    lines = depot_shipments(connection, [study_id], named) if grants else ()
    return len(lines), "shipment to send", "shipments to send"
