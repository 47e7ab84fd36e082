"""Notices by e-mail: each kind as every reader would get it, approved by a person before any leaves."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_notices import NoticeLine, notice_lines
from irt.services.notices import JudgeNotice, judge_notice
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_of
from web.blinded.typed import whole_in
from web.forms import Fields

_MAY = Permission.APPROVE_STUDY


@dataclass(frozen=True)
class NoticesView(BlindedView):
    """Every notice that the study asks for, previewed."""

    study_id: int
    notices: tuple[NoticeLine, ...]
    command_key: str
    said: str = ""
    refusal: str = ""


class NoticePages(Controller):
    """Previews, and the word that lets letters leave."""

    path = "/notices"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], done: FromQuery[str] = "") -> Response[Any]:
        """Each kind with its letters, its readers and what waits."""
        study_id = study_of(desk, _MAY)
        if study_id is None:
            return go("/switch")
        words = {"approved": "Letters of this kind leave now.", "withdrawn": "Letters of this kind are held."}
        return _page(desk, study_id, said=words.get(done, ""))

    @post("/judge", sync_to_thread=True)
    def judge(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Approves or withdraws the wording that was shown."""
        study_id, granted = whole_in(data.get("study", ""), "the study"), data.get("granted") == "yes"
        ask = JudgeNotice(
            study_id=study_id, kind=data.get("kind", ""), wording=data.get("wording", ""), granted=granted
        )
        try:
            desk.press(judge_notice, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, refusal.status_code, refusal=refusal.sentence)
        return go(f"/notices?done={'approved' if granted else 'withdrawn'}")


def _page(desk: Desk, study_id: int, status_code: int = 200, **shown: Any) -> Response[Any]:
    desk.who.actor.require(_MAY, study_id)
    with desk.store.reading() as connection:
        lines = notice_lines(connection, study_id, desk.now)
    view = NoticesView(study_id, lines, desk.key(), **shown)
    page = "notices/notices.html"
    return desk.page(page, view, "Notices", "Notices", study_id=study_id, status_code=status_code)
