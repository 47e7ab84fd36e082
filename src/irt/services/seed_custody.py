"""Opening a seed: with the installation's key, or, where two holders have it, from what they gave this process.

Every opening is written into the audit trail of the act that needed it. The seed is kept in memory only once that
act is committed, so that none is used without its line.
"""

import logging

from sqlalchemy import bindparam, event, select

from irt.errors import Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.seed_shares import is_shared, open_box, public_of
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.secret import UnsealedSeed

_LOG = logging.getLogger("irt.seeds")
LOGGED = "allocation"
"""The seed whose openings are written down; the others tell no treatment of the future by themselves."""


class SeedSealed(Refusal):
    """The seed is with its two holders, and they have not unsealed it for this process."""

    def __init__(self) -> None:
        super().__init__(
            "Randomization is not possible at the moment. Nothing was drawn. Tell the study team at once.",
            "the seed is sealed to two holders: irt randomization unseal",
        )


_BOXES = table_of(UnsealedSeed)
_BOX = (
    select(_BOXES.c.box)
    .where(_BOXES.c.study_id == bindparam("study_id"), _BOXES.c.allocator == bindparam("allocator"))
    .order_by(_BOXES.c.id.desc())
)


def open_seed(work: Work, study_id: int, purpose: str, sealed: str) -> bytes:
    """The seed; SeedSealed where its holders have not unsealed it. Kept by the store once the act is committed."""
    own = public_of(work.store.seal.allocator)
    if is_shared(sealed):
        box = work.row(_BOX, study_id=study_id, allocator=own)
        if box is None:
            # Whoever sealed the seed while this process ran finds its key in its log, and not in the database.
            _LOG.warning("a seed waits for its two holders; allocator key of this process: %s", own)
            raise SeedSealed
        seed = open_box(box["box"], work.store.seal.allocator)
    else:
        seed = work.store.seal.open(sealed)
    if purpose != LOGGED:
        work.store.seeds[study_id, purpose] = seed
        return seed
    _log(work, study_id, own, "two holders" if is_shared(sealed) else "installation")
    event.listen(
        work.connection, "commit", lambda _: work.store.seeds.update({(study_id, purpose): seed}), once=True
    )
    return seed


def _log(work: Work, study_id: int, allocator: str, custody: str) -> None:
    if any(draft.act == "seed_opened" and draft.study_id == study_id for draft in work.drafts):
        return
    work.audit(
        AuditDraft(
            act="seed_opened",
            record_kind="seed",
            record=LOGGED,
            study_id=study_id,
            new={"custody": custody},
            secret={"allocator": allocator},
        )
    )
