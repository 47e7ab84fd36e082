"""The end of a seed's secrecy: the database is locked, the study unblinded, and only then the seed is told."""

from enum import StrEnum

from sqlalchemy import RowMapping, bindparam, func, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.randomization.stream import commitment
from irt.services.audit_draft import AuditDraft
from irt.services.seal_seed import SEALED
from irt.services.seed_custody import LOGGED
from irt.services.seed_shares import is_shared
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.work import Work
from irt.states.records import SiteStatus
from irt.tables.columns import table_of
from irt.tables.study import Site, Study, StudyEnd


class End(StrEnum):
    """What happens to a study at its end, in this order."""

    LOCKED = "locked"
    UNBLINDED = "unblinded"


class DeclareEnd(SQLModel):
    """A step of the study's end, signed."""

    study_id: int
    end: End
    signing: Signing = Field(exclude=True)


class EndDeclared(SQLModel):
    """The step on record."""

    end: End
    signature_id: int


class RevealSeed(SQLModel):
    """The seed is asked for, signed; where it has two holders, they give it."""

    study_id: int
    given: str | None = Field(default=None, exclude=True)
    signing: Signing = Field(exclude=True)


class SeedTold(SQLModel):
    """That it was revealed; `seed` tells it in hexadecimal, once, to the person who signed, and is in no record."""

    commitment: str
    seed: str | None = Field(default=None, exclude=True)


class SitesStillOpen(Refusal):
    """A site that could still randomize."""


class NotLocked(Refusal):
    """The database is not locked."""


class NotUnblinded(Refusal):
    """The study is not unblinded."""


class DeclaredBefore(Refusal):
    """A step of the end is declared once."""


class NotTheSeed(Refusal):
    """What the holders gave is not the seed of the commitment."""


_WHO = {End.LOCKED: Permission.APPROVE_STUDY, End.UNBLINDED: Permission.FREEZE_RANDOMIZATION}
_STUDIES, _SITES, _ENDS = table_of(Study), table_of(Site), table_of(StudyEnd)
_STUDY = (
    select(_STUDIES.c.id, _STUDIES.c.sponsor_id, _STUDIES.c.protocol)
    .where(_STUDIES.c.id == bindparam("study_id"))
    .with_for_update(key_share=True)
)
_OPEN_SITE = (
    select(_SITES.c.number)
    .where(_SITES.c.study_id == bindparam("study_id"), _SITES.c.status != SiteStatus.CLOSED)
    .order_by(_SITES.c.number)
    .limit(1)
)
_DECLARED = select(func.count(_ENDS.c.id).label("times")).where(
    _ENDS.c.study_id == bindparam("study_id"), _ENDS.c.kind == bindparam("kind")
)


def declare_end(work: Work, ask: DeclareEnd) -> EndDeclared:
    """Locked by the study team once every site is closed; after that unblinded by the statistician."""
    grant = work.actor.require(_WHO[ask.end], ask.study_id)
    study = work.one("study", _STUDY, study_id=ask.study_id)
    if _is_declared(work, ask.study_id, ask.end):
        raise DeclaredBefore(f"The study is {ask.end} already. Nothing was changed.")
    if ask.end is End.UNBLINDED:
        _require_locked(work, ask.study_id)
    elif (site := work.row(_OPEN_SITE, study_id=ask.study_id)) is not None:
        raise SitesStillOpen(f"Site {site['number']} is not closed. Nothing was locked. Close every site first.")
    signable = Signable(Meaning.APPROVE, "study", study["protocol"], {"end": ask.end}, study_id=ask.study_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    work.append(
        StudyEnd,
        sponsor_id=study["sponsor_id"],
        study_id=ask.study_id,
        kind=ask.end,
        signature_id=signature_id,
        at=work.at,
    )
    work.audit(_entry(f"study_{ask.end}", "study", study["protocol"], ask.study_id, {"signature": signature_id}))
    return EndDeclared(end=ask.end, signature_id=signature_id)


def reveal_seed(work: Work, ask: RevealSeed) -> SeedTold:
    """Says under a signature that the seed is told; NotLocked, NotUnblinded, NotTheSeed before anything is."""
    grant = work.actor.require(Permission.FREEZE_RANDOMIZATION, ask.study_id)
    study = work.one("study", _STUDY, study_id=ask.study_id)
    _require_locked(work, ask.study_id)
    if not _is_declared(work, ask.study_id, End.UNBLINDED):
        raise NotUnblinded("The study is not unblinded. No seed was told. Declare it unblinded first.")
    row = work.one("study", SEALED, study_id=ask.study_id)
    seed = _revealed(work, row, ask.given)
    content = {"commitment": row["commitment"]}
    signable = Signable(Meaning.APPROVE, "seed", study["protocol"], content, study_id=ask.study_id)
    sign_record(work, ask.signing, signable, grant)
    work.audit(_entry("seed_revealed", "seed", LOGGED, ask.study_id, content))
    return SeedTold(commitment=row["commitment"], seed=seed.hex())


def _revealed(work: Work, row: RowMapping, given: str | None) -> bytes:
    """The seed, from the holders or the installation; NotTheSeed where it is not the one committed to."""
    try:
        seed = bytes.fromhex(given or "") if is_shared(row["sealed"]) else work.store.seal.open(row["sealed"])
    except ValueError:
        seed = b""
    if commitment(seed) != row["commitment"]:
        raise NotTheSeed("This is not the seed of the commitment. No seed was told. Both holders must give theirs.")
    return seed


def _require_locked(work: Work, study_id: int) -> None:
    if not _is_declared(work, study_id, End.LOCKED):
        raise NotLocked("The database of this study is not locked. Nothing was done. Declare the lock first.")


def _is_declared(work: Work, study_id: int, end: End) -> bool:
    return bool(work.one("study", _DECLARED, study_id=study_id, kind=end)["times"])


def _entry(act: str, kind: str, record: str, study_id: int, new: dict[str, object]) -> AuditDraft:
    return AuditDraft(act=act, record_kind=kind, record=record, study_id=study_id, new=new)
