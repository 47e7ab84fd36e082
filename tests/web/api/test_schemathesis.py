"""A generator of odd requests to a live server, made as every role: no fault, nothing undocumented, no leak."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from irt.blinding.conflicts import BLINDED_ROLES
from irt.blinding.roles import SITE_ROLES, Permission, Role
from irt.services import passwords
from irt.services.issue_token import IssueToken, issue_token
from tests.blinding.detector import numbers_in, words_in
from tests.blinding.run import live
from tests.blinding.variation import Variation
from tests.blinding.worlds import CHEAP, OneWorld, stocked
from tests.cast import token_of
from tests.web.api.doorman import Doorman, Told, fields_of
from tests.web.api.live import free_port, listening
from tests.web.api.system import SIGNING, System, depot_of
from web import installation
from web.api.gate import SHOWS
from web.api.room import every_operation

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
PLAIN = ("string", "integer")
SECONDS_MAX = 3600
BLINDED = BLINDED_ROLES | {Role.ADMINISTRATOR, Role.SAFETY}
EVERYWHERE = (Role.CONFIGURATOR, Role.ADMINISTRATOR, Role.HELP_DESK)
PICKERS = {Role.DEPOT}
"""A depot picks by places in the warehouse's order."""
TOLD_TO_WHO_ASKS = {
    "break_code": (Role.INVESTIGATOR, Role.SAFETY),
    "show_broken_code": (Role.INVESTIGATOR, Role.SAFETY),
    "assess_case": (Role.SAFETY,),
    "show_case": (Role.SAFETY,),
}
"""Operations that tell one subject's treatment to the person who signs for it."""


@pytest.fixture
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[OneWorld]:
    """A trial with words and numbers that would be recognised, under way since long."""
    monkeypatch.setattr(installation, "REQUESTS_MAX", 1_000_000)
    monkeypatch.setattr(passwords, "RULE", CHEAP)
    variation = Variation()
    with variation.in_force():
        made = stocked(request.getfixturevalue(f"{request.param}_store"), variation)
        with made.opened:
            live(made)
            yield made


def _tokens(world: OneWorld) -> dict[Role, str]:
    """A token of a new person of each role, which may do all that the role may."""
    study, tokens = {"study_id": world.study_id}, {}
    for role in Role:
        where = {} if role in EVERYWHERE else study
        where |= {"site_id": world.sites[0][1]} if role in SITE_ROLES else {}
        where |= {"depot_id": depot_of(world)} if role is Role.DEPOT else {}
        person = world.office.hire(f"any.{role}", (role, where))
        ask = IssueToken(scopes=[*Permission], expires_at=world.now + timedelta(days=30))
        tokens[role] = token_of(world.office.does(person, issue_token, ask))
    return tokens


@pytest.mark.parametrize(
    ("world", "known", "phases", "examples"),
    [
        ("postgresql", True, "examples,fuzzing", 2),
        pytest.param("sqlite", False, "examples,coverage", 1, marks=pytest.mark.slow),
        pytest.param("postgresql", True, "fuzzing", 2 * len(Role), marks=pytest.mark.slow),
    ],
    ids=["a few with numbers that exist", "as it is served", "many with numbers that exist"],
    indirect=["world"],
)
def test_no_role_finds_a_fault_or_a_treatment(
    world: OneWorld, tmp_path: Path, known: bool, phases: str, examples: int
) -> None:
    """No 5xx, nothing that is not documented, and to no blinded role a word, number or field of treatment."""
    system = world.system("inspector.all")
    document = system.client.get("/api/v1/openapi.json").json()
    secret = secret_fields(document)
    if known:
        _narrow(document, _known_values(world))
    tokens = _tokens(world)
    doorman = Doorman(world.app(), every_operation(), tokens)
    _try_out(doorman, document, phases, examples, tmp_path)
    assert [(told, found) for told in doorman.heard if (found := gives_away(told, secret))] == []
    _asked_by_everybody(doorman, world, tokens, all_of_them=examples > len(Role))


