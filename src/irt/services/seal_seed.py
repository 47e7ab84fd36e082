"""The allocation seed goes to two holders, and from them to a running process: never through the database."""

import re

from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.randomization.stream import commitment
from irt.services.audit_draft import AuditDraft
from irt.services.seed_custody import LOGGED
from irt.services.seed_shares import is_shared, open_box, public_of, share_out
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.secret import AllocationKey, UnsealedSeed


class SealSeed(SQLModel):
    """The two holders' public keys."""

    study_id: int
    holders: list[str] = Field(min_length=2, max_length=2)


class SeedShared(SQLModel):
    """The commitment, which stays what it was."""

    commitment: str


class UnsealSeed(SQLModel):
    """The seed as the holders closed it for one running process, by its public key."""

    study_id: int
    allocator: str = Field(min_length=64, max_length=64)
    box: str = Field(max_length=1000)


class SeedUnsealed(SQLModel):
    """The process that can draw now, until it ends."""

    allocator: str


class SealedBefore(Refusal):
    """The seed has its holders; nobody here can take it from them."""


class NotSealed(Refusal):
    """The seed has no holders, so that there is nothing to unseal."""


_PUBLIC, _BOX = re.compile("[0-9a-f]{64}"), re.compile(r"[0-9a-f]{64}\.(?:[0-9a-f]{2})+")
_KEYS = table_of(AllocationKey)
SEALED = select(_KEYS.c.sealed, _KEYS.c.commitment, _KEYS.c.sponsor_id).where(
    _KEYS.c.study_id == bindparam("study_id"), _KEYS.c.purpose == LOGGED
)


def seal_seed(work: Work, ask: SealSeed) -> SeedShared:
    """Closes the seed for two holders; from now on a process draws only after both have unsealed it."""
    work.actor.require(Permission.FREEZE_RANDOMIZATION, ask.study_id)
    row = work.one("study", SEALED, study_id=ask.study_id)
    if is_shared(row["sealed"]):
        raise SealedBefore("The seed has two holders already. Nothing was changed.")
    seed = work.store.seal.open(row["sealed"])
    if commitment(seed) != row["commitment"]:
        raise BadInput("The seed is not the one of the commitment. Nothing was sealed. Tell the administrator.")
    sealed = share_out(seed, ask.holders, work.store.entropy)
    work.run(update(_KEYS).where(_KEYS.c.study_id == ask.study_id, _KEYS.c.purpose == LOGGED).values(sealed=sealed))
    work.store.seeds.pop((ask.study_id, LOGGED), None)
    work.audit(_entry("seed_sealed", ask.study_id, {"holders": [holder[:16] for holder in ask.holders]}))
    return SeedShared(commitment=row["commitment"])


def unseal_seed(work: Work, ask: UnsealSeed) -> SeedUnsealed:
    """Hands the box to the process that alone can open it; NotSealed where there are no holders."""
    work.actor.require(Permission.FREEZE_RANDOMIZATION, ask.study_id)
    row = work.one("study", SEALED, study_id=ask.study_id)
    if not is_shared(row["sealed"]):
        raise NotSealed("The seed of this study is sealed with the installation's key. There is nothing to unseal.")
    _require_box(work, ask, row["commitment"])
    owner = {"sponsor_id": row["sponsor_id"], "study_id": ask.study_id}
    work.append(UnsealedSeed, **owner, allocator=ask.allocator, box=ask.box, at=work.at)
    work.audit(_entry("seed_unsealed", ask.study_id, {"allocator": ask.allocator[:16]}))
    return SeedUnsealed(allocator=ask.allocator)


def _require_box(work: Work, ask: UnsealSeed, committed: str) -> None:
    """The newest box counts, and one that opens to nothing would stop every draw until another came."""
    if not _PUBLIC.fullmatch(ask.allocator) or not _BOX.fullmatch(ask.box):
        raise BadInput("This is no box for a running process. Nothing was unsealed. Both holders make it.")
    own = work.store.seal.allocator
    if ask.allocator == public_of(own) and commitment(open_box(ask.box, own)) != committed:
        raise BadInput("This is not the seed of the commitment. Nothing was unsealed. Ask both holders.")


def _entry(act: str, study_id: int, new: dict[str, object]) -> AuditDraft:
    return AuditDraft(act=act, record_kind="seed", record=LOGGED, study_id=study_id, new=new)
