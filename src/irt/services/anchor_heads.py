"""Once a day the last hashes of all chains leave the database, signed: who rewrites a chain is then found out."""

import os
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlmodel import SQLModel

from irt import __version__
from irt.audit.anchor import SignedAnchor, next_anchor, read_anchor, sign_anchor
from irt.reads.anchored import heads_of
from irt.reads.audit_trail import whole_at_once
from irt.services.audit_draft import AuditDraft
from irt.services.bootstrap import system_actor
from irt.services.seal import Seal
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import Account

_ACCOUNTS = table_of(Account)
_PURPOSE = "audit anchors"


class NoteAnchor(SQLModel):
    """An anchor that was written: its number, its hash, and how many heads it holds."""

    number: int
    sha256: str
    heads: int


class AnchorNoted(SQLModel):
    """The anchor's number, on record."""

    number: int


def note_anchor(work: Work, ask: NoteAnchor) -> AnchorNoted:
    """Notes that the heads were anchored, so that a missing file is missed."""
    work.audit(AuditDraft(act="heads_anchored", record_kind="anchor", record=str(ask.number), new=dict(ask)))
    return AnchorNoted(number=ask.number)


def anchor_key(seal: Seal) -> Ed25519PrivateKey:
    """The installation's key for anchors: made from its seal key, which is not in the database."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seal.derived_key(_PURPOSE)))


@dataclass(slots=True)
class AnchorFolder:
    """Where anchors are kept, one file each; a folder that others can read and this program only adds to."""

    path: Path
    _day: date | None = field(default=None, init=False)

    def drop_daily(self, store: Store, now: datetime) -> SignedAnchor | None:
        """The day's anchor, where it is not there yet; None where it is, or nobody has begun the installation."""
        if self._day == now.date():
            return None
        last = self.last()
        self._day = now.date()
        if last is not None and last.anchor.day >= now.date().isoformat():
            return None
        return self.drop(store, now)

    def drop(self, store: Store, now: datetime) -> SignedAnchor | None:
        """A new anchor, written to a file and noted in the trail; None where another worker was quicker."""
        with store.reading_past_wall() as connection:
            whole_at_once(connection)
            if connection.execute(select(_ACCOUNTS.c.id).limit(1)).first() is None:
                return None
            heads = heads_of(connection)
        last = self.last()
        signed = sign_anchor(
            next_anchor(None if last is None else last.anchor, now, __version__, heads), anchor_key(store.seal)
        )
        if not self._added(signed):
            return None
        with store.reading_past_wall() as connection:
            system = system_actor(connection)
        ask = NoteAnchor(number=signed.anchor.number, sha256=signed.anchor.hash, heads=len(heads))
        perform(store, system, now, note_anchor, ask, f"anchor:{signed.anchor.hash}")
        return signed

    def all(self) -> list[SignedAnchor]:
        """Every anchor of the folder, by number; BadInput where a file is none."""
        return [read_anchor(file.read_text(encoding="utf-8"), file.name) for file in self._files()]

    def last(self) -> SignedAnchor | None:
        """The newest anchor."""
        files = self._files()
        return read_anchor(files[-1].read_text(encoding="utf-8"), files[-1].name) if files else None

    def _files(self) -> list[Path]:
        return sorted(self.path.glob("anchor-*.json"))

    def _added(self, signed: SignedAnchor) -> bool:
        """Writes the file as a whole, never over another."""
        self.path.mkdir(parents=True, exist_ok=True)
        file = self.path / f"anchor-{signed.anchor.number:06d}.json"
        half = file.with_suffix(f".{os.getpid()}")
        half.write_text(signed.text, encoding="utf-8")
        try:
            os.link(half, file)
        except FileExistsError:
            return False
        finally:
            half.unlink()
        return True


def public_key_of(seal: Seal) -> bytes:
    """The public half, 32 bytes: for whoever examines an anchor without this installation."""
    return anchor_key(seal).public_key().public_bytes_raw()
