"""The response feed: how much of it is known, and the form that takes a file."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.reads.unblinded_responses import ResponsesPage, response_feed
from irt.services.record_responses import ImportResponses, import_responses
from web.blinded.desk import Desk, go
from web.forms import Uploads, text_in, words_in
from web.unblinded.open_desk import open_desk_of
from web.unblinded.room import chosen_study, posted_study, room_page, write_down
from web.unblinded.secret_page import require_unblinded

_ADDRESS = "/randomization/responses"
_LENGTHS_MAX = {"source": 200, "reason": 2000}
_FILE_CHARACTERS_MAX = 5_000_000


@dataclass(frozen=True)
class ResponsesView(UnblindedView):
    """The feed in counts, the form with what was typed, and what the last file brought."""

    page: ResponsesPage
    command_key: str
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""
    said: str = ""


class ResponsePages(Controller):
    """The responses of one study."""

    path = _ADDRESS
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        recorded: FromQuery[int | None] = None,
        corrected: FromQuery[int] = 0,
        unchanged: FromQuery[int] = 0,
    ) -> Response[Any]:
        """How many responses are known by data cut-off, and the form."""
        study_id = chosen_study(desk)
        if study_id is None:
            return go("/switch")
        said = "" if recorded is None else f"{recorded} new, {corrected} corrected, {unchanged} known already"
        return _page(desk, study_id, said=said)

    @post("/", sync_to_thread=True)
    def record(self, desk: NamedDependency[Desk], data: Uploads) -> Response[Any]:
        """Records a whole file or nothing of it; the refusal names the line."""
        typed = words_in(data)
        study_id = posted_study(desk, typed)
        require_unblinded(desk, Permission.RECORD_RESPONSES, study_id)
        try:
            ask = _feed(study_id, typed, text_in(data, "file"))
            done = desk.press(import_responses, ask, typed.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, refusal.status_code, typed=typed, refusal=refusal.sentence)
        return go(f"{_ADDRESS}?recorded={done.recorded}&corrected={done.corrected}&unchanged={done.unchanged}")


def _feed(study_id: int, typed: dict[str, str], text: str) -> ImportResponses:
    """The file with where it comes from; BadInput in words where something is missing."""
    words = {name: typed.get(name, "").strip()[:length] for name, length in _LENGTHS_MAX.items()}
    if not words["source"]:
        raise BadInput("The source is missing. Nothing was recorded. Say which system or file it is.")
    if not text:
        raise BadInput("The file is missing. Nothing was recorded. Choose it again.")
    if len(text) > _FILE_CHARACTERS_MAX:
        raise BadInput("The file is too long. Nothing was recorded. Split it.")
    return ImportResponses(
        study_id=study_id,
        source=words["source"],
        data_cut_off=_cut_off(typed.get("data_cut_off", "")),
        reason=words["reason"] or None,
        csv=text,
    )


def _cut_off(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise BadInput("The data cut-off is missing. Nothing was recorded. Choose the day.") from None


def _page(desk: Desk, study_id: int, status_code: int = 200, **shown: Any) -> Response[Any]:
    with desk.store.reading() as connection:
        page = response_feed(connection, study_id)
    write_down(desk, study_id, "responses", len(page.cut_offs))
    view = ResponsesView(page, desk.key(), **shown)
    return room_page(desk, "responses.html", view, "Responses", study_id, status_code)
