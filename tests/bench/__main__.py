"""`python -m tests.bench [--people N]`: prints every figure beside its yardstick."""

import argparse
import os
from functools import partial

from irt.command_line import spare_the_collector
from tests.bench.figures import show
from tests.bench.nightly import nightly
from tests.bench.pharmacists import pharmacists
from tests.bench.randomization import randomization_figures
from tests.bench.recall import recall_figures
from tests.bench.replay_rate import replay_rates
from tests.bench.statement_cost import statement_cost
from tests.bench.stock_pages import stock_pages
from tests.bench.stores import postgresql_store, sqlite_store
from tests.postgresql import running_server


def main() -> None:
    """Measures; machines are noisy, so look at the yardsticks first."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--people", type=int, default=None, help="only the first so many people of the replay")
    asked = parser.parse_args()
    spare_the_collector()
    print(f"load average at start: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")  # noqa: T201 - a report
    show("Randomization", randomization_figures())
    with running_server(durable=True) as server:
        on_server = partial(postgresql_store, server)
        costs = [
            *statement_cost("SQLite", sqlite_store, server),
            *statement_cost("PostgreSQL", on_server, server),
        ]
        show("Service calls", costs)
        show("The night", [*nightly("SQLite", sqlite_store), *nightly("PostgreSQL", on_server)])
        with sqlite_store() as store:
            waits = pharmacists("SQLite", store)
        with on_server() as store:
            waits += pharmacists("PostgreSQL", store)
        show("Pharmacists at once", waits)
        with sqlite_store() as store:
            recalls = [*recall_figures("SQLite", store)]
        with on_server() as store:
            recalls += recall_figures("PostgreSQL", store)
        show("Recall", recalls)
        with sqlite_store() as store:
            pages = stock_pages("SQLite", store)
        with on_server() as store:
            pages += stock_pages("PostgreSQL", store)
        show("Pages that list stock", pages)
        show("Replay", replay_rates(server, asked.people))


if __name__ == "__main__":
    main()
