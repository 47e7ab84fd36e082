"""`irt serve`: the pages and the API of a migrated database, until it is told to stop."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from ipaddress import ip_address

import click
import uvicorn

from irt.commands.options import database_option
from irt.commands.worker import worker_on
from irt.errors import BadInput
from irt.reads.unblinded_custody import sealed_seeds
from irt.release import release
from irt.services.seed_shares import is_shared, public_of
from irt.services.store import Store
from web.settings import Settings
from web.wiring import PLANNER, open_app, settings_from

GRACE_SECONDS = 10
"""How long running requests may take to finish after a stop."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port.")
@click.option(
    "--plain-http", is_flag=True, help="Cookies without TLS, on this machine only; also IRT_PLAIN_HTTP=yes."
)
@click.option("--no-worker", is_flag=True, help="Leave jobs and mails to workers of their own: irt worker.")
@database_option
def serve(host: str, port: int, plain_http: bool, no_worker: bool, database_url: str) -> None:
    """Serve the pages and the API; stops on Ctrl-C after running requests have finished.

    A worker runs inside: it does jobs, plans each study's night and sends mails, as irt worker does.

    The environment is read once: IRT_MODE (production, training, test), IRT_HELP_PHONE, IRT_HOSTS (names, with
    commas), IRT_PLAIN_HTTP.

    Example: irt serve --port 8000 --database sqlite:///irt.sqlite
    """
    settings = settings_from(os.environ)
    settings = replace(settings, secure=settings.secure and not plain_http)
    run_server(settings, host, port, database_url, with_worker=not no_worker)


def run_server(settings: Settings, host: str, port: int, database_url: str, *, with_worker: bool = True) -> None:
    """Serves until stopped; BadInput where cookies would travel a network without TLS."""
    release()  # What runs is what was there at the start, also where files change under it.
    if not settings.secure and not is_loopback(host):
        raise BadInput(f"Plain HTTP is for this machine only, and {host} is another address. Use 127.0.0.1.")
    app, store = open_app(settings, database_url)
    _log_to_standard_error()
    tell_allocator(store)
    with closing(store), _working(store) if with_worker else nullcontext():
        uvicorn.run(
            app,
            host=host,
            port=port,
            access_log=False,
            server_header=False,
            log_config=None,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )


def tell_allocator(store: Store) -> None:
    """Holders read the key here, and not from the database; where no seed has holders, nobody needs it."""
    with store.reading() as connection:
        held = any(map(is_shared, sealed_seeds(connection)))
    if held:
        click.echo(f"Allocator key of this process: {public_of(store.seal.allocator)}", err=True)


@contextmanager
def _working(store: Store) -> Iterator[None]:
    """A worker beside the server; it is told to stop at the end, and finishes the step it is in."""
    worker = worker_on(store, PLANNER)
    thread = threading.Thread(target=worker.run, name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.stop.set()
        thread.join(GRACE_SECONDS)


def is_loopback(host: str) -> bool:
    """Whether an address never leaves this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _log_to_standard_error() -> None:
    """Our own lines and uvicorn's warnings; nothing that names a person."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("irt", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.INFO)
