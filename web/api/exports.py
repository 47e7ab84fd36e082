"""Exports over the API: blinded editions, those with treatments for a named recipient, and what left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from irt.blinding.roles import Permission
from irt.exports.facts import Edition
from irt.exports.kinds import KINDS, Kind
from irt.reads.audit_trail import whole_at_once
from irt.reads.blinded_study_data import study_data
from irt.reads.blinded_transfers import transfers_of
from irt.reads.unblinded_study_data import treatments
from irt.services.note_transfer import NoteTransfer, Recipient, note_transfer
from irt.services.unit_of_work import perform
from web.api.operations import Caller, Now, Records, StudyId, file_question, question
from web.exporting.packs import blinded_pack, packed
from web.press import new_key

_HERE = "/studies/{study_id:int}/exports"
ForWhom = Annotated[Recipient, QueryParameter(description="Who is given the file.")]
Purpose = Annotated[str, QueryParameter(min_length=1, max_length=500, description="What it is given for.")]


@dataclass(frozen=True)
class FileLeft:
    """One file: its records and its SHA-256."""

    name: str
    records: int
    sha256: str


@dataclass(frozen=True)
class TransferShown:
    """One taking; of an edition with treatments, no file is told."""

    export: str
    unblinded: bool
    person: str
    at: datetime
    recipient: str
    files: tuple[FileLeft, ...]


@dataclass(frozen=True)
class TransfersShown:
    """What left, newest first."""

    items: tuple[TransferShown, ...]


@question(_HERE, Permission.EXPORT_DATA, "Which exports left, by whom, with their hashes")
def list_exports(study_id: StudyId, caller: Caller, store: Records) -> TransfersShown:
    """The newest hundred of the study."""
    caller.require(Permission.EXPORT_DATA, study_id)
    with store.reading() as connection:
        found = transfers_of(connection, study_id)
    return TransfersShown(
        tuple(
            TransferShown(
                *(one.what, one.unblinded, one.person, one.at, one.recipient),
                tuple(FileLeft(*each) for each in one.files),
            )
            for one in found
        )
    )


def _blinded(kind: Kind) -> HTTPRouteHandler:
    def take(study_id: StudyId, caller: Caller, store: Records, now: Now) -> Response[bytes]:
        caller.require(Permission.EXPORT_DATA, study_id)
        with store.reading() as connection:
            return blinded_pack(
                *(connection, kind, study_id, now),
                lambda ask: perform(store, caller, now, note_transfer, ask, new_key(store)),
            )

    return _named(take, kind, "", Permission.EXPORT_DATA)


def _unblinded(kind: Kind) -> HTTPRouteHandler:
    def take(
        study_id: StudyId, caller: Caller, store: Records, now: Now, recipient: ForWhom, reason: Purpose
    ) -> Response[bytes]:
        caller.require(Permission.VIEW_RANDOMIZATION, study_id)
        with store.reading() as connection:
            whole_at_once(connection)
            data, secret = study_data(connection, study_id), treatments(connection, study_id)
        ask = NoteTransfer(
            study_id=study_id,
            what=kind.name,
            edition=Edition.UNBLINDED,
            files={},
            recipient=recipient,
            reason=reason,
        )
        return packed(
            *(kind, data, secret, now),
            lambda noted: perform(store, caller, now, note_transfer, noted, new_key(store)),
            ask,
        )

    return _named(take, kind, "unblinded_", Permission.VIEW_RANDOMIZATION)


def _named(take: Any, kind: Kind, mark: str, scope: Permission) -> HTTPRouteHandler:
    """The operation under a name of its own."""
    take.__name__ = f"take_{mark}{kind.name}_export"
    take.__doc__ = f"{kind.use}; with a manifest of counts and hashes. That it was taken is written down."
    edition = "With treatments: " if mark else ""
    path = f"{_HERE}/{mark.replace('_', '-')}{kind.name}.zip"
    return file_question(path, f"{edition}{kind.title} as one file", scope)(take)


def _every() -> Iterator[HTTPRouteHandler]:
    for kind in KINDS.values():
        if Edition.BLINDED in kind.editions:
            yield _blinded(kind)
        if Edition.UNBLINDED in kind.editions:
            yield _unblinded(kind)


OPERATIONS = (list_exports, *_every())
