"""Stock pooled over studies: kits reserved for one study alone, and given back while nothing was done to them.

A kit has a line in the pool's books and one in those of each study it ever was in; all but one of them say that it
stands in other books. Both lines move in one transaction, under the locks of both studies.
"""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.pools import Pool, next_in_pool, pools_of
from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import AT_ONCE, HeldKit, lock_kits, lock_kits_by_number, move_kits
from irt.services.pool_books import Taken, enter_kits
from irt.services.site_kits import need_reason
from irt.services.studies import protocol_of
from irt.services.supply_study import SupplyStudy, depot_ids, lock_row, lock_study
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.tables.columns import table_of
from irt.tables.expiry import RelabelledKit
from irt.tables.kit import Kit
from irt.tables.pool import PooledKit, PoolTransfer, TransferKind


class ReserveFromPool(SQLModel):
    """So many kits of each of the study's kit types, from a pool's stock at one depot."""

    study_id: int
    pool: str = Field(description="the pool's protocol number")
    depot: str
    kits: dict[str, int] = Field(min_length=1, description="the study's kit type -> how many")
    label_group: str | None = None


class PoolReserved(SQLModel):
    """The transfer and what it brought, in numbers a blinded reader may know."""

    number: str
    kits: int
    lots: list[str]


class GiveBackToPool(SQLModel):
    """Kits that the study does not need: still at the depot, meant for nobody, without a label of the study."""

    study_id: int
    kits: list[str] = Field(min_length=1, max_length=AT_ONCE)
    reason: str


class GivenBack(SQLModel):
    """The transfers, one a pool, and how many kits went back."""

    numbers: list[str]
    kits: int


class PoolShort(Refusal):
    """The pool has fewer free kits there than are asked for."""


class LookAlikesApart(Refusal):
    """Of kits that look alike some types are asked for and others not."""

    def __init__(self) -> None:
        super().__init__(
            "Kits that look alike are reserved together: a transfer of some of them would tell which is which. "
            "Nothing was reserved. Ask for every kit type of the blinding group."
        )


class KitsNotPooled(Refusal):
    """Kits of the study's own never were in a pool."""


class KitsLabelled(Refusal):
    """A kit with a label of the study is of no use to another one."""


_POOLED, _TRANSFERS, _RELABELLED = table_of(PooledKit), table_of(PoolTransfer), table_of(RelabelledKit)
_SOURCES = select(_POOLED.c.kit_id, _POOLED.c.pool_kit_id, _POOLED.c.study_id.label("pool_id")).where(
    _POOLED.c.served_study_id == bindparam("study_id"), _POOLED.c.kit_id.in_(bindparam("ids", expanding=True))
)
_POOLS = (
    select(_POOLED.c.study_id)
    .join(table_of(Kit), table_of(Kit).c.id == _POOLED.c.kit_id)
    .where(
        _POOLED.c.served_study_id == bindparam("study_id"),
        table_of(Kit).c.number.in_(bindparam("numbers", expanding=True)),
    )
    .distinct()
)
_LABELLED = select(_RELABELLED.c.kit_id).where(_RELABELLED.c.kit_id.in_(bindparam("ids", expanding=True))).limit(1)
_SO_FAR = select(func.count()).where(_TRANSFERS.c.study_id == bindparam("study_id"))


def reserve_from_pool(work: Work, ask: ReserveFromPool) -> PoolReserved:
    """Moves the next kits of the warehouse's order from the pool's books to the study's; they are its alone."""
    work.actor.require(Permission.LOAD_KITS, ask.study_id)
    pool = _pool(work, ask)
    study = _lock_both(work, ask.study_id, pool.id)
    wanted = _wanted(study, pool, ask)
    depot_id = depot_ids(work, study.id).get(ask.depot)
    if depot_id is None:
        raise BadInput(f"The study has no depot {ask.depot}. Nothing was reserved. Choose one of its own.")
    ids = [kit for kit_type, kits in sorted(wanted.items()) for kit in _next(work, pool, ask.depot, kit_type, kits)]
    kits = lock_kits(work, ids)
    move_kits(work, kits, KitEvent.TRANSFER_OUT, place_id=study.id)
    lots = enter_kits(work, study, pool.id, ids, Taken(depot_id, ask.label_group, dict(pool.served.kit_types)))
    number = _write(work, study, pool.id, TransferKind.RESERVED, len(ids), "")
    _audit(
        work, study, pool.id, "pool_kits_reserved", {"kits": len(ids), "lots": lots, "transfer": number}, ask.kits
    )
    return PoolReserved(number=number, kits=len(ids), lots=lots)


def give_back_to_pool(work: Work, ask: GiveBackToPool) -> GivenBack:
    """Moves kits from the study's books back to those of the pools they came from."""
    work.actor.require(Permission.LOAD_KITS, ask.study_id)
    reason = need_reason(ask.reason)
    pools = sorted(
        row["study_id"] for row in work.rows(_POOLS, study_id=ask.study_id, numbers=sorted(set(ask.kits)))
    )
    study = _lock_both(work, ask.study_id, *pools)
    kits = lock_kits_by_number(work, study.id, ask.kits)
    by_pool = _sources(work, study, kits)
    if work.row(_LABELLED, ids=[kit.id for kit in kits]):
        raise KitsLabelled("One of these kits has a label of this study. Nothing was given back. Leave it out.")
    numbers = []
    for pool_id, pairs in sorted(by_pool.items()):
        move_kits(work, [kit for kit in kits if kit.id in pairs], KitEvent.TRANSFER_OUT, place_id=pool_id)
        _receive(work, study, pool_id, pairs, kits)
        number = _write(work, study, pool_id, TransferKind.GIVEN_BACK, len(pairs), reason)
        _audit(work, study, pool_id, "pool_kits_given_back", {"kits": len(pairs), "transfer": number}, None)
        numbers.append(number)
    return GivenBack(numbers=numbers, kits=len(kits))


