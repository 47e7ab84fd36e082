"""What an investigator delegates to the people of a site, and what each task needs in the system."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from irt.blinding.roles import PERMISSIONS, Permission, Role


class Task(StrEnum):
    """One kind of work at a site, as a line of the log names it."""

    SCREEN = "screen"
    RANDOMIZE = "randomize"
    ORDER = "order"
    DISPENSE = "dispense"
    PREPARE = "prepare"
    TAKE_BACK = "take_back"
    RECEIVE = "receive"
    COUNT = "count"
    BREAK_CODE = "break_code"
    RELEASE_DELIVERY = "release_delivery"


WORDS: dict[Task, str] = {
    Task.SCREEN: "Screens subjects",
    Task.RANDOMIZE: "Randomizes subjects",
    Task.ORDER: "Signs orders to dispense",
    Task.DISPENSE: "Assigns and hands over kits",
    Task.PREPARE: "Prepares kits",
    Task.TAKE_BACK: "Takes kits back",
    Task.RECEIVE: "Receives shipments",
    Task.COUNT: "Counts the stock",
    Task.BREAK_CODE: "Breaks a code in an emergency",
    Task.RELEASE_DELIVERY: "Releases deliveries to homes",
}
NEEDS: dict[Task, Permission] = {
    Task.SCREEN: Permission.SCREEN,
    Task.RANDOMIZE: Permission.RANDOMIZE,
    Task.ORDER: Permission.SIGN_ORDER,
    Task.DISPENSE: Permission.DISPENSE,
    Task.PREPARE: Permission.PREPARE_KITS,
    Task.TAKE_BACK: Permission.TAKE_BACK,
    Task.RECEIVE: Permission.RECEIVE_SHIPMENT,
    Task.COUNT: Permission.COUNT_STOCK,
    Task.BREAK_CODE: Permission.BREAK_CODE,
    Task.RELEASE_DELIVERY: Permission.RELEASE_DELIVERY,
}
"""Task -> the permission without which the system does not let a person do it."""


class DelegationFinding(StrEnum):
    """What somebody who reads the log should look at."""

    NO_ROLE = "no_role"
    NOT_DELEGATED = "not_delegated"
    UNTRAINED = "untrained"


@dataclass(frozen=True, slots=True)
class Delegated:
    """Tasks of one person from a day to a day (inclusive), as far as they hold is judged."""

    tasks: frozenset[Task]
    starts_on: date
    ends_on: date | None
    ended_on: date | None

    def holds(self, today: date) -> bool:
        """Whether the tasks are delegated on that day; one that was taken back holds no more."""
        over = self.ends_on is not None and self.ends_on < today
        return self.starts_on <= today and not over and self.ended_on is None


def findings(
    held: Iterable[Role], delegated: Iterable[Delegated], trained: bool, today: date
) -> dict[DelegationFinding, tuple[Task, ...]]:
    """What to look at for one person: tasks without a role for them, tasks a role allows that nobody delegated."""
    roles = list(held)
    may = {task for task, needed in NEEDS.items() if any(needed in PERMISSIONS[role] for role in roles)}
    asked = {task for one in delegated if one.holds(today) for task in one.tasks}
    # The investigator delegates, and needs nobody's delegation.
    open_tasks = set() if Role.INVESTIGATOR in roles else may - asked
    found = {
        DelegationFinding.NO_ROLE: asked - may,
        DelegationFinding.NOT_DELEGATED: open_tasks,
        DelegationFinding.UNTRAINED: set() if trained else asked,
    }
    return {kind: tuple(task for task in Task if task in tasks) for kind, tasks in found.items() if tasks}
