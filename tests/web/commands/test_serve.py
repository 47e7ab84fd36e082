"""The command irt serve: what it refuses in one line, and a whole life of the server."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from irt.blinding.roles import Role
from irt.services.seal_seed import SealSeed, seal_seed
from irt.services.seed_shares import public_of
from irt.services.store import Store
from tests.builders_designs import a_study
from tests.irt.commands.conftest import terminal
from tests.irt.commands.running import Terminal
from tests.web.blinded.designed import world_of
from web.commands.serve import is_loopback, tell_allocator

__all__ = ["terminal"]
IRT = Path(sys.executable).with_name("irt")
PATIENCE_SECONDS = 120


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.1.2.3"])
def test_this_machine_is_known(host: str) -> None:
    """Its names and addresses."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "irt.example", "::", ""])  # noqa: S104 - refused, not bound
def test_other_addresses_are_not_this_machine(host: str) -> None:
    """Nor is 'every address'."""
    assert not is_loopback(host)


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever begins one is found out."""
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: pytest.fail("a server has begun"))


def test_it_refuses_a_database_that_is_not_migrated(no_server: None, terminal: Terminal, tmp_path: Path) -> None:
    """One line says what to run; no server starts."""
    ran = terminal.irt("serve", "--port", "0", "--database", f"sqlite:///{tmp_path}/none.sqlite")
    assert ran.exit_code == 1
    assert re.fullmatch(r"irt: There is no database .*none\.sqlite\. Run: irt database migrate\.\n", ran.err)


def test_it_refuses_plain_http_for_others(no_server: None, terminal: Terminal) -> None:
    """Cookies without TLS stay on this machine."""
    ran = terminal.irt("serve", "--port", "0", "--plain-http", "--host", "192.0.2.1")
    assert (ran.exit_code, ran.err.count("\n")) == (1, 1)
    assert "Plain HTTP is for this machine only" in ran.err


@pytest.fixture
def running(sqlite_store: Store) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a free port, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = sqlite_store.url.render_as_string()
    server = subprocess.Popen(
        [IRT, "serve", "--plain-http", "--port", str(port), "--database", url], stderr=subprocess.PIPE, text=True
    )
    try:
        yield server, f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.communicate()


def _wait_for(address: str) -> str:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            with urlopen(address, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - our own address
                return str(answer.read().decode())
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(address)


def test_it_serves_and_stops_in_good_order(running: tuple[subprocess.Popen[str], str]) -> None:
    """Ready, then asked to stop: it ends by itself, and its log named no query."""
    server, address = running
    assert _wait_for(f"{address}/ready?token=secret") == "ready"
    server.send_signal(signal.SIGTERM)
    _, log = server.communicate(timeout=PATIENCE_SECONDS)
    assert "Application shutdown complete" in log
    assert "GET /ready 200" in log
    assert "secret" not in log
    assert "Traceback" not in log
    assert "Allocator key" not in log


def test_the_allocators_key_is_told_where_a_seed_has_holders(
    tmp_path: Path, sqlite_template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On standard error, and as the process itself has it; nobody else needs to read it."""
    with world_of(a_study({"method": "complete"}), sqlite_template, tmp_path) as world:
        tell_allocator(world.store)
        assert capsys.readouterr().err == ""
        stan = world.office.hire("stan", (Role.UNBLINDED_STATISTICIAN, {"study_id": world.study_id}))
        holders = [public_of(X25519PrivateKey.generate()) for _ in range(2)]
        world.office.does(stan, seal_seed, SealSeed(study_id=world.study_id, holders=holders))
        tell_allocator(world.store)
        assert (
            capsys.readouterr().err == f"Allocator key of this process: {public_of(world.store.seal.allocator)}\n"
        )
