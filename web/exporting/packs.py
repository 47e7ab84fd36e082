"""An export as one file to take away: made, written down, and packed with its manifest."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from litestar import Response
from sqlalchemy import Connection

from irt import __version__
from irt.errors import NotFound
from irt.exports.facts import Edition, StudyData, Treatments
from irt.exports.files import ExportFile, manifest_of
from irt.exports.kinds import KINDS, Kind, about_export, files_of
from irt.reads.audit_trail import whole_at_once
from irt.reads.blinded_study_data import study_data
from irt.services.note_transfer import NoteTransfer
from irt.states.records import Mode
from web.downloads import MEDIA_TYPES, file_answer, file_name

Note = Callable[[NoteTransfer], Any]


def kind_named(name: str, edition: Edition) -> Kind:
    """A kind of export that is made in this edition; NotFound where there is none."""
    kind = KINDS.get(name)
    if kind is None or edition not in kind.editions:
        raise NotFound("There is no such export. Nothing was taken. Press a button of the page.")
    return kind


def blinded_pack(connection: Connection, kind: Kind, study_id: int, at: datetime, note: Note) -> Response[bytes]:
    """The blinded edition; that it leaves is written down before it does."""
    whole_at_once(connection)
    data = study_data(connection, study_id)
    ask = NoteTransfer(study_id=study_id, what=kind.name, edition=Edition.BLINDED, files={})
    return packed(kind, data, None, at, note, ask)


def packed(
    kind: Kind, data: StudyData, secret: Treatments | None, at: datetime, note: Note, ask: NoteTransfer
) -> Response[bytes]:
    """Files and manifest as a zip, the same bytes for the same records and moment."""
    files = files_of(kind, data, secret, at)
    told: Any = {one.name: one.told for one in files}
    note(ask.model_copy(update={"files": told}))
    why = {"recipient": str(ask.recipient or ""), "purpose": ask.reason}
    manifest = manifest_of(about_export(kind, data, secret, at, __version__, **why), files)
    mark = "" if secret is None else "UNBLINDED-"
    name = file_name(f"{mark}{kind.name}-{data.study.protocol}", Mode(data.study.mode), at, "zip")
    return file_answer(zip_of((*files, manifest), at), name, MEDIA_TYPES["zip"])


def zip_of(files: Iterable[ExportFile], at: datetime) -> bytes:
    """Every file under its name, dated by the moment of making."""
    content, moment = BytesIO(), at.astimezone(UTC).timetuple()[:6]
    with ZipFile(content, "w", ZIP_DEFLATED) as pack:
        for one in files:
            pack.writestr(ZipInfo(one.name, moment), one.content, ZIP_DEFLATED)
    return content.getvalue()
