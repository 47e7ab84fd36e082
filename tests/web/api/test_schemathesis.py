"""A generator of odd requests against a live server: every answer is one the document promises, none a fault."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from irt.blinding.roles import PERMISSIONS, Role
from irt.services.store import Store
from tests.builders_supply import SupplyHouse
from tests.cast import Office
from tests.web.api.live import served
from tests.web.api.system import SIGNING, System, depot_of
from tests.web.world import World
from web import installation
from web.api.gate import SCOPE, SHOWS
from web.api.room import every_operation

ELSEWHERE = (Role.DEPOT, Role.COURIER, Role.CONFIGURATOR)
UNBLINDED = (Role.SUPPLY_MANAGER, Role.UNBLINDED_STATISTICIAN, Role.QUALIFIED_PERSON, Role.QUALITY)
AT_SITES = (Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.MONITOR)
OF_STUDIES = (Role.SUPPLY_PLANNER, Role.STUDY_TEAM, Role.CUSTOMS_BROKER)
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
PLAIN = ("string", "integer")
SECONDS_MAX = 3600


@pytest.fixture
def system(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """A system whose token may do all that a blinded person may do, with something to do it to."""
    monkeypatch.setattr(installation, "REQUESTS_MAX", 1_000_000)
    if request.param == "postgresql":
        world = _world_on(request.getfixturevalue("postgresql_store"))
    study = {"study_id": world.study_id}
    site = {**study, "site_id": world.sites[0][1]}
    depot = {**study, "depot_id": depot_of(world)}
    roles = [(role, site) for role in AT_SITES] + [(role, study) for role in OF_STUDIES]
    world.office.hire("everybody", *roles, (Role.DEPOT, depot), (Role.COURIER, study), (Role.CONFIGURATOR, {}))
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
    ("system", "known", "phases", "examples"),
    [
        ("postgresql", True, "examples,fuzzing", 2),
        pytest.param("sqlite", False, "examples,coverage", 1, marks=pytest.mark.slow),
        pytest.param("postgresql", True, "fuzzing", 12, marks=pytest.mark.slow),
    ],
    ids=["a few with numbers that exist", "as it is served", "many with numbers that exist"],
    indirect=["system"],
)
def test_no_request_finds_a_fault(system: System, tmp_path: Path, known: bool, phases: str, examples: int) -> None:
    """Exit 0: no 5xx, no status, type or shape that is not documented."""
    document = system.client.get("/api/v1/openapi.json").json()
    if known:
        _narrow(document, _known_values(system))
    _try_out(system, document, phases, examples, tmp_path)


@pytest.mark.parametrize(
    ("phases", "examples"),
    [("examples,fuzzing", 2), pytest.param("coverage,fuzzing", 12, marks=pytest.mark.slow)],
    ids=["a few", "many"],
)
def test_no_request_of_an_unblinded_person_finds_a_fault(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phases: str, examples: int
) -> None:
    """The operations that refuse everybody else, asked about subjects, kits and sites that exist."""
    monkeypatch.setattr(installation, "REQUESTS_MAX", 1_000_000)
    seen = System.of(world, "investigator.0")
    seen.dispenses()
    study = {"study_id": world.study_id}
    world.office.hire(
        "initiate",
        (Role.UNBLINDED_PHARMACIST, {**study, "site_id": world.sites[0][1]}),
        *((role, study) for role in UNBLINDED),
        (Role.ADMINISTRATOR, {}),
    )
    system = System.of(world, "initiate")
    document = system.client.get("/api/v1/openapi.json").json()
    theirs = {operation.operation_id for operation in every_operation() if _is_of_unblinded(operation.opt)}
    paths = document["paths"].items()
    document["paths"] = {path: each for path, each in paths if _names(each) & theirs}
    assert len(document["paths"]) > 50
    _narrow(document, _known_values(seen))
    _try_out(system, document, phases, examples, tmp_path)


def _is_of_unblinded(options: dict[str, Any]) -> bool:
    """Whether an operation is gated by what is shown, or asks for a right that `everybody` does not have."""
    blinded = {right for role in (*AT_SITES, *OF_STUDIES, *ELSEWHERE) for right in PERMISSIONS[role]}
    scope = options.get(SCOPE)
    return SHOWS in options or (scope is not None and scope not in blinded)


def _names(path: dict[str, Any]) -> set[str]:
    return {operation["operationId"] for operation in path.values()}


def _try_out(system: System, document: dict[str, Any], phases: str, examples: int, tmp_path: Path) -> None:
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
                f"--max-examples={examples}",
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
    small = ("dispensing_id", "code_break_id", "change_id", "approval_id", "job_id", "occurrence", "version")
    return {name: [1, 2] for name in small} | {
        "study_id": [system.world.study_id],
        "subject": subjects,
        "site": [site],
        "depot": ["NLD"],
        "country": ["NL"],
        "visit": ["D1", "W4", "SCR", "W36"],
        "dose_level": ["Q2W", "QM"],
        **dict.fromkeys(("kit", "read", "kits", "scanned", "accept", "reject", "received"), kits[:3]),
        "on_day": [system.today],
        "shipment": shipments[:3],
        "number": [*shipments[:3], *subjects[:1], *kits[:1]],
        "password": [SIGNING["password"]],
    }


def _narrow(document: dict[str, Any], known: dict[str, list[Any]]) -> None:
    """Lets fields and parameters of those names take those values only; answers keep their shapes."""
    shapes = document["components"]["schemas"]
    asked = [shape for shape in shapes.values() if shape.get("additionalProperties") is False]
    for shape in [*asked, shapes["Signing"], shapes["ReturnedKit"]]:
        for name, each in shape["properties"].items():
            if name in known:
                shape["properties"][name] = _narrowed(each, known[name])
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    for parameter in [each for operation in operations for each in operation.get("parameters", [])]:
        if parameter["in"] == "path" and parameter["name"] in known:
            parameter["schema"] = {"enum": known[parameter["name"]]}


def _narrowed(shape: dict[str, Any], values: list[Any]) -> dict[str, Any]:
    """One of the values for a plain field, several for a list of plain ones; other fields stay as they are."""
    if shape.get("type") in PLAIN:
        return {"enum": values}
    if any(each.get("type") in PLAIN for each in shape.get("oneOf", [])):
        return {"enum": [*values, None]}
    if shape.get("type") == "array" and shape["items"].get("type") in PLAIN:
        return {**shape, "items": {"enum": values}}
    return shape
