"""Kits at a site as the selection rule needs them: types included, so for services only."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select

from irt.reads.holds import OPEN_HOLDS, covers_in_force, held_among, under_hold
from irt.states.kit import Accountability, Assignment, Custody, KitEvent, KitState, Quality
from irt.supply.kit_selection import ANY_LABEL, Candidate, label_fits
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit, LotApproval, Movement
from irt.tables.secret import KitContent

_KITS, _LOTS, _CONTENTS, _APPROVALS = (
    table_of(Kit),
    table_of(BlindedLot),
    table_of(KitContent),
    table_of(LotApproval),
)
_APPROVED = exists().where(
    _APPROVALS.c.blinded_lot_id == _KITS.c.blinded_lot_id,
    _APPROVALS.c.ended_by_id.is_(None),
    or_(_APPROVALS.c.country.is_(None), _APPROVALS.c.country == bindparam("country")),
)
_AT_SITE = (
    select(
        _KITS.c.id,
        _KITS.c.number,
        _KITS.c.expiry,
        _KITS.c.quality,
        _KITS.c.assignment,
        _KITS.c.accountability,
        _KITS.c.label_group,
        _KITS.c.storage_place,
        _LOTS.c.number.label("lot"),
        _CONTENTS.c.kit_type,
        _APPROVED.label("approved"),
        OPEN_HOLDS,
    )
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .where(
        # Not a bare column: SQLite, which guesses, would walk all kits of the study instead of those at the site.
        _KITS.c.study_id + 0 == bindparam("study_id"),
        and_(_KITS.c.custody == Custody.SITE, _KITS.c.place_id == bindparam("site_id")),
        _KITS.c.assignment.in_((Assignment.FREE, Assignment.PREALLOCATED)),
        _CONTENTS.c.kit_type.in_(bindparam("kit_types", expanding=True)),
    )
    .order_by(_KITS.c.id)
)
_LOCKING = _AT_SITE.with_for_update(key_share=True, of=_KITS)


def candidates_at(
    connection: Connection,
    study_id: int,
    site_id: int,
    country: str,
    label_group: str,
    kit_types: Iterable[str],
    *,
    lock: bool,
) -> list[Candidate]:
    """Kits of these types that lie unassigned at a site, in order of id; locked where they are to be assigned."""
    wanted = {
        "study_id": study_id,
        "site_id": site_id,
        "country": country,
        "kit_types": sorted(set(kit_types)),
    }
    rows = connection.execute(_LOCKING if lock else _AT_SITE, wanted).mappings().all()
    some_hold = bool(rows) and rows[0]["open_holds"] > 0
    held = held_among(connection, study_id, [row["id"] for row in rows]) if some_hold else frozenset[int]()
    return [
        Candidate(
            id=row["id"],
            number=row["number"],
            kit_type=row["kit_type"],
            lot=row["lot"],
            expiry=row["expiry"],
            state=KitState(
                Custody.SITE,
                Quality(row["quality"]),
                Assignment(row["assignment"]),
                Accountability(row["accountability"]),
            ),
            lot_approved=bool(row["approved"]),
            label_fits=label_fits(row["label_group"], label_group),
            storage_place=row["storage_place"],
            on_hold=row["id"] in held,
        )
        for row in rows
    ]


_MOVES = table_of(Movement)
_PROMISED = (
    select(_MOVES.c.kit_id, _MOVES.c.subject_id)
    .where(_MOVES.c.kit_id.in_(bindparam("ids", expanding=True)), _MOVES.c.event == KitEvent.PREALLOCATE)
    # Of several promises of a kit the last one comes last and stays.
    .order_by(_MOVES.c.id)
)


def with_promises(connection: Connection, kits: list[Candidate], subject_id: int) -> list[Candidate]:
    """The same kits, those set apart for this subject marked; nothing is asked where none is set apart."""
    apart = [kit.id for kit in kits if kit.state.assignment == Assignment.PREALLOCATED]
    if not apart:
        return kits
    promised = {row.kit_id: row.subject_id for row in connection.execute(_PROMISED, {"ids": apart})}
    return [replace(kit, meant_for_subject=promised.get(kit.id) == subject_id) for kit in kits]


_ALIKE = (
    _KITS.c.expiry,
    _KITS.c.label_group,
    _KITS.c.blinded_lot_id,
    _LOTS.c.number,
    _CONTENTS.c.kit_type,
)
_AT_DEPOT = (
    select(*_ALIKE, _APPROVED.label("approved"), func.count().label("kits"), OPEN_HOLDS)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .where(
        _KITS.c.study_id + 0 == bindparam("study_id"),
        and_(_KITS.c.custody == Custody.DEPOT, _KITS.c.place_id == bindparam("depot_id")),
        _KITS.c.assignment == Assignment.FREE,
        _KITS.c.quality == Quality.RELEASED,
        _CONTENTS.c.kit_type.in_(bindparam("kit_types", expanding=True)),
    )
    .group_by(*_ALIKE)
    .order_by(*_ALIKE)
)


def candidates_at_depot(
    connection: Connection,
    study_id: int,
    depot_id: int,
    country: str,
    label_group: str,
    kit_types: Iterable[str],
    most: int,
) -> list[Candidate]:
    """Released free kits at a depot, without their numbers and at most so many that are alike.

    They are not chosen from but counted, for sites whose subjects get kits by mail.
    """
    wanted = {
        "study_id": study_id,
        "depot_id": depot_id,
        "country": country,
        "kit_types": sorted(set(kit_types)),
    }
    state = KitState(Custody.DEPOT, Quality.RELEASED, Assignment.FREE)
    rows = connection.execute(_AT_DEPOT, wanted).mappings().all()
    if rows and rows[0]["open_holds"]:
        fit = _AT_DEPOT.where(~under_hold(covers_in_force(connection, study_id)))
        rows = connection.execute(fit, wanted).mappings().all()
    return [
        Candidate(
            id=0,
            number="",
            kit_type=row["kit_type"],
            lot=row["number"],
            expiry=row["expiry"],
            state=state,
            lot_approved=bool(row["approved"]),
            label_fits=label_fits(row["label_group"], label_group),
        )
        for row in rows
        for _ in range(min(row["kits"], most))
    ]


SENT_FROM_AT_MOST = 40
"""Kits of a type that a parcel to a home is chosen among: those that expire first, by their random numbers."""
_TO_SEND = (
    select(
        _KITS.c.id,
        _KITS.c.number,
        _KITS.c.expiry,
        _KITS.c.storage_place,
        _LOTS.c.number.label("lot"),
        _CONTENTS.c.kit_type,
        OPEN_HOLDS,
    )
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .where(
        _KITS.c.study_id + 0 == bindparam("study_id"),
        and_(_KITS.c.custody == Custody.DEPOT, _KITS.c.place_id == bindparam("depot_id")),
        _KITS.c.assignment == Assignment.FREE,
        _KITS.c.quality == Quality.RELEASED,
        _KITS.c.accountability == Accountability.NONE,
        _KITS.c.label_group.in_(bindparam("labels", expanding=True)),
        _KITS.c.expiry >= bindparam("good_until"),
        _CONTENTS.c.kit_type == bindparam("kit_type"),
        _APPROVED,
    )
    .order_by(_KITS.c.expiry, _KITS.c.number)
    .limit(SENT_FROM_AT_MOST)
)


def candidates_to_send(
    connection: Connection,
    study_id: int,
    depot_id: int,
    country: str,
    label_group: str,
    good_until: Mapping[str, date],
) -> list[Candidate]:
    """Released free kits at a depot that a subject's kits are chosen among, by type and the day they must reach."""
    labels = sorted({label_group, ANY_LABEL})
    asked = {"study_id": study_id, "depot_id": depot_id, "country": country, "labels": labels}
    state = KitState(Custody.DEPOT, Quality.RELEASED, Assignment.FREE)
    found: list[Candidate] = []
    for kit_type, day in sorted(good_until.items()):
        wanted = {**asked, "kit_type": kit_type, "good_until": day}
        rows = connection.execute(_TO_SEND, wanted).mappings().all()
        if rows and rows[0]["open_holds"]:
            fit = _TO_SEND.where(~under_hold(covers_in_force(connection, study_id)))
            rows = connection.execute(fit, wanted).mappings().all()
        found += [
            Candidate(
                id=row["id"],
                number=row["number"],
                kit_type=row["kit_type"],
                lot=row["lot"],
                expiry=row["expiry"],
                state=state,
                storage_place=row["storage_place"],
            )
            for row in rows
        ]
    return found
