"""People who press at the same moment: in threads of one process, or each in a process of their own."""

import time as clock
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.errors import Refusal
from irt.services.unit_of_work import perform
from tests.builders import a_store
from tests.builders_trial import Trial

HEAD_START_SECONDS = 0.15


@dataclass(frozen=True)
class Press:
    """One press of a button: the service, what is asked, its key, and how long after the others it comes."""

    service: Callable[..., Any]
    ask: SQLModel
    key: str
    late_seconds: float = 0


def press_all(people: Executor, trial: Trial, presses: Sequence[Press]) -> list[Any]:
    """Every press at one moment; each ends with its receipt or with the name of its refusal."""
    url = trial.store.url.render_as_string(hide_password=False)
    start = clock.time() + HEAD_START_SECONDS
    asked: list[Future[Any]] = [people.submit(press, url, trial.day, trial.staff, one, start) for one in presses]
    return [future.result(timeout=30) for future in asked]


def press(url: str, day: date, actor: Actor, one: Press, start: float) -> Any:
    """Opens the database, waits for the moment, and presses."""
    store = a_store(url)
    try:
        with store.reading():
            clock.sleep(max(0.0, start + one.late_seconds - clock.time()))
        return perform(store, actor, datetime.combine(day, time(12), UTC), one.service, one.ask, one.key)
    except Refusal as refusal:
        return refusal.name
    finally:
        store.close()


def warm(_: int) -> None:
    """Nothing: a process that has done it has imported everything."""
    clock.sleep(0.2)
