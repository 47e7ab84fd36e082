"""Drop folders: files that a depot leaves for us and fetches from us, as over SFTP.

Under the folder of a study and a depot lie `in`, `out`, `archive` and `error`. A file is whole once its sidecar,
`<name>.sha256`, lies beside it; files are moved and get their names in one step, so that nobody reads half of one.
"""

import fcntl
import hashlib
import json
import os
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.errors import BadInput, Refusal
from irt.messages.formats import BYTES_MAX, Format, read, written
from irt.messages.refusals import MessageTooLarge
from irt.reads.blinded_messages import due_messages, waiting_messages
from irt.reads.named import NamedStudy
from irt.reads.vendor_codes import for_vendor
from irt.services.deliver_message import deliver_message
from irt.services.prepare_messages import (
    AcknowledgeMessages,
    PrepareMessages,
    acknowledge_messages,
    prepare_messages,
)
from irt.services.store import Store
from irt.services.take_message import MessageTaken, TakeMessage
from irt.services.unit_of_work import perform
from irt.states.vendor_message import MessageStatus

SIDECAR = ".sha256"
_ROOMS = ("in", "out", "archive", "error")
_AT_ONCE = 500


class FolderBusy(Refusal):
    """Another run works in the folder."""


class DigestDiffers(BadInput):
    """The file is not the one its sidecar speaks of."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What one pass over a depot's folder did."""

    depot: str
    taken: int
    refused: int
    written: int


@dataclass(frozen=True, slots=True)
class DropFolder:
    """One depot's folder of one study."""

    folder: Path
    store: Store
    actor: Actor
    study: NamedStudy
    depot_id: int
    depot: str

    @classmethod
    def under(
        cls, root: Path, store: Store, system: Actor, study: NamedStudy, depot: tuple[int, str]
    ) -> "DropFolder":
        """The folder, made where it is missing; the installation acts in it for this depot and no other."""
        depot_id, code = depot
        folder = root / _plain(f"{study.protocol}-{study.mode}") / _plain(code)
        for room in _ROOMS:
            (folder / room).mkdir(parents=True, exist_ok=True)
        grant = Grant(Role.DEPOT, study_id=study.id, depot_id=depot_id)
        return cls(folder, store, replace(system, grants=(grant,)), study, depot_id, code)

    def exchange(self, now: datetime, spelling: Format) -> Exchanged:
        """Takes every whole file, then writes what waits for the depot."""
        with _alone(self.folder):
            outcomes = [self._take(file, now) for file in self._whole_files()]
            wrote = self._write(now, spelling)
        return Exchanged(self.depot, outcomes.count(True), outcomes.count(False), wrote)

    def _whole_files(self) -> list[Path]:
        """Files whose sidecar lies beside them, by name; links are left alone."""
        found = sorted(
            path for path in (self.folder / "in").iterdir() if path.suffix.removeprefix(".") in list(Format)
        )
        return [path for path in found if _regular(path) and _regular(_sidecar(path))]

    def _take(self, file: Path, now: datetime) -> bool:
        """Whether it was carried out or noted: the file is in the archive then, else in error with its reason."""
        try:
            data = _checked(file)
        except BadInput as refusal:
            self._set_aside(file, "", {"refusal": refusal.name, "sentence": refusal.sentence})
            return False
        taken = self._deliver(file, data, now)
        if taken.status in (MessageStatus.APPLIED, MessageStatus.NOTED):
            _move(file, self.folder / "archive" / f"{taken.id:08d}-{file.name}")
            return True
        self._set_aside(file, f"{taken.id:08d}-", {"refusal": taken.refusal, "sentence": taken.sentence})
        return False

    def _deliver(self, file: Path, data: bytes, now: datetime) -> MessageTaken:
        # The key makes a file that was taken, and not yet moved when the machine stopped, no second message.
        key = f"file {self.study.id} {self.depot_id} {file.name} {hashlib.sha256(data).hexdigest()}"
        content = b64encode(data).decode()
        spelling = Format(file.suffix.removeprefix("."))
        ask = TakeMessage(study_id=self.study.id, spelling=spelling, content=content, encoding="base64")
        return deliver_message(self.store, self.actor, now, ask, key)

    def _set_aside(self, file: Path, before: str, reason: dict[str, str | None]) -> None:
        name = f"{before}{file.name}"
        _put(self.folder / "error" / f"{name}.reason", (json.dumps(reason, indent=2) + "\n").encode())
        _move(file, self.folder / "error" / name)

    def _write(self, now: datetime, spelling: Format) -> int:
        """Messages to the depot as files, each with its sidecar; then they count as fetched."""
        self._prepare(now)
        with self.store.reading() as connection:
            waiting = waiting_messages(connection, self.study.id, [self.depot_id], _AT_ONCE)
            messages = [
                for_vendor(connection, self.study.id, each.depot_id, read(each.content, Format.JSON), now.date())
                for each in waiting
            ]
        for each, message in zip(waiting, messages, strict=True):
            data = written(message, spelling)
            file = self.folder / "out" / f"{each.line.message_id}.{spelling}"
            _put(file, data)
            _put(_sidecar(file), f"{hashlib.sha256(data).hexdigest()}  {file.name}\n".encode())
        if waiting:
            names = [each.line.message_id for each in waiting]
            ask = AcknowledgeMessages(study_id=self.study.id, messages=names)
            perform(self.store, self.actor, now, acknowledge_messages, ask, self._key())
        return len(waiting)

    def _prepare(self, now: datetime) -> None:
        with self.store.reading() as connection:
            due = due_messages(connection, self.study.id, [self.depot_id])
        if due:
            perform(
                self.store, self.actor, now, prepare_messages, PrepareMessages(study_id=self.study.id), self._key()
            )

    def _key(self) -> str:
        return self.store.entropy(16).hex()


def checked_sidecar(file: Path, data: bytes) -> None:
    """DigestDiffers where a sidecar lies beside the file and speaks of other bytes."""
    sidecar = _sidecar(file)
    if not sidecar.exists():
        return
    told = sidecar.read_text(encoding="utf-8", errors="replace").split()
    if not told or told[0].lower() != hashlib.sha256(data).hexdigest():
        raise DigestDiffers(
            f"{file.name} is not the file that {sidecar.name} speaks of. Nothing was booked. Send both again."
        )


def _checked(file: Path) -> bytes:
    """The bytes of a file of bounded size, held against its sidecar."""
    if file.stat().st_size > BYTES_MAX:
        raise MessageTooLarge(f"{file.name} is larger than {BYTES_MAX // 1024 // 1024} MB. Nothing was booked.")
    data = file.read_bytes()
    checked_sidecar(file, data)
    return data


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One run at a time; the lock goes with the process that held it."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderBusy(f"Another run works in {folder}. Nothing was done. Wait for its end.") from None
        yield


def _move(file: Path, to: Path) -> None:
    # The file first: a sidecar that is left alone means nothing, a file without one would wait for ever.
    os.replace(file, to)
    os.replace(_sidecar(file), _sidecar(to))


def _put(file: Path, data: bytes) -> None:
    """A file that is there whole or not at all."""
    part = file.with_name(f".{file.name}.part")
    with part.open("wb") as paper:
        paper.write(data)
        paper.flush()
        os.fsync(paper.fileno())
    os.replace(part, file)


def _sidecar(file: Path) -> Path:
    return file.with_name(file.name + SIDECAR)


def _regular(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _plain(name: str) -> str:
    """A name that is one folder and nothing else."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".") or "_"
