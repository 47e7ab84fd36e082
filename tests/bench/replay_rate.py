"""How many subjects a second a replay takes, beside the durable transactions the same database makes."""

import os
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from irt.commands.replay import replay_enrolment
from irt.commands.running import progress_bar
from irt.commands.study_files import read_study
from irt.enrolment.file import Enrolment, read_enrolment
from irt.services.store import Store
from tests.bench.figures import Figure
from tests.bench.stores import postgresql_store, sqlite_store
from tests.postgresql import Server, binaries

FILE = Path(__file__).parents[2].parent / "shared" / "data" / "ist" / "enrolment_1991_1994.csv"
AIMS = {"SQLite": 100, "PostgreSQL": 60}


def replay_rates(server: Server, people: int | None) -> list[Figure]:
    """One figure a database; none where the enrolment file is absent."""
    if not FILE.exists():
        return [Figure("replay", f"skipped: {FILE.name} is not here")]
    with sqlite_store() as store:
        sqlite = _rate("SQLite", store, people, f"{_sqlite_commits():.0f} one-row commits/s")
    with postgresql_store(server) as store:
        postgresql = _rate("PostgreSQL", store, people, f"{tpc_b(server):.0f} pgbench TPC-B-like/s")
    return [sqlite, postgresql]


def _rate(name: str, store: Store, people: int | None, yardstick: str) -> Figure:
    definition = read_study("ist")
    found = read_enrolment(FILE, definition)
    some = Enrolment(found.sites, found.arrivals[:people])
    with progress_bar(f"Replay on {name}", len(some.arrivals)) as tell:
        figures = replay_enrolment(store, definition, some, tell)
    if not all(figures["checks"].values()):
        raise RuntimeError(f"checks failed: {figures['checks']}")
    rate = figures["subjects_per_second"]
    return Figure(
        f"replay of {figures['subjects']} subjects, {figures['shipments']} shipments, {name}",
        f"{rate} subjects/s ({figures['seconds']} s)",
        yardstick,
        f"at least {AIMS[name]} subjects/s",
        rate >= AIMS[name],
    )


def _sqlite_commits(seconds: float = 2.0) -> float:
    """One-row transactions a second with synchronous=FULL, by the bare driver."""
    with tempfile.TemporaryDirectory(prefix="irt-bench-") as folder:
        connection = sqlite3.connect(Path(folder) / "yardstick.sqlite", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE t (n INTEGER)")
        started, done = time.monotonic(), 0
        while time.monotonic() - started < seconds:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO t VALUES (1)")
            connection.execute("COMMIT")
            done += 1
        connection.close()
        return done / seconds


def tpc_b(server: Server, seconds: int = 4) -> float:
    """Transactions a second of pgbench's TPC-B-like script, one client, on the same server."""
    url = server.make_database("bench_tpcb")
    host = str(url.query.get("host") or url.host)
    place = ["-h", host, "-U", url.username or "postgres"]
    try:
        pgbench = str(binaries() / "pgbench")
        subprocess.run([pgbench, "-i", "-q", "-s", "5", *place, "bench_tpcb"], check=True, capture_output=True)
        done = subprocess.run(
            [pgbench, "-c", "1", "-T", str(seconds), *place, "bench_tpcb"],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ,
        )
    finally:
        server.drop_database("bench_tpcb")
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])
