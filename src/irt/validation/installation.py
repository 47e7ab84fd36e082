"""Installation qualification: whether program, components, database and first people are as they should be."""

import platform
import sys
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, distribution, entry_points, version

from sqlalchemy import text

from irt import __version__
from irt.blinding.roles import Role
from irt.errors import IntegrityFault
from irt.reads.audit_trail import verify_chains, whole_at_once
from irt.reads.roll import roles_in_force
from irt.services.migrate import differences, require_current
from irt.services.store import Store
from irt.validation.fingerprint import program_hash
from irt.validation.protocol import Step

COMPONENTS = (
    "litestar",
    "sqlalchemy",
    "sqlmodel",
    "pydantic",
    "lxml",
    "cryptography",
    "argon2-cffi",
    "ortools",
    "simpy",
)


def installation_steps(store: Store, now: datetime, expected_hash: str) -> tuple[Step, ...]:
    """The steps against this installation; `expected_hash` is that of the release, where the reader has it."""
    return (
        Step("IQ-01", "The interpreter", "Python 3.11", _interpreter),
        Step("IQ-02", "The release is installed whole", f"release {__version__}, every command loads", _commands),
        Step(
            "IQ-03", "The program's files", expected_hash or "a SHA-256, to be filed", lambda: _files(expected_hash)
        ),
        Step("IQ-04", "Components", "each is installed, its version is told", _components),
        Step("IQ-05", "The database", "SQLite, or PostgreSQL 13 and later", lambda: _database(store)),
        Step("IQ-06", "The schema", "at the newest step; nothing differs, guards included", lambda: _schema(store)),
        Step("IQ-07", "The seal", "what is sealed here opens here, and nowhere else", lambda: _seal(store)),
        Step("IQ-08", "An administrator", "at least one person may manage accounts", lambda: _people(store, now)),
        Step("IQ-09", "The audit trail", "every chain holds", lambda: _trail(store)),
        Step("IQ-10", "The clock", "in UTC, and not behind the last entry", lambda: _clock(store, now)),
    )


def _interpreter() -> tuple[bool, str]:
    return sys.version_info[:2] == (3, 11), f"Python {platform.python_version()} on {platform.system()}"


def _commands() -> tuple[bool, str]:
    told: dict[str, bool] = {}
    for point in sorted(entry_points(group="irt.commands"), key=lambda point: point.name):
        try:
            told[point.name] = point.load() is not None
        except ImportError:
            told[point.name] = False
    words = ", ".join(name if loads else f"{name} does not load" for name, loads in told.items())
    return bool(told) and all(told.values()) and version("irt") == __version__, f"release {version('irt')}; {words}"


def _files(expected: str) -> tuple[bool, str]:
    found = program_hash()
    return expected in ("", found), found


def _components() -> tuple[bool, str]:
    told: dict[str, str] = {}
    for name in COMPONENTS:
        try:
            told[name] = distribution(name).version
        except PackageNotFoundError:
            told[name] = "missing"
    return "missing" not in told.values(), _listed(told)


def _listed(told: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {each}" for name, each in told.items())


def _database(store: Store) -> tuple[bool, str]:
    ask = "SELECT sqlite_version()" if store.is_sqlite else "SHOW server_version_num"
    with store.reading() as connection:
        found = str(connection.execute(text(ask)).scalar())
    if store.is_sqlite:
        return True, f"SQLite {found}"
    return int(found) >= 130_000, f"PostgreSQL {found}"


def _schema(store: Store) -> tuple[bool, str]:
    require_current(store)
    found = differences(store)
    return not found, "; ".join(found) or "at the newest step, no difference"


def _seal(store: Store) -> tuple[bool, str]:
    kept = store.seal.close(b"installation qualification")
    return store.seal.open(kept) == b"installation qualification", "closed and opened again"


def _people(store: Store, now: datetime) -> tuple[bool, str]:
    with store.reading() as connection:
        held = [one for one in roles_in_force(connection, now) if one.role == Role.ADMINISTRATOR]
    return bool(held), f"{len(held)} administrators"


def _trail(store: Store) -> tuple[bool, str]:
    with store.reading() as connection:
        whole_at_once(connection)
        verdicts = verify_chains(connection)
    broken = [one.chain for one in verdicts if one.fault is not None]
    entries = sum(one.entries for one in verdicts)
    return not broken, f"{entries} entries in {len(verdicts)} chains; {', '.join(broken) or 'all hold'}"


def _clock(store: Store, now: datetime) -> tuple[bool, str]:
    with store.reading() as connection:
        last = connection.execute(text("SELECT max(at) FROM audit_entry")).scalar()
    if now.tzinfo is None:
        raise IntegrityFault("the clock has no zone")
    newest = datetime.fromisoformat(str(last)) if last else None
    if newest is not None and newest.tzinfo is None:
        newest = newest.replace(tzinfo=now.tzinfo)
    return newest is None or newest <= now, f"{now.isoformat(timespec='seconds')}; last entry {last or 'none'}"
