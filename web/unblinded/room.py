"""What the pages of the statistician's room share: whose study, what is written down, and files to take away."""

from collections.abc import Mapping
from typing import Any

from litestar import Response

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput
from irt.services.log_reading import LogReading, log_reading
from irt.states.records import Mode
from web.blinded.desk import Desk
from web.blinded.one_study import study_of
from web.downloads import MEDIA_TYPES, file_answer, file_name
from web.frame import mode_of
from web.unblinded.document_files import Leaving
from web.unblinded.secret_page import require_unblinded, secret_page, whole_study

TITLE = "Randomization"


def chosen_study(desk: Desk) -> int | None:
    """The study that the address names or the reader chose, unblinded there; None: they choose first."""
    if "study" in desk.request.query_params:
        return posted_study(desk, desk.request.query_params)
    study_id = study_of(desk, Permission.VIEW_RANDOMIZATION)
    if study_id is not None:
        require_unblinded(desk, Permission.VIEW_RANDOMIZATION, study_id)
    return study_id


def posted_study(desk: Desk, typed: Mapping[str, str]) -> int:
    """The study that a form or an address names, its sender unblinded there."""
    number = typed.get("study", "")
    study_id = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    require_unblinded(desk, Permission.VIEW_RANDOMIZATION, study_id)
    return study_id


def write_down(desk: Desk, study_id: int, what: str, rows: int, **details: str) -> None:
    """One line in the audit trail for what was read or taken."""
    ask = LogReading(
        study_id=study_id, what=what, permission=Permission.VIEW_RANDOMIZATION, rows=rows, details=details
    )
    desk.press(log_reading, ask, desk.key())


def take_away(desk: Desk, study_id: int, leaving: Leaving) -> Response[Any]:
    """The file, once it is written down that it was taken."""
    write_down(desk, study_id, leaving.what, leaving.rows, format=leaving.suffix, **leaving.details)
    name = file_name(leaving.name, mode_here(desk, study_id), desk.now, leaving.suffix)
    return file_answer(leaving.content, name, MEDIA_TYPES[leaving.suffix])


def mode_here(desk: Desk, study_id: int) -> Mode:
    """The environment of the study."""
    return mode_of(desk.who, whole_study(desk, study_id), desk.request.app.state.installation.settings.mode)


def suffix_in(typed: dict[str, str], *known: str) -> str:
    """The kind of file that a button asks for; BadInput where the page offers no such kind."""
    if (suffix := typed.get("format", "")) not in known:
        raise BadInput("The kind of file is missing. Nothing was taken. Press a button of the page.")
    return suffix


def room_page(
    desk: Desk, template: str, view: UnblindedView, title: str, study_id: int, status_code: int = 200
) -> Response[Any]:
    """A page of the room."""
    return secret_page(desk, f"randomization/{template}", view, title, TITLE, study_id, status_code)
