"""Exports that tell treatments: for a named recipient and a purpose, and the appendices of the study report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.exports.facts import Edition
from irt.exports.kinds import KINDS, Kind
from irt.reads.audit_trail import whole_at_once
from irt.reads.blinded_study_data import study_data
from irt.reads.named import every_study
from irt.reads.unblinded_study_data import treatments
from irt.services.log_reading import LogReading, log_reading
from irt.services.note_transfer import NoteTransfer, Recipient, note_transfer
from web.blinded.desk import Desk
from web.blinded.typed import reason_in
from web.downloads import MEDIA_TYPES, file_answer, file_name
from web.exporting.appendices import E3, E3_READING, appendices
from web.exporting.packs import kind_named, packed
from web.forms import Fields
from web.record_files import made_by, zipped
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page

_MAY = Permission.VIEW_RANDOMIZATION


@dataclass(frozen=True)
class UnblindedExportsView(UnblindedView):
    """The exports with an unblinded edition, and who may be given them."""

    study_id: int
    kinds: tuple[Kind, ...]
    recipients: tuple[tuple[str, str], ...]
    command_key: str
    appendices: bool
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


class UnblindedExportPages(Controller):
    """Unblinded exports of one study."""

    path = "/studies/{study_id:int}/exports/unblinded"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[Any]:
        """What can be taken, and for whom."""
        return _page(desk, study_id, {})

    @post("/", status_code=200, sync_to_thread=True)
    def take(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """The unblinded edition of one, for somebody and a purpose, as one file."""
        try:
            require_unblinded(desk, _MAY, study_id)
            return _taken(desk, study_id, data)
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal)

    @post("/appendices", status_code=200, sync_to_thread=True)
    def take_appendices(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[Any]:
        """16.1.6, 16.1.7, 16.2.2 and the unblindings, as tables and papers in one file."""
        require_unblinded(desk, _MAY, study_id)
        desk.who.actor.require(Permission.VIEW_AUDIT, study_id)
        with desk.store.reading() as connection:
            study = next(one for one in every_study(connection) if one.id == study_id)
            made = appendices(connection, study, desk.who.printed_name, desk.now)
        ask = LogReading(study_id=study_id, what=E3_READING, permission=_MAY, rows=made.rows)
        desk.press(log_reading, ask, desk.key())
        by = made_by(desk.who.printed_name, desk.now, study.mode)
        pack = zipped(made.files, E3, study.words, by, desk.now)
        name = file_name(f"UNBLINDED-e3-{study.protocol}", study.mode, desk.now, "zip")
        return file_answer(pack, name, MEDIA_TYPES["zip"])


def _taken(desk: Desk, study_id: int, data: Mapping[str, str]) -> Response[bytes]:
    kind = kind_named(data.get("export", ""), Edition.UNBLINDED)
    if data.get("recipient") not in list(Recipient):
        raise BadInput("Say for whom the files are. Nothing was taken.")
    ask = NoteTransfer(
        study_id=study_id,
        what=kind.name,
        edition=Edition.UNBLINDED,
        files={},
        recipient=Recipient(data["recipient"]),
        reason=reason_in(data),
    )
    with desk.store.reading() as connection:
        whole_at_once(connection)
        facts, secret = study_data(connection, study_id), treatments(connection, study_id)
    return packed(kind, facts, secret, desk.now, lambda noted: desk.press(note_transfer, noted, desk.key()), ask)


def _page(desk: Desk, study_id: int, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[str]:
    require_unblinded(desk, _MAY, study_id)
    view = UnblindedExportsView(
        study_id=study_id,
        kinds=tuple(one for one in KINDS.values() if Edition.UNBLINDED in one.editions),
        recipients=tuple((str(one), one.capitalize()) for one in Recipient),
        command_key=desk.key(),
        appendices=desk.who.actor.grant_for(Permission.VIEW_AUDIT, study_id, None) is not None,
        typed=typed,
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return secret_page(desk, "release/exports.html", view, "Exports with treatments", "Exports", study_id, status)
