"""One server on one small study for all ways through the pages, and one browser program for everybody."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
import uvicorn
from playwright.sync_api import Browser

from irt.services import passwords
from irt.services.passwords import PasswordRule
from tests.end_to_end.onlooker import Person
from tests.web.preview.browser import browser
from tests.web.world import World, lay_grounds, world_on

CHEAP = PasswordRule(time_cost=1, memory_kib=8, lanes=1)
PICTURES = "IRT_PICTURES"
"""The environment names a folder where pictures of all guises are wanted, for looking at."""


@pytest.fixture(scope="package")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two stocked sites and their people; guessing need not be dear here."""
    folder = tmp_path_factory.mktemp("end_to_end")
    file = folder / "grounds.sqlite"
    file.write_bytes(sqlite_template.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "RULE", CHEAP)
        with world_on(lay_grounds(file), folder) as made:
            yield made


@pytest.fixture(scope="package")
def address(world: World) -> Iterator[str]:
    """The address of the running server."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(world.app(), host="127.0.0.1", port=port, log_config=None))
    thread = Thread(target=server.run)
    thread.start()
    try:
        until = monotonic() + 20
        while not server.started and monotonic() < until:
            sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser program."""
    with browser() as running:
        yield running


@pytest.fixture
def somebody(chromium: Browser, address: str) -> Iterator[Callable[[], Person]]:
    """Makes people who are not signed in, each at a screen of their own."""
    contexts = []
    wanted = os.environ.get(PICTURES)
    pictures = Path(wanted) if wanted else None

    def sit_down() -> Person:
        contexts.append(chromium.new_context(viewport={"width": 1280, "height": 900}))
        return Person.at(contexts[-1], address, pictures)

    yield sit_down
    for context in contexts:
        context.close()
