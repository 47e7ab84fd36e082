"""How an unblinded page is answered: only to people who are unblinded in the study, and kept by no browser."""

from litestar import MediaType, Response

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import NotAllowed
from irt.reads.blinded_people import Place, place_in
from web.blinded.desk import Desk
from web.frame import frame_for
from web.render import unblinded_page

NOT_KEPT = {"cache-control": "no-store, max-age=0"}


def require_unblinded(desk: Desk, permission: Permission, study_id: int) -> None:
    """NotAllowed unless the person may do this in the study and is unblinded there."""
    desk.who.actor.require(permission, study_id)
    if not desk.who.actor.unblinded_in(study_id):
        raise NotAllowed("Your role cannot do this. Ask the study coordinator.")


def whole_study(desk: Desk, study_id: int) -> Place | None:
    """The study as the frame's place."""
    with desk.store.reading() as connection:
        return place_in(connection, desk.who.actor, study_id, None)


def secret_page(
    desk: Desk,
    template: str,
    view: UnblindedView,
    title: str,
    current: str,
    study_id: int,
    status_code: int = 200,
) -> Response[str]:
    """An unblinded page at the study it is about."""
    frame = frame_for(desk.who, desk.request, title, current, place=whole_study(desk, study_id))
    page = unblinded_page(template, view, frame)
    return Response(page, status_code=status_code, media_type=MediaType.HTML, headers=NOT_KEPT)
