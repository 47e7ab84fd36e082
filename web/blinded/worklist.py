"""The worklist: where site staff land, and the scan field that opens the right task."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_done_today import DoneTask, DoneToday, done_today
from irt.reads.blinded_scan import Scanned, find_scanned
from irt.reads.blinded_tasks import Task
from irt.reads.blinded_worklist import WorklistView, news, worklist
from irt.services.check_kit import CheckKit, check_kit
from web.blinded.desk import Desk, desk_of, go
from web.formats import in_zone, short_day, weekday
from web.forms import Fields
from web.session import BACKGROUND

_TEMPLATE = "worklist/worklist.html"


@dataclass(frozen=True)
class WorklistPage(BlindedView):
    """The worklist, with what the last scan was."""

    found: WorklistView
    command_key: str = ""
    answer_kind: str = "info"
    answer_title: str = ""
    answer_words: str = ""
    new_tasks: int = 0

    @property
    def today(self) -> Any:
        """The day at the sites."""
        return self.found.today

    @property
    def due_today(self) -> int:
        """Tasks of today."""
        return self.found.due_today

    @property
    def overdue(self) -> int:
        """Tasks that should have been done."""
        return self.found.overdue

    @property
    def next_words(self) -> str:
        """What is expected next, where nothing is to do."""
        if not self.found.days:
            return "Nothing is expected in the next seven days."
        return f"Next expected visit: {weekday(self.found.days[0].day)}."

    def with_kind(self, kind: str) -> str:
        """The address of one tile, the study kept."""
        study = "" if self.found.study_id is None else str(self.found.study_id)
        return urlencode({name: value for name, value in (("kind", kind), ("study", study)) if value})

    def due_words(self, task: Task) -> str:
        """Today, Mon 15 Jun; for what others must do, who they are."""
        if task.due is None:
            return task.owner or "–"
        words = "today" if task.due == self.found.today else weekday(task.due)
        if abs((task.due - self.found.today).days) > 300:
            words = f"{short_day(task.due)} {task.due.year}"
        return f"{task.owner}, {words}" if task.owner else words

    def at_words(self, task: Task) -> str:
        """When something about the task happened: 09:12 today, else 15 Jun 16:20, on the site's clock."""
        if task.at is None:
            return ""
        local = in_zone(task.at, task.zone)
        return f"{local:%H:%M}" if local.date() == self.found.today else f"{short_day(local.date())} {local:%H:%M}"

    def day_rows(self) -> list[tuple[str, tuple[int, ...]]]:
        """The expected visits as the picture takes them."""
        return [(weekday(each.day).rsplit(" ", 1)[0], each.counts) for each in self.found.days]


class WorklistPages(Controller):
    """The landing page of a site's staff."""

    path = "/worklist"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], study: FromQuery[str] = "", kind: FromQuery[str] = ""
    ) -> Response[str]:
        """Everything that waits at the person's sites."""
        return _page(desk, _read(desk, study, kind))

    @get("/day-sheet", sync_to_thread=True)
    def day_sheet(self, desk: NamedDependency[Desk], site: FromQuery[str] = "") -> Response[str]:
        """The same tasks on paper, of one site where one is chosen."""
        site_id = int(site) if site.isascii() and site.isdecimal() and len(site) < 10 else None
        if not site and desk.who.site_id is not None:
            site_id = desk.who.site_id
        return desk.page(
            "worklist/day_sheet.html", WorklistPage(_read(desk, site_id=site_id)), "Day sheet", "Worklist"
        )

    @get("/done", sync_to_thread=True)
    def done(self, desk: NamedDependency[Desk]) -> Response[str]:
        """What was finished today."""
        with desk.store.reading() as connection:
            view = DonePage(done_today(connection, desk.who.actor, desk.now))
        return desk.page("worklist/done.html", view, "Done today", "Worklist")

    @post("/news", sync_to_thread=True, opt={BACKGROUND: True})
    def news(self, desk: NamedDependency[Desk], data: Fields) -> Response[str]:
        """How many tasks came since the page was made; asked by the page itself, so it keeps nobody signed in."""
        with desk.store.reading() as connection:
            new_tasks = news(connection, desk.who.actor, desk.now, data.get("known", ""))
        return desk.part(_TEMPLATE, "news", NewsView(new_tasks), 200)

    @post("/scan", sync_to_thread=True)
    def scan(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Opens what was scanned: a dispensing with the kit ticked, a receipt, a subject; or says what it is."""
        return _opened(desk, data.get("code", ""), data.get("command_key", ""))


@dataclass(frozen=True)
class DonePage(BlindedView):
    """The finished work of a day."""

    done: DoneToday

    def clock_of(self, task: DoneTask) -> str:
        """When it was finished, on the site's clock."""
        return f"{in_zone(task.at, task.zone):%H:%M}" if task.at else "–"


@dataclass(frozen=True)
class NewsView(BlindedView):
    """How many tasks a page does not show yet."""

    new_tasks: int


def _opened(desk: Desk, code: str, key: str) -> Response[Any]:
    with desk.store.reading() as connection:
        found = find_scanned(connection, desk.who.actor, code, desk.now)
    if found.dispensing_id is not None and found.study_id is not None:
        check = CheckKit(study_id=found.study_id, dispensing_id=found.dispensing_id, read=code)
        try:
            desk.press(check_kit, check, f"{key}:{code.strip()}")
        except Refusal as refusal:
            return _page(desk, _read(desk), Scanned("stop", refusal.sentence), refusal.status_code)
    if found.href:
        return go(found.href)
    return _page(desk, _read(desk), found)


def _read(desk: Desk, study: str = "", kind: str = "", site_id: int | None = None) -> WorklistView:
    study_id = int(study) if study.isdecimal() else None
    with desk.store.reading() as connection:
        return worklist(connection, desk.who.actor, desk.now, study_id=study_id, kind=kind, site_id=site_id)


def _page(desk: Desk, found: WorklistView, answer: Scanned | None = None, status_code: int = 200) -> Response[str]:
    view = WorklistPage(
        found,
        desk.key(),
        answer.kind if answer else "info",
        answer.title if answer else "",
        answer.words if answer else "",
    )
    counts = {"Worklist": found.overdue + found.due_today}
    return desk.page(_TEMPLATE, view, "Worklist", "Worklist", counts=counts, status_code=status_code)
