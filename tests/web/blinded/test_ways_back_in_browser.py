"""Pages of kits on their way to homes and back, in a real browser on a phone: no barrier on any of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from irt.blinding.roles import Role
from irt.services import passwords
from irt.services.collect_returns import AskPickup, ask_pickup, pickup_label
from irt.services.decide_quality import DecideQuality, decide_quality
from irt.services.return_shipments import PackReturn, SendReturn, pack_return, send_return
from irt.services.verify_kits import VerifyKits, monitor_returns, verify_returns
from irt.tables.shipment import Shipment
from irt.tables.study import Depot
from tests.builders_home import SiteTrial, a_site_trial
from tests.cast import signing
from tests.web.api.live import served
from tests.web.blinded.test_jobs_in_browser import enter, examine
from tests.web.conftest import CHEAP
from tests.web.homeward import Homeward, homeward
from tests.web.preview.browser import browser

pytestmark = pytest.mark.browser


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Homeward]:
    """A study that goes to homes, with something on every way."""
    monkeypatch.setattr(passwords, "RULE", CHEAP)
    with a_site_trial(tmp_path) as trial, homeward(trial.store, trial) as made:
        yield made


def under_way(trial: SiteTrial) -> dict[str, str]:
    """A parcel to pack, a pick-up to be done, a return to receive and kits to pack: page by page, for whom."""
    assigned, _ = trial.underway()
    trial.confirms(assigned)
    begins = datetime.combine(trial.day + timedelta(days=2), time(9), UTC)
    slot = {"slot_from": begins, "slot_to": begins + timedelta(hours=2)}
    facts = {"study_id": trial.study_id, "subject": assigned.subject, **slot}
    pickup = trial.do(trial.staff, ask_pickup, AskPickup.model_validate(facts))
    label = pickup_label(trial.store.seal, trial.rows(Shipment, number=pickup.number)[0]["id"])
    waiting = trial.assigned()
    trial.released(waiting.dispensing_id)
    number = returned(trial)
    subjects, site_id = f"/studies/{trial.study_id}/subjects", trial.site_id(trial.hub)
    return {
        f"{subjects}/{waiting.subject}/home/{waiting.dispensing_id}": "coordinator.0",
        f"{subjects}/{waiting.subject}/home/{waiting.dispensing_id}/label": "coordinator.0",
        f"{subjects}/{assigned.subject}/pickups": "coordinator.0",
        "/returns/shipments": "coordinator.0",
        f"/returns/shipments/pack?site={site_id}": "coordinator.0",
        f"/returns/shipments/{trial.study_id}/{number}": "coordinator.0",
        f"/returns/shipments/{trial.study_id}/{number}/packing-list": "coordinator.0",
        "/stock/accountability": "coordinator.0",
        "/doors": "courier.all",
        f"/doors/pickups/{label}": "courier.all",
        "/depot/returns": "depot.all",
        f"/depot/returns/{trial.study_id}/{number}": "depot.all",
    }


def returned(trial: SiteTrial) -> str:
    """Two verified kits, one of them on its way to the depot; the number of its return."""
    kits = trial.shelf(trial.hub)[:2]
    trial.set_apart(kits)
    facts = {"study_id": trial.study_id, "reject": kits, "reason": "Warm", "signing": signing()}
    trial.do(Role.QUALITY, decide_quality, DecideQuality.model_validate(facts))
    looked_at = VerifyKits(study_id=trial.study_id, site=trial.hub, kits=kits, signing=signing())
    trial.do(Role.PHARMACIST, verify_returns, looked_at)
    trial.do(Role.MONITOR, monitor_returns, looked_at)
    box = {"seal": "SEAL-1", "kits": kits[:1]}
    depot = trial.rows(Depot)[0]["code"]
    asked = {"study_id": trial.study_id, "site": trial.hub, "depot": depot, "boxes": [box]}
    number = trial.do(Role.PHARMACIST, pack_return, PackReturn.model_validate(asked)).number
    trial.do(Role.PHARMACIST, send_return, SendReturn(study_id=trial.study_id, number=number))
    return number


def test_no_page_has_a_barrier(door: Homeward) -> None:
    """On a phone, with something on each of them."""
    assert isinstance(door.trial, SiteTrial)
    pages = under_way(door.trial)
    with served(door.world) as home, browser() as chromium:
        for username in dict.fromkeys(pages.values()):
            tab = enter(chromium, home, username, 375)
            for address in (address for address, who in pages.items() if who == username):
                tab.goto(f"{home}{address}")
                expect(tab.locator("h1")).to_be_visible()
                examine(tab, address, 375)
            tab.context.close()
