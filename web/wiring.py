"""What is joined where: settings from the environment, the concrete planner, the application with its store."""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version

from litestar import Litestar

from irt.commands.installed import installed_planner
from irt.commands.mail import address_from
from irt.commands.options import open_store
from irt.errors import BadInput
from irt.services.store import Store
from irt.states.records import Mode
from irt.supply.planner import ResupplyPlanner
from web.app import create_app
from web.settings import Settings
from web.single_sign_on import single_sign_on_from

PLANNER: ResupplyPlanner = installed_planner()
"""Who proposes shipments in this installation; the pages know it by its Protocol only."""


def settings_from(environ: Mapping[str, str]) -> Settings:
    """The settings of this installation; BadInput, naming the variable, where one cannot be read."""
    return Settings(
        release=version("irt"),
        mode=_mode(environ.get("IRT_MODE", Mode.PRODUCTION)),
        help_phone=environ.get("IRT_HELP_PHONE", ""),
        hosts=tuple(host.strip() for host in environ.get("IRT_HOSTS", "").split(",") if host.strip()),
        secure=not _yes(environ, "IRT_PLAIN_HTTP"),
        address=address_from(environ),
        sso=single_sign_on_from(environ),
    )


def open_app(settings: Settings, database_url: str) -> tuple[Litestar, Store]:
    """The application on a migrated database, and the store to close after it; SchemaNotCurrent otherwise."""
    store = open_store(database_url)
    return create_app(store, _utc_now, settings, PLANNER), store


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _mode(word: str) -> Mode:
    try:
        return Mode(word)
    except ValueError:
        raise BadInput(f"IRT_MODE is {word!r}. Use one of: {', '.join(Mode)}.") from None


def _yes(environ: Mapping[str, str], name: str) -> bool:
    word = environ.get(name, "no")
    if word not in {"yes", "no"}:
        raise BadInput(f"{name} is {word!r}. Use yes or no.")
    return word == "yes"
