"""An outage over the API: a pack, its paper, entries compared by somebody else, seals told once."""

from datetime import timedelta
from typing import Any

from irt.blinding.roles import Role
from tests.web.api.system import SIGNING, System
from tests.web.ward import treated
from tests.web.world import World


def test_from_the_pack_to_its_closing(world: World) -> None:
    """Everything that the pages can do; the seals are in the first answer alone."""
    subject = treated(world).subject
    world.wait(days=21)
    world.office.hire("sefa", (Role.SAFETY, {"study_id": world.study_id}))
    people = ("pharmacist.0", "coordinator.0", "investigator.0", "sefa")
    site, colleague, investigator, safety = (System.of(world, who) for who in people)
    issued = site.booked("/outage/issue", site=world.sites[0][0], days=14, signing=SIGNING)
    assert (issued["number"], issued["kits"], issued["seals"]) == ("K-0001", 4, 1)
    here = "/outage-packs/K-0001"
    kits = [kit["number"] for kit in site.asks_study(here).json()["kits"]]
    assert site.asks_study(f"{here}/paper.pdf").content.startswith(b"%PDF")
    world.wait(hours=4)
    paper: dict[str, Any] = {
        "pack": "K-0001",
        "outage_from": (world.now - timedelta(hours=3)).isoformat(),
        "happened_at": (world.now - timedelta(hours=2)).isoformat(),
    }
    site.booked("/outage/enter-dispensing", subject=subject, visit="W4", kits=kits, **paper)
    investigator.booked("/outage/enter-code-break", seal=1, reason="overdose", opened_by="Dr Ek", **paper)
    late = site.does("/outage/enter-receipt", shipment="S-99999", received=kits[:1], **paper)
    assert late.status_code == 404
    for entry in (1, 2):
        colleague.booked("/outage/check", pack="K-0001", entry=entry, as_on_paper=True, signing=SIGNING)
    seals = {"number": "K-0001", "half": "slips", "signing": SIGNING}
    assert investigator.does("/outage/seals", **seals).status_code == 403
    first, again = (safety.does("/outage/seals", "one-key-for-it", **seals).json() for _ in range(2))
    assert (len(first["slips"]), again["slips"], first["pages"]) == (1, None, None)
    counted = [{"number": 1, "fate": "opened", "reason": "For the hospital"}]
    site.booked("/outage/close", number="K-0001", seals=counted, reason="The system is back", signing=SIGNING)
    pack = site.asks_study(here).json()
    assert (pack["status"], pack["reconciled"]["differences"]) == ("closed", [])
    assert pack["reconciled"]["found"] == {"given on paper": 4}
    assert [line["status"] for line in site.asks_study("/outage-packs").json()["items"]] == ["closed"]
