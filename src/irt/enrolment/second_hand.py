"""A second pair of hands in a run: a process of its own that gives out first kits, as a colleague at a site would.

The two share the database and nothing else, so that neither waits for the other's interpreter.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from irt.enrolment.run import FirstKits, Run, give_first_kits
from irt.enrolment.tally import Tally
from irt.errors import BadInput, Refusal
from irt.services.seal import Seal
from irt.services.store import Store

TAKEN_ALONG = ("staff", "study_id", "definition", "planner", "chance", "until", "zones")
_theirs: list[Run] = []
"""The run as the process of the second hand knows it."""


@contextmanager
def second_hand(run: Run) -> Iterator[None]:
    """Gives a run a second hand for the time of a block; what comes back from subjects is not known to it."""
    url = run.store.url.render_as_string(hide_password=False)
    taken_along = {name: getattr(run, name) for name in TAKEN_ALONG}
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        process.submit(_arrive, url, run.store.seal, taken_along).result()
        run.second_hand = lambda errand: process.submit(_give, errand)
        try:
            yield
        finally:
            run.second_hand = None


def _arrive(url: str, seal: Seal, taken_along: dict[str, Any]) -> None:
    _theirs.append(Run(store=Store(url, seal), **taken_along))


def _give(errand: FirstKits) -> Tally:
    """Gives the kits of one errand, and tells what to count; a refusal comes back as its sentence."""
    run = _theirs[0]
    run.tally = Tally()
    try:
        give_first_kits(run, errand)
    except Refusal as refusal:
        raise BadInput(refusal.sentence) from None
    return run.tally
