"""What every handler of a running application stands on, kept in the application's state."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar.connection import ASGIConnection

from irt.services.store import Store
from irt.states.records import Mode
from irt.supply.planner import ResupplyPlanner
from web.api.rate import REFUSALS_MAX, REQUESTS_MAX, RateLimit
from web.guards import Doorkeeper
from web.settings import Settings

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Installation:
    """One database with its clock and settings, the addresses served, and who knocked how often."""

    store: Store
    clock: Clock
    settings: Settings
    planner: ResupplyPlanner
    paths: Collection[str]
    doorkeeper: Doorkeeper = field(default_factory=Doorkeeper)
    callers: RateLimit = field(default_factory=lambda: RateLimit(REQUESTS_MAX))
    modes: dict[int, Mode] = field(default_factory=dict)
    """Modes of studies that were asked about; a study never changes its mode."""
    strangers: RateLimit = field(default_factory=lambda: RateLimit(REFUSALS_MAX))


def installation_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Installation:
    """The installation that a request came to."""
    installation: Installation = connection.app.state.installation
    return installation
