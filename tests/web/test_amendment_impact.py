"""What an amendment changes, end to end: two sites with a treated subject and stock each, and every figure."""

from collections import Counter
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest

from irt.blinding.roles import Role
from irt.services.amend_study import AmendStudy, amend_study
from irt.services.approve_version import ApproveVersion, approve_version
from irt.study.definition import StudyDefinition
from irt.tables.kit import Kit
from irt.tables.record import AuditEntry
from irt.tables.secret import KitContent
from tests.builders_supply import a_lot, the_lipid_study
from tests.cast import PASSWORD, signing
from tests.web.api.system import System
from tests.web.parcels import house_of
from tests.web.unblinded.people import statistician
from tests.web.ward import treated
from tests.web.world import World

LATER = date(2031, 12, 31)
LATE_LOTS = tuple(
    a_lot(lot=f"{kind}2", blinded_lot="L2", kit_type=f"PEN-{kind}", kits=200, expiry=LATER) for kind in "AP"
)
CHANGES = {"next_visit": 1, "visits": 1, "windows": 1}


def amended(day: date) -> StudyDefinition:
    """Week 4 comes a week earlier in a narrower window; pens of the first lots are too old from `day` on."""
    study = the_lipid_study()
    days = (date(2028, 3, 31) - day).days + 1
    windows = {"dnd_days": days, "dnc_days": days + 11, "dns_days": days + 15}
    kit_types = tuple(
        one.model_copy(update={"windows": one.windows.model_copy(update=windows), "country_windows": {}})
        for one in study.kit_types
    )
    earlier = {"day": 21, "window_before_days": 2, "window_after_days": 2}
    visits = tuple(one.model_copy(update=earlier) if one.code == "W4" else one for one in study.visits)
    return study.model_copy(update={"kit_types": kit_types, "visits": visits})


@pytest.fixture
def drafted(world: World) -> World:
    """Version 2 waits for its approval; a later lot lies at the depot."""
    house = house_of(world)
    house.load(LATE_LOTS)
    for site in (0, 1):
        treated(world, site)
    ask = AmendStudy(study_id=world.study_id, definition=amended(world.now.date()).model_dump(mode="json"))
    house.do(Role.CONFIGURATOR, amend_study, ask)
    return world


def free_kits(world: World) -> Counter[tuple[str, int, str]]:
    """Custody, place and type of kits that nobody has been given and that are of the first lots."""
    house = house_of(world)
    types = {row["kit_id"]: row["kit_type"] for row in house.rows(KitContent)}
    kits = (row for row in house.rows(Kit, assignment="free", quality="released") if row["expiry"] != LATER)
    return Counter((row["custody"], row["place_id"], types[row["id"]]) for row in kits)


def at(world: World, *words: object) -> str:
    """An address below the draft."""
    return "/".join([f"/versions/{world.study_id}/2", *map(str, words)])


def test_what_blinded_people_read_and_sign(drafted: World) -> None:
    """Each site's subject has another next visit; orders by look; what was read is kept with the signature."""
    drafted.office.hire("thea", (Role.STUDY_TEAM, {"study_id": drafted.study_id}))
    browser, system = drafted.signed_in("thea"), System.of(drafted, "thea")
    page = browser.get(at(drafted, "impact")).text
    assert "2 of 2" in page
    told = system.asks_study("/versions/2/impact").json()
    assert (told["subjects"], told["changed"], told["kept"], told["follows"]) == (2, 2, False, 1)
    sites = {one["site"]: one for one in told["sites"]}
    for number, _ in drafted.sites:
        assert (sites[number]["subjects"], sites[number]["changed"]) == (1, 1)
        assert sites[number]["changes"] == CHANGES
        assert sites[number]["outcome"] == "may_go_on"
    assert sum(one["subjects"] for one in told["sites"]) == 2
    assert told["looks"] == []
    pens = {"what": "Pen 140 mg/mL", "before": [], "after": [{"day": system.today, "kits": 60}]}
    assert told["orders"] == [{"site": number, **pens} for number, _ in drafted.sites]
    assert page.count(": 60</span>") == 2
    assert not any(code in page for code in ("PEN-A", "PEN-P"))
    browser.get(at(drafted))
    browser.press(at(drafted), decision="sign", password=PASSWORD)
    kept = system.asks_study("/versions/2/impact").json()
    assert (kept["kept"], kept["hash"], kept["orders"]) == (True, told["hash"], told["orders"])
    assert system.asks_study("/versions/2/impact", today=True).json()["kept"] is False


def test_what_unblinded_people_read(drafted: World) -> None:
    """Every old kit at both sites and at the depot, by group and type; for statisticians too, as a table."""
    old = free_kits(drafted)
    browser = statistician(drafted)
    assert "Version 2" in browser.get(f"/versions/{drafted.study_id}").text
    assert at(drafted, "impact") in browser.get(at(drafted)).text
    assert f"/supply{at(drafted, 'impact')}" in browser.get(at(drafted, "impact")).text
    assert "to dispense" in browser.get(f"/supply{at(drafted, 'impact')}").text
    table = browser.press(f"/supply{at(drafted, 'impact/export')}", format="csv").text.splitlines()
    rows = [line.split(",") for line in table[1:]]
    lost = {(row[1], row[2], row[4].split()[0]): int(row[5]) for row in rows if row[0] == "kits"}
    for number, site_id in drafted.sites:
        for kit_type in ("PEN-A", "PEN-P"):
            for window in ("dispense", "count"):
                assert lost.pop((f"Site {number}", kit_type, window)) == old["site", site_id, kit_type] > 0
    assert {key[0] for key in lost} == {"Depot NLD"}
    assert sum(lost.values()) == sum(kits for (custody, *_), kits in old.items() if custody == "depot") > 0
    assert {(row[3], row[6]) for row in rows if row[0] == "kits"} == {("PEN", "0")}
    assert {(row[1], row[2], row[7]) for row in rows if row[0] == "orders"} == {
        (number, kit_type, "") for number, _ in drafted.sites for kit_type in ("PEN-A", "PEN-P")
    }
    browser.get(f"/supply{at(drafted, 'impact')}")
    book = browser.press(f"/supply{at(drafted, 'impact/export')}", format="xlsx").content
    assert "xl/workbook.xml" in ZipFile(BytesIO(book)).namelist()
    told = System.of(drafted, "independent").asks_study("/versions/2/impact/by-type").json()
    assert sum(one["lost"] for one in told["windows"]) == sum(int(row[5]) for row in rows if row[0] == "kits")
    read = [row["record"] for row in house_of(drafted).rows(AuditEntry, act="read")]
    assert read == [*["impact of version 2 by kit type, export"] * 2, "impact of version 2 by kit type"]


def test_others_read_less(drafted: World) -> None:
    """A planner is blinded, so nothing by type; a monitor of one site reads of no other site."""
    browser, system = drafted.signed_in("supply_planner.all"), System.of(drafted, "supply_planner.all")
    assert browser.get(f"/supply{at(drafted, 'impact')}").status_code == 403
    assert system.asks_study("/versions/2/impact/by-type").status_code == 403
    assert system.asks_study("/versions/2/impact").json()["changed"] == 2
    assert f"/supply{at(drafted, 'impact')}" not in browser.get(at(drafted, "impact")).text
    approval = ApproveVersion(study_id=drafted.study_id, version=2, signing=signing())
    house_of(drafted).do(Role.STUDY_TEAM, approve_version, approval)
    assert drafted.signed_in("monitor.0").get(at(drafted, "impact")).status_code == 403
    assert System.of(drafted, "monitor.0").asks_study("/versions/2/impact").status_code == 403
