"""Exports of a study: what can be taken, in the edition that the reader may have, and who took what."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.exports.facts import Edition
from irt.exports.kinds import KINDS, Kind
from irt.reads.blinded_transfers import Transfer, transfers_of
from irt.services.note_transfer import note_transfer, permission_for
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_of
from web.exporting.packs import blinded_pack, kind_named
from web.forms import Fields

_MAY = permission_for(Edition.BLINDED)


@dataclass(frozen=True)
class ExportsView(BlindedView):
    """The exports with a blinded edition, and what left so far, newest first."""

    study_id: int
    kinds: tuple[Kind, ...]
    transfers: tuple[Transfer, ...]
    reads_treatments: bool
    command_key: str


class ExportDoor(Controller):
    """The door in the navigation: on to the study's exports."""

    path = "/exports"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def enter(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The exports of the study chosen."""
        study_id = study_of(desk, _MAY)
        return go("/switch" if study_id is None else f"/studies/{study_id}/exports")


class ExportPages(Controller):
    """Exports of one study."""

    path = "/studies/{study_id:int}/exports"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[Any]:
        """What can be taken, and who took what."""
        desk.who.actor.require(_MAY, study_id)
        with desk.store.reading() as connection:
            transfers = transfers_of(connection, study_id)
        view = ExportsView(
            study_id=study_id,
            kinds=tuple(one for one in KINDS.values() if Edition.BLINDED in one.editions),
            transfers=transfers,
            reads_treatments=may(desk, Permission.VIEW_RANDOMIZATION, study_id),
            command_key=desk.key(),
        )
        return desk.page("records/exports.html", view, "Exports", "Exports", study_id=study_id)

    @post("/", status_code=200, sync_to_thread=True)
    def take(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """The blinded edition of one, as one file with its manifest."""
        desk.who.actor.require(_MAY, study_id)
        kind = kind_named(data.get("export", ""), Edition.BLINDED)
        with desk.store.reading() as connection:
            return blinded_pack(
                connection, kind, study_id, desk.now, lambda ask: desk.press(note_transfer, ask, desk.key())
            )
