"""The statistician's room, at its door: the running study's balance, its guesses, and the proof of all of it."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.views import UnblindedView
from irt.enrolment.verify_allocations import VerifyAllocations, verify_allocations
from irt.randomization.lists.depletion import Depletion
from irt.reads.unblinded_lists import depletion
from irt.reads.unblinded_live import BalanceGroup, LivePage, live
from web.blinded.desk import Desk, go
from web.charts import Series
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.room import TITLE, chosen_study, posted_study, room_page, write_down

ROWS_MAX = 12
"""Of strata and sites, those with the largest imbalance."""


@dataclass(frozen=True)
class LiveView(UnblindedView):
    """The study in figures, and the last proof made from this page."""

    page: LivePage
    lists: tuple[Depletion, ...]
    command_key: str
    verified: int | None = None
    same: int | None = None
    first_difference: str = ""

    @property
    def course(self) -> list[Series]:
        """The lead of the first arm, as a line."""
        return [Series(self.page.arms[0][0], self.page.course)]

    @property
    def groups(self) -> list[tuple[str, BalanceGroup]]:
        """Each group under a title that says where rows are left out."""
        titled = []
        for group in self.page.groups:
            many = len(group.rows) > ROWS_MAX
            words = f"{group.title}: the {ROWS_MAX} least balanced of {len(group.rows)}" if many else group.title
            titled.append((words, BalanceGroup(group.title, group.rows[:ROWS_MAX])))
        return titled


class RandomizationPages(Controller):
    """The running study."""

    path = "/randomization"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The study as it stands."""
        study_id = chosen_study(desk)
        if study_id is None:
            return go("/switch")
        return _page(desk, study_id)

    @post("/verify", status_code=200, sync_to_thread=True)
    def verify(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Derives every allocation again and says how many came out the same."""
        study_id = posted_study(desk, data)
        found = desk.press(verify_allocations, VerifyAllocations(study_id=study_id), data.get("command_key", ""))
        return _page(
            desk,
            study_id,
            verified=found.allocations,
            same=found.same,
            first_difference=found.first_difference or "",
        )


def _page(desk: Desk, study_id: int, **proof: Any) -> Response[Any]:
    with desk.store.reading() as connection:
        page = live(connection, study_id)
        lists = depletion(connection, study_id, desk.now.date())
    write_down(desk, study_id, "balance", page.total)
    return room_page(desk, "live.html", LiveView(page, lists, desk.key(), **proof), TITLE, study_id)
