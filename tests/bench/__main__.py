"""`python -m tests.bench [--only PART] [--people N] [--seeds N]`: prints every figure beside its yardstick."""

import argparse
import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial

from irt.command_line import spare_the_collector
from irt.commands.running import progress_bar
from irt.services import passwords
from irt.services.store import Store
from tests.bench.figures import Figure, show
from tests.bench.full_nights import FILLING_NIGHTS, NIGHTS, full_nights
from tests.bench.nightly import nightly
from tests.bench.optimizer import LONG_PARTS, NORMAL, SEEDS
from tests.bench.pharmacists import pharmacists
from tests.bench.policies import policy_figures
from tests.bench.randomization import randomization_figures
from tests.bench.recall import recall_figures
from tests.bench.receipt import receipt_figures
from tests.bench.replay_rate import replay_rates
from tests.bench.simulation_backends import simulation_backends
from tests.bench.simulation_scale import simulation_scale
from tests.bench.simulation_speed import simulation_speed
from tests.bench.simulation_statistics import simulation_statistics
from tests.bench.statement_cost import statement_cost
from tests.bench.stock_pages import stock_pages
from tests.bench.stores import postgresql_store, sqlite_store
from tests.postgresql import Server, running_server
from web.commands.demo import KNOWN_PASSWORD

MakeStore = Callable[[], AbstractContextManager[Store]]
OnStore = Callable[[str, Store], Iterable[Figure]]

ON_A_STORE: dict[str, tuple[str, OnStore]] = {
    "pharmacists": ("Pharmacists at once", pharmacists),
    "receipt": ("Receipt", receipt_figures),
    "recall": ("Recall", recall_figures),
    "pages": ("Pages that list stock", stock_pages),
}
"""Parts that take one filled database of each kind."""
SIMULATION: dict[str, tuple[str, Callable[[], list[Figure]]]] = {
    "statistics": ("Statistics of simulated trials", simulation_statistics),
    "simulation-speed": ("Speed of simulated trials", simulation_speed),
    "simulation-scale": ("Size of simulated trials", simulation_scale),
    "simulation-backends": ("Backends of runs of simulated trials", simulation_backends),
}
PARTS = ("randomization", "services", "night", *ON_A_STORE, "replay", "policies", *SIMULATION, *NORMAL)
LONG = "nights"
"""Measured only where it is asked for: it takes the better part of an hour."""


def main() -> None:
    """Measures; machines are noisy, so look at the yardsticks first."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument(
        "--only", action="append", choices=(*PARTS, LONG, *LONG_PARTS), help="only this part; may be given again"
    )
    parser.add_argument("--people", type=int, default=None, help="only the first so many people of the replay")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="so many small problems of each kind are planned")
    asked = parser.parse_args()
    spare_the_collector()
    print(f"load average at start: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")  # noqa: T201 - a report
    with running_server(durable=True) as server:
        for part in asked.only or PARTS:
            if plans := {**NORMAL, **LONG_PARTS}.get(part):
                show(part.replace("-", ", ").capitalize(), plans(max(1, asked.seeds)))
            else:
                _measure(part, server, asked.people)


def _measure(part: str, server: Server, people: int | None) -> None:
    on_server: MakeStore = partial(postgresql_store, server)
    stores: list[tuple[str, MakeStore]] = [("SQLite", sqlite_store), ("PostgreSQL", on_server)]
    if part == "randomization":
        show("Randomization", randomization_figures())
    elif part == "services":
        show("Service calls", [row for name, make in stores for row in statement_cost(name, make, server)])
    elif part == "night":
        show("The night", [row for name, make in stores for row in nightly(name, make)])
    elif part == LONG:
        show("Ninety nights", [row for name, make in stores for row in _full_nights(name, make)])
    elif part == "replay":
        show("Replay", replay_rates(server, people))
    elif part == "policies":
        show("Policies of resupply on fresh paths", policy_figures())
    elif part in SIMULATION:
        title, figures = SIMULATION[part]
        show(title, figures())
    else:
        title, measure = ON_A_STORE[part]
        show(title, [row for name, make in stores for row in _on(measure, name, make)])


def _on(measure: OnStore, name: str, make: MakeStore) -> list[Figure]:
    with make() as store:
        return list(measure(name, store))


def _full_nights(name: str, make: MakeStore) -> list[Figure]:
    passwords.RULE = KNOWN_PASSWORD
    with make() as store, progress_bar(f"Nights on {name}", FILLING_NIGHTS + NIGHTS) as tell:
        return full_nights(name, store, tell)


if __name__ == "__main__":
    main()
