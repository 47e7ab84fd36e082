"""Visits of a run that are planned beforehand."""

import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from irt.enrolment.arrival import Arrival
from irt.enrolment.days import _plan_visits
from tests.builders_supply import the_lipid_study

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)


class _Latest(random.Random):
    """Everybody comes on the last day that their visit's window allows."""

    def randint(self, a: int, b: int) -> int:
        return b


def test_nobody_comes_after_they_stopped() -> None:
    """A visit whose window reaches beyond the day of stopping is not planned on a later day."""
    planned: list[datetime] = []
    run: Any = SimpleNamespace(
        definition=the_lipid_study(),
        until=BEGAN + timedelta(days=400),
        showcase=None,
        chance=_Latest(),
        left_open=[],
        at=lambda moment, step: planned.append(moment),
        leave=lambda errand: None,
    )
    for stays_days in (28, 30, 31):
        planned.clear()
        arrival = Arrival("1", BEGAN, "1001", stays_days=stays_days)
        _plan_visits(run, arrival, "1001-0001", BEGAN.date(), BEGAN)
        assert max(planned) == BEGAN + timedelta(days=stays_days)
        assert len(planned) == (2 if stays_days == 31 else 1)
