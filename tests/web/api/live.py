"""The application on a port of this machine, as another system or a browser finds it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from time import monotonic, sleep

import uvicorn

from tests.web.world import World

START_SECONDS_MAX = 20


@contextmanager
def served(world: World, *, at_home: bool = False) -> Iterator[str]:
    """The application on a free port of this machine; `at_home`: by its name, and it knows its own address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    address = f"http://{'localhost' if at_home else '127.0.0.1'}:{port}"
    if at_home:
        world.settings = replace(world.settings, address=address)
    config = uvicorn.Config(world.app(), host="127.0.0.1", port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    try:
        until = monotonic() + START_SECONDS_MAX
        while not server.started and monotonic() < until:
            sleep(0.05)
        yield address
    finally:
        server.should_exit = True
        thread.join()