def _pool(work: Work, ask: ReserveFromPool) -> Pool:
    pools = {pool.protocol: pool for pool in pools_of(work.connection, ask.study_id)}
    if ask.pool not in pools:
        raise NotFound(f"No pool {ask.pool} serves this study. Nothing was reserved. Choose one that does.")
    return pools[ask.pool]


def _lock_both(work: Work, study_id: int, *pool_ids: int) -> SupplyStudy:
    """Locks the study and the pools in order of id, so that two transfers cannot wait for each other."""
    for each in sorted({study_id, *pool_ids}):
        lock_row(work, each)
    return lock_study(work, study_id)


def _wanted(study: SupplyStudy, pool: Pool, ask: ReserveFromPool) -> dict[str, int]:
    """Kits by the pool's names of their types; what the pool does not serve does not exist for the study."""
    for kit_type, kits in ask.kits.items():
        if kit_type not in pool.types:
            raise BadInput(f"The pool has no {kit_type} for this study. Nothing was reserved. Choose another type.")
        if kits < 1:
            raise BadInput("A number of kits is at least 1. Nothing was reserved. Leave out what you do not need.")
    if sum(ask.kits.values()) > AT_ONCE:
        raise BadInput(f"More than {AT_ONCE} kits are asked for at once. Nothing was reserved. Ask in parts.")
    group_of = {kit_type.code: kit_type.blinding_group for kit_type in study.definition.kit_types}
    asked_groups = {group_of[kit_type] for kit_type in ask.kits}
    if study.definition.blinded and {one for one, group in group_of.items() if group in asked_groups} != set(
        ask.kits
    ):
        raise LookAlikesApart
    return {pool.types[kit_type]: kits for kit_type, kits in ask.kits.items()}


def _next(work: Work, pool: Pool, depot: str, kit_type: str, kits: int) -> list[int]:
    found = next_in_pool(work.connection, pool, depot, kit_type, kits, work.at.date())
    if len(found) < kits:
        raise PoolShort(
            f"The pool {pool.protocol} has too few free kits at depot {depot} for this. Nothing was reserved. "
            "Look at what is left, or ask for fewer.",
            trace=f"{len(found)} of {kits} {kit_type}",
        )
    return list(found)


def _sources(work: Work, study: SupplyStudy, kits: list[HeldKit]) -> dict[int, dict[int, int]]:
    """Pool -> the study's kit -> the pool's line of it."""
    by_pool: dict[int, dict[int, int]] = defaultdict(dict)
    for row in work.rows(_SOURCES, study_id=study.id, ids=[kit.id for kit in kits]):
        by_pool[row["pool_id"]][row["kit_id"]] = row["pool_kit_id"]
    pooled = {kit_id for pairs in by_pool.values() for kit_id in pairs}
    if own := [kit.number for kit in kits if kit.id not in pooled]:
        raise KitsNotPooled(f"Kit {own[0]} did not come from a pool. Nothing was given back. Leave it out.")
    return by_pool


def _receive(work: Work, study: SupplyStudy, pool_id: int, pairs: Mapping[int, int], kits: list[HeldKit]) -> None:
    """The pool's lines lie again at its depot of the name under which the study had the kits."""
    names = {depot_id: code for code, depot_id in depot_ids(work, study.id).items()}
    depots = depot_ids(work, pool_id)
    at: dict[str, list[int]] = defaultdict(list)
    for kit in kits:
        if kit.id in pairs:
            at[names[kit.place_id or 0]].append(pairs[kit.id])
    for code, ids in sorted(at.items()):
        if code not in depots:
            raise BadInput(
                f"The pool has no depot {code}. Nothing was given back. Send the kits to one of its own."
            )
        move_kits(work, lock_kits(work, ids), KitEvent.TRANSFER_IN, place_id=depots[code])


def _write(work: Work, study: SupplyStudy, pool_id: int, kind: TransferKind, kits: int, reason: str) -> str:
    number = f"T-{work.connection.execute(_SO_FAR, {'study_id': pool_id}).scalar_one() + 1:04d}"
    work.append(
        PoolTransfer,
        sponsor_id=study.sponsor_id,
        study_id=pool_id,
        number=number,
        kind=kind,
        served_study_id=study.id,
        kits=kits,
        reason=reason or None,
        at=work.at,
        account_id=work.actor.account_id,
    )
    return number


def _audit(
    work: Work, study: SupplyStudy, pool_id: int, act: str, new: dict[str, object], types: dict[str, int] | None
) -> None:
    """A line in the trail of each: how many of which type is told in the study's secret part alone."""
    pool, served = protocol_of(work, pool_id), protocol_of(work, study.id)
    facts = {**new, "pool": pool, "served": served}
    work.audit(AuditDraft(act=act, record_kind="pool", record=pool, study_id=pool_id, new=facts))
    secret = {"kits": types} if types else None
    work.audit(AuditDraft(act=act, record_kind="pool", record=pool, study_id=study.id, new=facts, secret=secret))
