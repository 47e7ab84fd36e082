"""`irt exchange push` and `replay`: to a real listener on this machine, and to no address that is not safe."""

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from irt.commands.vendor_address import VendorAddress
from irt.errors import BadInput
from irt.messages.formats import Format, read
from tests.irt.commands.office import SITE, STUDY, TerminalOffice

SECRET = f"whsec_{base64.b64encode(bytes(32)).decode()}"


class _Listener(BaseHTTPRequestHandler):
    got: list[tuple[str, bytes]] = []

    def do_POST(self) -> None:
        """Takes what comes, unless it is sent where nothing is taken."""
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/irt?a=1":
            self.got.append((self.headers["webhook-id"], body))
        self.send_response(204 if self.path == "/irt?a=1" else 302)
        self.send_header("Location", "/irt?a=1")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """A depot's system on this machine."""
    _Listener.got = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Listener) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def office(stocked: TerminalOffice, monkeypatch: pytest.MonkeyPatch) -> TerminalOffice:
    """A shipment is requested for the first site."""
    stocked.does("supply", "release", "L2509-N", "--study", STUDY, "--user", "quinn")
    stocked.does("site", "activate", SITE, "--study", STUDY, "--reason", "initiation visit", "--user", "sam")
    stocked.does("supply", "night")
    monkeypatch.setenv("IRT_WEBHOOK_SECRET", SECRET)
    return stocked


def test_a_request_is_pushed_once_and_again_when_replayed(office: TerminalOffice, address: str) -> None:
    """A redirect is no acceptance; the message comes again later, and under the same name when replayed."""
    to = ("--study", STUDY, "--depot", "NLD")
    assert office.does("exchange", "push", f"{address}/elsewhere", *to) == "NLD: 0 taken, 0 given up.\n"
    office.wait(minutes=2)
    assert office.does("exchange", "push", f"{address}/irt?a=1", *to) == "NLD: 1 taken, 0 given up.\n"
    ((name, body),) = _Listener.got
    assert read(body, Format.JSON).message_id == name
    assert office.does("exchange", "replay", name, *to) == f"Message {name} is waiting.\n"
    office.does("exchange", "push", f"{address}/irt?a=1", *to)
    assert [each for each, _ in _Listener.got] == [name, name]


def test_nothing_is_pushed_without_a_secret(office: TerminalOffice, address: str) -> None:
    """In one line, and the request waits."""
    office.terminal.monkeypatch.delenv("IRT_WEBHOOK_SECRET")
    assert "IRT_WEBHOOK_SECRET" in office.refused("exchange", "push", address, "--study", STUDY, "--depot", "NLD")
    assert _Listener.got == []


@pytest.mark.parametrize(
    "written",
    ["http://wms.example.com/", "https://ada:pw@wms.example.com/", "ftp://x", "wms.example.com", "https://"],
)
def test_an_unsafe_address_is_refused(written: str) -> None:
    """Neither open letters over the network, nor passwords in addresses."""
    with pytest.raises(BadInput):
        VendorAddress.of(written)


def test_an_address_where_nobody_listens_takes_nothing() -> None:
    """And raises nothing: the message comes due again."""
    assert VendorAddress.of("http://127.0.0.1:9/").send(b"{}", {}) is False


def test_a_depots_own_keys_sign_and_a_file_tracks(
    office: TerminalOffice, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key is made and told once; pushes need no secret in the environment; a carrier's file is taken."""
    to = ("--study", STUDY, "--depot", "NLD")
    who = ("--study", STUDY, "--user", "sam")
    assert office.does("exchange", "key", "NLD", *who).startswith("whsec_")
    assert office.does("exchange", "expect", "NLD", *who) == "NLD is expected every 24 hours.\n"
    monkeypatch.delenv("IRT_WEBHOOK_SECRET")
    assert office.does("exchange", "push", f"{address}/irt?a=1", *to) == "NLD: 1 taken, 0 given up.\n"
    file = tmp_path / "tracking.csv"
    file.write_text("waybill,status,at\nW-1,customs,2026-03-02T08:00:00Z\n")
    told = office.does("exchange", "track", "Example", str(file), "--study", STUDY)
    assert told == "Example: nothing about a parcel under way.\n"
