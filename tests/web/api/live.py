"""The application on a port of this machine, as another system or a browser finds it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from time import monotonic, sleep
from typing import Any

import uvicorn

from tests.web.world import World

START_SECONDS_MAX = 20


@contextmanager
def served(world: World, *, at_home: bool = False) -> Iterator[str]:
    """The application on a free port of this machine; `at_home`: by its name, and it knows its own address."""
    port = free_port()
    address = f"http://{'localhost' if at_home else '127.0.0.1'}:{port}"
    if at_home:
        world.settings = replace(world.settings, address=address)
    with listening(world.app(), port):
        yield address


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def listening(app: Any, port: int) -> Iterator[None]:
    """An application (ASGI) that answers at a port of this machine."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    try:
        until = monotonic() + START_SECONDS_MAX
        while not server.started and monotonic() < until:
            sleep(0.05)
        yield
    finally:
        server.should_exit = True
        thread.join()
