"""A headless browser for tests of pages: one program for all tests of a process, and nothing kept between them."""

import asyncio
import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page lives for a second here: to draw it cleverly, or to make its scripts faster, costs more than it gives.
    "--disable-software-rasterizer",
    "--js-flags=--no-opt",
)


_at_it: list[Browser] = []
"""Once for each block that looks at pages now."""


@contextmanager
def browser() -> Iterator[Browser]:
    """The running browser; whoever was at it since is gone with the block, with cookies and all."""
    running = _started()
    _attend(running)
    before = {*running.contexts}
    _at_it.append(running)
    try:
        yield running
    finally:
        for context in {*running.contexts} - before:
            context.close()
        _at_it.pop()
        if not _at_it:
            _attend(None)


@cache
def _started() -> Browser:
    """To start it takes as long as to look at three pages: it ends with the process."""
    playwright = sync_playwright().start()
    running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
    atexit.register(lambda: (_attend(running), playwright.stop()))
    return running


def _attend(running: Browser | None) -> None:
    # Playwright leaves its loop as the running one of this thread, where others may want one of their own.
    asyncio._set_running_loop(running and running._loop)
