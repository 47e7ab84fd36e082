"""Kits verified and destroyed over the API, each under a signature of the request."""

import hashlib
from base64 import b64encode

import pytest

from irt.tables.destruction import Certificate
from tests.web.api.system import SIGNING, System
from tests.web.parcels import house_of
from tests.web.spent import accountability, rejected, verified
from tests.web.world import World

PAPER = b"%PDF-1.7 \xff\xfe burnt at 1100 degrees"


def _destroying(system: System, kits: list[str], paper: str = b64encode(PAPER).decode()) -> dict[str, object]:
    """A certificate over the kits."""
    facts = {"certificate": "C-77", "destroyer": "Remex", "on_day": system.today, "file_name": "c-77.pdf"}
    return {**facts, "paper": paper, "kits": kits, "signing": SIGNING}


def test_from_the_shelf_to_the_certificate(world: World) -> None:
    """Each lists what waits and signs; the file arrives to the byte, and the same key gives the same answer."""
    kits = rejected(world)
    site, monitor, quality = (System.of(world, who) for who in ("pharmacist.0", "monitor.0", "quality.all"))
    looked_at = {"site": world.sites[0][0], "kits": kits, "signing": SIGNING}
    (waiting,) = site.asks_study("/verification").json()["items"]
    assert [kit["number"] for kit in waiting["for_site"]] == kits
    assert site.booked("/returns/verify", **looked_at)["kits"] == kits
    (waiting,) = monitor.asks_study("/verification").json()["items"]
    assert [kit["number"] for kit in waiting["for_monitor"]] == kits
    assert monitor.booked("/returns/monitor", **looked_at)["kits"] == kits
    assert [kit["number"] for kit in quality.asks_study("/destruction").json()["kits"]] == kits
    answers = [quality.does("/returns/destroy", "one-key-for-it", **_destroying(quality, kits)) for _ in range(2)]
    assert [answer.json()["sha256"] for answer in answers] == [hashlib.sha256(PAPER).hexdigest()] * 2
    (kept,) = house_of(world).rows(Certificate)
    assert bytes(kept["paper"]) == PAPER
    (line,) = quality.asks_study("/destruction").json()["certificates"]
    assert (line["number"], line["kits"]) == ("C-77", 2)


def test_a_file_that_is_no_base64_is_refused(world: World) -> None:
    """By name, and nothing is booked."""
    kits = verified(world)
    quality = System.of(world, "quality.all")
    assert quality.does("/returns/destroy", **_destroying(quality, kits, "not base64 ü")).status_code == 400
    assert accountability(world, kits) == ["verified_by_monitor"] * 2


@pytest.mark.parametrize("person", ["supply_manager.all", "inspector.all"])
def test_nobody_else_does(world: World, person: str) -> None:
    """403, whatever the scopes of the token; nothing waits for them."""
    system = System.of(world, person)
    looked_at = {"site": world.sites[0][0], "kits": rejected(world), "signing": SIGNING}
    assert system.asks_study("/verification").json() == {"items": []}
    assert system.asks_study("/destruction").status_code == 403
    assert system.does("/returns/verify", **looked_at).status_code == 403
    assert system.does("/returns/monitor", **looked_at).status_code == 403
    assert system.does("/returns/destroy", **_destroying(system, ["1"])).status_code == 403
