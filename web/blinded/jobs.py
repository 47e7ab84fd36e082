"""Long work that somebody started: its progress, its cancel, and the way to what came of it."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_jobs import JobProgress, job_of, jobs_of
from irt.services.jobs import AskCancel, ask_cancel
from web.blinded.desk import Desk, desk_of, go
from web.forms import Fields
from web.session import BACKGROUND

_TEMPLATE = "jobs/job.html"


@dataclass(frozen=True)
class JobView(BlindedView):
    """One job, and why it could not be cancelled."""

    job: JobProgress
    command_key: str
    refusal: str = ""


@dataclass(frozen=True)
class JobsView(BlindedView):
    """The person's jobs, newest first."""

    jobs: tuple[JobProgress, ...]


class JobPages(Controller):
    """A person's own jobs."""

    path = "/jobs"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show_all(self, desk: NamedDependency[Desk]) -> Response[str]:
        """What the person started, newest first."""
        with desk.store.reading() as connection:
            view = JobsView(jobs_of(connection, desk.who.account_id, desk.now))
        return desk.page("jobs/list.html", view, "Jobs")

    @get("/{job_id:int}", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], job_id: int) -> Response[str]:
        """One job."""
        return _page(desk, job_id)

    @get("/{job_id:int}/progress", sync_to_thread=True, opt={BACKGROUND: True})
    def progress(self, desk: NamedDependency[Desk], job_id: int) -> Response[str]:
        """How far it is; asked by the page itself, so it keeps nobody signed in."""
        return desk.part(_TEMPLATE, "progress", _view(desk, job_id))

    @post("/{job_id:int}/cancel", sync_to_thread=True)
    def cancel(self, desk: NamedDependency[Desk], job_id: int, data: Fields) -> Response[Any]:
        """Asks the job to stop: at once where it waits, else at the end of its step."""
        try:
            desk.press(ask_cancel, AskCancel(job_id=job_id), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, job_id, refusal=refusal.sentence, status_code=refusal.status_code)
        return go(f"/jobs/{job_id}")


def _page(desk: Desk, job_id: int, refusal: str = "", status_code: int = 200) -> Response[str]:
    view = _view(desk, job_id, refusal)
    return desk.page(_TEMPLATE, view, view.job.title, status_code=status_code)


def _view(desk: Desk, job_id: int, refusal: str = "") -> JobView:
    with desk.store.reading() as connection:
        job = job_of(connection, desk.who.account_id, job_id, desk.now)
    return JobView(job, desk.key(), refusal)
