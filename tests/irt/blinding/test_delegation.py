"""When delegated tasks hold, and what does not fit."""

from datetime import date, timedelta

import pytest

from irt.blinding.delegation import NEEDS, WORDS, Delegated, DelegationFinding, Task, findings
from irt.blinding.roles import Role

TODAY = date(2026, 3, 2)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def test_every_task_has_words_and_a_permission() -> None:
    """The log names no task that the system would let everybody do."""
    assert set(Task) == set(WORDS) == set(NEEDS)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "ended_on", "holds"),
    [
        (TODAY, None, None, True),
        (TODAY, TODAY, None, True),
        (YESTERDAY, YESTERDAY, None, False),
        (TOMORROW, None, None, False),
        (YESTERDAY, None, TODAY, False),
    ],
)
def test_the_grid_of_days(starts_on: date, ends_on: date | None, ended_on: date | None, holds: bool) -> None:
    """The last day is included; what was taken back holds no more."""
    assert Delegated(frozenset(Task), starts_on, ends_on, ended_on).holds(TODAY) is holds


@pytest.mark.parametrize(
    ("roles", "tasks", "trained", "found"),
    [
        ([Role.PHARMACIST], [Task.BREAK_CODE], True, {"no_role": ["break_code"]}),
        ([], [Task.COUNT], False, {"no_role": ["count"], "untrained": ["count"]}),
        ([Role.INVESTIGATOR], [], True, {}),
        ([Role.INVESTIGATOR], [Task.SCREEN], True, {}),
    ],
)
def test_what_does_not_fit(
    roles: list[Role], tasks: list[Task], trained: bool, found: dict[str, list[str]]
) -> None:
    """Tasks beyond a role or without training; the investigator needs nobody's delegation."""
    told = findings(roles, [Delegated(frozenset(tasks), TODAY, None, None)], trained, TODAY)
    told.pop(DelegationFinding.NOT_DELEGATED, None)
    assert {kind: list(what) for kind, what in told.items()} == found


def test_a_role_nobody_delegated_is_told_task_by_task() -> None:
    """What is delegated is no finding any more."""
    line = Delegated(frozenset({Task.DISPENSE}), TODAY, None, None)
    open_tasks = findings([Role.PHARMACIST], [line], True, TODAY)[DelegationFinding.NOT_DELEGATED]
    assert Task.DISPENSE not in open_tasks
    assert Task.PREPARE in open_tasks