def secret_fields(document: Mapping[str, Any]) -> frozenset[str]:
    """Names of fields that only answers to unblinded people have."""
    shown: dict[bool, set[str]] = {True: set(), False: set()}
    for operation in every_operation():
        telling = SHOWS in operation.opt or operation.operation_id in TOLD_TO_WHO_ASKS
        shown[telling] |= fields_of(document, operation)
    return frozenset(shown[True] - shown[False])


def gives_away(told: Told, secret: frozenset[str]) -> list[str]:
    """What an answer tells a blinded person of treatment; what they sent themselves is no news."""
    if told.role not in BLINDED or told.role in TOLD_TO_WHO_ASKS.get(told.operation, ()):
        return []
    said = f"{told.head}\n{told.body}"
    numbers = [] if told.role in PICKERS else numbers_in(said)
    found = [*words_in(said), *numbers]
    if told.status < 300:
        found += sorted(told.keys & secret)
    return [each for each in found if each not in told.asked]


def test_what_is_told_to_a_blinded_role_is_searched() -> None:
    """The detector itself: words, numbers and fields are found, and what was asked with is not."""
    told = Told(Role.MONITOR, "kit", 200, "GET 5150", "", '{"kits": [{"kit_type": "QXKITUNO", "size": 5150}]}')
    assert gives_away(told, frozenset({"kit_type"})) == ["QXKITUNO", "kit_type"]


def _asked_by_everybody(
    doorman: Doorman, world: OneWorld, tokens: Mapping[Role, str], *, all_of_them: bool
) -> None:
    """Every operation was asked, by who may wherever somebody may; every role asked and is still let in."""
    asked = {(told.operation, told.role) for told in doorman.heard}
    operations = {str(each.operation_id) for each in every_operation()}
    assert {operation for operation, _ in asked} == operations
    assert {role for _, role in asked} == set(Role)
    if all_of_them:
        assert asked == {(operation, role) for operation in operations for role in Role}
    client = world.browser().client
    for role, token in tokens.items():
        answer = client.get("/api/v1/studies", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, role


def _try_out(doorman: Doorman, document: dict[str, Any], phases: str, examples: int, tmp_path: Path) -> None:
    """Lets the generator loose on the operations of the document."""
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document))
    port = free_port()
    with listening(doorman, port):
        ran = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"),
                "run",
                str(file),
                f"--url=http://127.0.0.1:{port}",
                "--header=Authorization: Bearer of the doorman",
                f"--checks={CHECKS}",
                f"--max-examples={examples}",
                f"--phases={phases}",
                "--request-timeout=60",
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
    if ran.returncode:
        pytest.fail(ran.stdout[-20_000:] + ran.stderr[-2000:])


def _known_values(world: OneWorld) -> dict[str, list[Any]]:
    """What exists in the study, by the name of a field."""
    system: System = world.system("inspector.all")
    site = world.sites[0][0]
    subjects = [each["subject"] for each in system.asks_study("/subjects").json()["items"]]
    kits = [each["number"] for each in system.asks_study(f"/sites/{site}/kits").json()["items"]]
    shipments = [
        each["number"]
        for path in ("/shipments", "/past-shipments")
        for each in world.system("supply_planner.all").asks_study(path).json()["items"]
    ]
    small = ("dispensing_id", "code_break_id", "change_id", "approval_id", "job_id", "occurrence", "version")
    return {name: [1, 2] for name in small} | {
        "study_id": [world.study_id],
        "subject": subjects,
        "site": [site],
        "depot": ["NLD"],
        "country": ["NL"],
        "visit": ["D1", "W4", "SCR", "W36"],
        "dose_level": ["Q2W", "QM"],
        **dict.fromkeys(("kit", "read", "kits", "scanned", "accept", "reject", "received"), kits[:3]),
        "on_day": [world.now.date().isoformat()],
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
