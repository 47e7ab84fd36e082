"""Other people at work in a run, each a process of its own: one for stock and supply, one who ends hand-overs.

They share the database and nothing else, so that nobody waits for another one's interpreter.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from typing import Any

from irt.command_line import spare_the_collector
from irt.enrolment.run import Errand, Run
from irt.enrolment.tally import Tally
from irt.errors import BadInput, Refusal
from irt.services.seal import Seal
from irt.services.store import Store

TAKEN_ALONG = ("staff", "study_id", "definition", "planner", "chance", "until", "zones")
_theirs: list[Run] = []
"""The run as such a process knows it."""


@contextmanager
def hands_beside(run: Run) -> Iterator[None]:
    """Gives a run other hands for the time of a block; what subjects bring back is not known to them."""
    url = run.store.url.render_as_string(hide_password=False)
    taken_along = {name: getattr(run, name) for name in TAKEN_ALONG}
    with ExitStack() as processes:
        people = [
            processes.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn"))) for _ in range(2)
        ]
        for there in [person.submit(_arrive, url, run.store.seal, taken_along) for person in people]:
            there.result()
        run.hands = HandsBeside(*people)
        try:
            yield
        finally:
            run.hands = None


class HandsBeside:
    """The pharmacy takes every errand in its order; what is to follow one goes to the counter."""

    def __init__(self, pharmacy: ProcessPoolExecutor, counter: ProcessPoolExecutor) -> None:
        self._pharmacy, self._counter = pharmacy, counter

    def take(self, errand: Errand) -> Future[Tally]:
        """Begins an errand; the answer counts it and all that followed."""
        done: Future[Tally] = Future()
        self._next(self._pharmacy, errand, Tally(), done)
        return done

    def _next(self, person: ProcessPoolExecutor, errand: Errand, tally: Tally, done: Future[Tally]) -> None:
        def after(ended: Future[tuple[Tally, Errand | None]]) -> None:
            if fault := ended.exception():
                done.set_exception(fault)
                return
            counted, follow = ended.result()
            tally.add(counted)
            if follow is None:
                done.set_result(tally)
            else:
                self._next(self._counter, follow, tally, done)

        person.submit(_do, errand).add_done_callback(after)


def _arrive(url: str, seal: Seal, taken_along: dict[str, Any]) -> None:
    spare_the_collector()
    _theirs.append(Run(store=Store(url, seal), **taken_along))


def _do(errand: Errand) -> tuple[Tally, Errand | None]:
    """Does one errand, and tells what to count and what follows; a refusal comes back as its sentence."""
    run = _theirs[0]
    run.tally = Tally()
    try:
        return run.tally, errand(run)
    except Refusal as refusal:
        raise BadInput(refusal.sentence) from None
