"""What commands share: which database, and the seal that opens what is sealed in it."""

import os
from pathlib import Path

import click
from sqlalchemy import URL

from irt.errors import BadInput
from irt.services.migrate import SchemaNotCurrent, require_current
from irt.services.seal import Seal, seal_from
from irt.services.store import Store, driver_url

database_option = click.option(
    "--database",
    "database_url",
    metavar="URL",
    envvar="IRT_DATABASE_URL",
    default="sqlite:///irt.sqlite",
    show_default=True,
    help="The database, SQLite or PostgreSQL; IRT_DATABASE_URL where not given.",
)


def open_store(database_url: str, *, current: bool = True, seal: Seal | None = None) -> Store:
    """The store behind an address, with the installation's seal, or the one given.

    SchemaNotCurrent where `current` is wanted and the schema is another version's.
    """
    url = driver_url(database_url)
    if current and url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise SchemaNotCurrent(f"There is no database {url.database}. Run: irt database migrate.")
    store = Store(url, seal or _seal_at(key_file_of(url)))
    try:
        if current:
            require_current(store)
    except BaseException:
        store.close()
        raise
    return store


def key_file_of(url: URL) -> Path:
    """Where the seal key lies unless IRT_SEAL_KEY holds it: beside a SQLite file, else in the home folder."""
    if url.get_backend_name() != "sqlite":
        return Path.home() / ".irt" / "seal.key"
    if not url.database or url.database == ":memory:":
        raise BadInput("This database would be gone at the end. Name a file, as sqlite:///irt.sqlite.")
    return Path(f"{url.database}-seal.key")


def beside(url: URL, name: str) -> Path:
    """A folder of the installation: beside a SQLite file, else in the home folder."""
    if url.get_backend_name() == "sqlite":
        return Path(f"{url.database}-{name}")
    return Path.home() / ".irt" / name


def _seal_at(file: Path) -> Seal:
    try:
        if "IRT_SEAL_KEY" not in os.environ:
            file.parent.mkdir(parents=True, exist_ok=True)
        return seal_from(dict(os.environ), file)
    except ValueError:
        raise BadInput("The seal key cannot be read. Check IRT_SEAL_KEY, or the key file.") from None
