"""A generator of odd requests against a live server: every answer is one the document promises, none a fault."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.services.store import Store
from tests.builders_supply import SupplyHouse
from tests.cast import Office
from tests.web.api.live import served
from tests.web.api.system import SIGNING, System, depot_of
from tests.web.world import World
from web import installation

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
SECONDS_MAX = 240


@pytest.fixture
def system(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """A system whose token may do all that a blinded person may do, with something to do it to."""
    monkeypatch.setattr(installation, "REQUESTS_MAX", 1_000_000)
    if request.param == "postgresql":
        world = _world_on(request.getfixturevalue("postgresql_store"))
    study = {"study_id": world.study_id}
    site = {**study, "site_id": world.sites[0][1]}
    depot = {**study, "depot_id": depot_of(world)}
    roles = [(Role.INVESTIGATOR, site), (Role.COORDINATOR, site), (Role.SUPPLY_PLANNER, study), (Role.DEPOT, depot)]
    roles += [(Role.CONFIGURATOR, {}), (Role.STUDY_TEAM, study)]
    world.office.hire("everybody", *roles)
    made = System.of(world, "everybody")
    made.dispenses()
    made.randomizes()
    made.screens()
    made.booked("/resupply/run", day=made.today, needs_approval=True)
    with world.opened:
        yield made


def _world_on(store: Store) -> World:
    """The same small study in a database that is stricter about what it is sent."""
    house = SupplyHouse.of(store)
    house.load()
    sites = house.sites(2)
    house.resupply()
    for _ in range(14):
        house.later(1)
        house.carry()
    office = Office.founded(store)
    office.now = datetime.combine(house.day + timedelta(days=1), time(8), office.now.tzinfo)
    return World(store, office, house.study_id, tuple(sites))


@pytest.mark.parametrize(
    ("system", "known", "phases"),
    [("sqlite", False, "examples,coverage"), ("postgresql", True, "fuzzing")],
    ids=["as it is served", "with numbers that exist"],
    indirect=["system"],
)
def test_no_request_finds_a_fault(system: System, tmp_path: Path, known: bool, phases: str) -> None:
    """Exit 0: no 5xx, no status, type or shape that is not documented."""
    document = system.client.get("/api/v1/openapi.json").json()
    if known:
        _narrow(document, _known_values(system))
    _try_out(system, document, phases, tmp_path)


def test_no_request_of_an_unblinded_person_finds_a_fault(world: World, tmp_path: Path) -> None:
    """The operations that refuse everybody else, asked about subjects, kits and sites that exist."""
    subject, dispensing = System.of(world, "investigator.0").dispenses()
    study = {"study_id": world.study_id}
    roles = [(Role.UNBLINDED_PHARMACIST, {**study, "site_id": world.sites[0][1]})]
    world.office.hire("initiate", *roles, (Role.SUPPLY_MANAGER, study), (Role.UNBLINDED_STATISTICIAN, study))
    system = System.of(world, "initiate")
    document = system.client.get("/api/v1/openapi.json").json()
    paths = document["paths"].items()
    document["paths"] = {path: each for path, each in paths if _tags(each) & {"unblinded", "randomization"}}
    assert len(document["paths"]) > 30
    numbers = [subject, dispensing["kits"][0]["number"]]
    _narrow(document, {"study_id": [world.study_id], "site": [world.sites[0][0]], "number": numbers})
    _try_out(system, document, "examples,coverage", tmp_path)


def _tags(path: dict[str, Any]) -> set[str]:
    return {tag for operation in path.values() for tag in operation["tags"]}


def _try_out(system: System, document: dict[str, Any], phases: str, tmp_path: Path) -> None:
    """Lets the generator loose on the operations of the document."""
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))
    with served(system.world) as address:
        ran = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"),
                "run",
                str(file),
                f"--url={address}",
                f"--header=Authorization: Bearer {system.token}",
                f"--checks={CHECKS}",
                "--max-examples=12",
                f"--phases={phases}",
                "--generation-database=none",
                "--seed=1",
                "--no-shrink",
                "--no-color",
                "--suppress-health-check=all",
                "--warnings=off",
                "--continue-on-failure",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-2000:]


def _known_values(system: System) -> dict[str, list[Any]]:
    """What exists in the study, by the name of a field."""
    subjects = [each["subject"] for each in system.asks_study("/subjects").json()["items"]]
    site = system.world.sites[0][0]
    kits = [each["number"] for each in system.asks_study(f"/sites/{site}/kits").json()["items"]]
    shipments = [
        each["number"]
        for path in ("/shipments", "/past-shipments")
        for each in system.asks_study(path).json()["items"]
    ]
    return {
        "study_id": [system.world.study_id],
        "subject": subjects,
        "site": [site],
        "visit": ["D1", "W4", "SCR", "W36"],
        "dispensing_id": [1, 2],
        "code_break_id": [1],
        "dose_level": ["Q2W", "QM"],
        "kit": kits[:3],
        "read": kits[:3],
        "on_day": [system.today],
        "number": [*shipments[:3], *subjects[:1], *kits[:1]],
        "password": [SIGNING["password"]],
    }


def _narrow(document: dict[str, Any], known: dict[str, list[Any]]) -> None:
    """Lets fields and parameters of those names take those values only; answers keep their shapes."""
    shapes = document["components"]["schemas"]
    asked = [shape for shape in shapes.values() if shape.get("additionalProperties") is False]
    for shape in [*asked, shapes["Signing"], shapes["ReturnedKit"]]:
        plain = [name for name, each in shape["properties"].items() if each.get("type") in ("string", "integer")]
        shape["properties"].update({name: {"enum": known[name]} for name in plain if name in known})
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    for parameter in [each for operation in operations for each in operation.get("parameters", [])]:
        if parameter["in"] == "path" and parameter["name"] in known:
            parameter["schema"] = {"enum": known[parameter["name"]]}
