"""Kits at the end of their use, for tests of pages: rejected by quality, verified by the site and the monitor."""

from typing import Any

from irt.services.decide_quality import DecideQuality, decide_quality
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.services.verify_kits import VerifyKits, monitor_returns, verify_returns
from irt.tables.kit import Kit
from tests.cast import signing
from tests.web.parcels import house_of
from tests.web.world import World


def rejected(world: World, how_many: int = 2) -> list[str]:
    """So many kits of the first site, rejected; by number."""
    shelf = house_of(world).rows(Kit, custody="site", place_id=world.sites[0][1])
    kits = sorted(row["number"] for row in shelf)[:how_many]
    apart = QuarantineKits(study_id=world.study_id, kits=kits, reason="Fridge warm")
    _does(world, "quality.all", quarantine_kits, apart)
    ask = DecideQuality(study_id=world.study_id, reject=kits, reason="Too warm", signing=signing())
    _does(world, "quality.all", decide_quality, ask)
    return kits


def verified(world: World, how_many: int = 2) -> list[str]:
    """So many, which the pharmacist and the monitor have verified."""
    kits = rejected(world, how_many)
    ask = VerifyKits(study_id=world.study_id, site=world.sites[0][0], kits=kits, signing=signing())
    _does(world, "pharmacist.0", verify_returns, ask)
    _does(world, "monitor.0", monitor_returns, ask)
    return kits


def accountability(world: World, kits: list[str]) -> list[str]:
    """Where each kit is on its last axis."""
    return [str(house_of(world).rows(Kit, number=kit)[0]["accountability"]) for kit in kits]


def _does(world: World, person: str, service: Any, ask: Any) -> None:
    world.office.does(world.office.account(person), service, ask)
