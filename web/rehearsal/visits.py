"""When a subject's dispensing visits take place and what chance brings to each, read from the inputs."""

from typing import NamedTuple

from simulation.inputs.chance import WORDS_32
from simulation.inputs.inputs import Inputs
from simulation.network import MINUTES_IN_DAY, VisitRow
from simulation.spec.scenario import Scenario


class Planned(NamedTuple):
    """One visit of one subject; `replaced_at` is the minute at which a kit of it is lost, if one is."""

    row: VisitRow
    minute: int
    quits: bool
    held: bool
    titration: int
    replaced_at: int | None


def visits_of(scenario: Scenario, inputs: Inputs, person: int, began: int) -> list[Planned]:
    """The visits of somebody who was randomized at a minute, as long as nothing ends them."""
    rows, own = inputs.places.visits, inputs.people.visits
    first_day = began // MINUTES_IN_DAY
    off_days = [0 if row.at_randomization else int(own.off_days[person, n]) for n, row in enumerate(rows)]
    # With drift whoever comes late keeps the distance to the next visit.
    moved = [sum(off_days[:n]) if scenario.subjects.drift else 0 for n in range(len(rows) + 1)]
    planned_days = [first_day + row.day for row in rows]
    planned_days.append(planned_days[-1] + 1 if rows else first_day)
    found = []
    for n, row in enumerate(rows):
        day = max(planned_days[n] + moved[n] + off_days[n], first_day)
        minute = began
        if not row.at_randomization:
            minute = max(day * MINUTES_IN_DAY + int(own.minute[person, n]), began)
        next_minute = (planned_days[n + 1] + moved[n + 1]) * MINUTES_IN_DAY
        part = float(own.replaced_after[person, n])
        found.append(
            Planned(
                row=row,
                minute=minute,
                quits=bool(n and own.quits[person, n]),
                held=bool(own.held[person, n]),
                titration=int(own.titration[person, n]),
                replaced_at=minute + int(part * (next_minute - minute)) if part >= 0 else None,
            )
        )
    return found


def dose_after(scenario: Scenario, level: str | None, word: int) -> str | None:
    """The dose level that 32 bits of chance lead to, by the scenario's chances one after the other."""
    reached = 0.0
    for move in scenario.subjects.titration:
        if move.origin == level:
            reached += move.chance
            if word < round(reached * WORDS_32):
                return move.target
    return level
