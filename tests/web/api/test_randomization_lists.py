"""Randomization lists over the API: asked for, read, decided by another, loaded; and the custody of the seed."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import text

from irt.blinding.roles import Permission, Role
from irt.randomization.stream import commitment
from irt.services.seed_shares import close_box, open_box, public_of
from irt.tables.record import AuditEntry, Signature
from irt.tables.secret import ListEntry, RandomizationList
from tests.builders_designs import a_study
from tests.builders_lists import LISTED
from tests.web.api.system import SIGNING, System
from tests.web.blinded.designed import COMPLETE, world_of
from tests.web.parcels import house_of
from tests.web.world import World

ANNA, BEN = X25519PrivateKey.generate(), X25519PrivateKey.generate()
HOLDERS = [public_of(ANNA), public_of(BEN)]
ANSWERS = {"levels": {"ldl": "LT85"}, "dose_level": "Q2W"}


@pytest.fixture
def listed(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A study of lists."""
    with world_of(a_study(LISTED), sqlite_template, tmp_path) as made:
        yield made


@pytest.fixture
def drawing(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A study that draws live, by complete randomization."""
    with world_of(a_study(COMPLETE), sqlite_template, tmp_path) as made:
        yield made


def statistician(world: World, name: str = "stan", *scopes: Permission) -> System:
    """An independent statistician's system."""
    world.office.hire(name, (Role.UNBLINDED_STATISTICIAN, {"study_id": world.study_id}))
    return System.of(world, name, scopes or tuple(Permission))


def lists_of(system: System) -> dict[str, Any]:
    """The lists of the study."""
    told: dict[str, Any] = system.asks_study("/randomization-lists").json()
    return told


def test_a_list_goes_from_asking_to_loading(listed: World) -> None:
    """Another person signs what they read; the extension continues what is loaded."""
    asker, second = statistician(listed), statistician(listed, "vera")
    assert lists_of(asker) == {"listed": True, "items": [], "strata": []}
    for number, positions in ((1, {}), (2, {"positions": 4})):
        asked = asker.booked("/randomization-lists/ask", mode="production", **positions)["approval_id"]
        shown = second.asks_study(f"/randomization-lists/{asked}").json()
        assert (shown["granted"], shown["loaded"], shown["origin"]) == (None, None, "drawn")
        decision = {"approval_id": asked, "granted": True, "seen": shown["sha256"], "signing": SIGNING}
        same = asker.does("/randomization-lists/decide", **decision)
        assert (same.status_code, same.json()["name"]) == (403, "SamePerson")
        changed = second.does("/randomization-lists/decide", **{**decision, "seen": "0" * 64})
        assert (changed.status_code, changed.json()["name"]) == (409, "RecordChanged")
        early = asker.does("/randomization-lists/load", approval_id=asked)
        assert early.json()["name"] == "RandomizationListNotApproved"
        assert second.booked("/randomization-lists/decide", **decision)["granted"]
        assert asker.booked("/randomization-lists/load", approval_id=asked)["number"] == number
    told = lists_of(asker)
    assert [each["loaded"]["number"] for each in told["items"]] == [2, 1]
    assert {one["positions"] for one in told["strata"]} == {10}
    assert len(house_of(listed).rows(ListEntry)) == 20


def test_an_imported_list_is_its_file(listed: World) -> None:
    """The text handed in may be long; the file given back is what the SHA-256 is of, under its right type."""
    system = statistician(listed)
    codes = ["A", "P", "P", "A", "P", "A"]
    lines = [f"ldl={level},{n},{arm}" for level in ("LT85", "GE85") for n, arm in enumerate(codes, start=1)]
    csv = "\n".join(["stratum,position,arm", *lines, ""])
    asked = system.booked("/randomization-lists/ask", mode="production", text=csv)["approval_id"]
    shown = system.asks_study(f"/randomization-lists/{asked}").json()
    assert (shown["origin"], shown["positions"]) == ("imported", 12)
    file = system.asks_study(f"/randomization-lists/{asked}/positions.csv")
    assert hashlib.sha256(file.content).hexdigest() == shown["sha256"]
    assert file.headers["content-type"].startswith("text/csv")
    assert f"randomization_list_{asked}" in file.headers["content-disposition"]
    assert system.asks_study("/randomization-lists/999").status_code == 404
    assert system.asks_study("/randomization-lists/999/positions.csv").status_code == 404


def test_a_long_list_is_read_whole(listed: World) -> None:
    """It is refused for what it says, at its line, not for its length."""
    lines = [f"ldl=LT85,{n},A" for n in range(1, 2000)]
    answer = statistician(listed).does(
        "/randomization-lists/ask", mode="production", text="\n".join(["stratum,position,arm", *lines, ""])
    )
    assert answer.json()["fields"] == []
    assert "list" in answer.json()["sentence"]


def test_an_approval_of_something_else_is_no_list(world: World) -> None:
    """The kit list's approval is not decided by this door."""
    system = statistician(world)
    lots = [
        {"lot": "A2", "blinded_lot": "L2", "kit_type": "PEN-A", "kits": 5, "expiry": "2027-12-31", "depot": "NLD"}
    ]
    asked = System.of(world, "supply_manager.all").booked("/kit-lists/ask", lots=lots)["approval_id"]
    decision = {"approval_id": asked, "granted": True, "seen": "0" * 64, "signing": SIGNING}
    assert system.does("/randomization-lists/decide", **decision).status_code == 404
    refused = system.does("/randomization-lists/ask", mode="production")
    assert (refused.status_code, refused.json()["name"]) == (409, "NoListedStudy")
    assert lists_of(system)["listed"] is False


def test_two_holders_seal_and_unseal_over_the_api(drawing: World) -> None:
    """The shares are fetched closed, opened by their holders, and only this process's box opens anything."""
    system, site = statistician(drawing), System.of(drawing, "investigator.0")
    site.randomizes()
    held = system.asks_study("/seed-custody").json()
    assert held["shares"] == {}
    assert system.booked("/seeds/seal", holders=HOLDERS)["commitment"] == held["commitment"]
    waiting = {"subject": site.screens(), "on_day": site.today, **ANSWERS}
    assert site.does("/subjects/randomize", **waiting).json()["name"] == "SeedSealed"
    held = system.asks_study("/seed-custody").json()
    first, second = (open_box(held["shares"][public_of(key)], key) for key in (ANNA, BEN))
    seed = bytes(a ^ b for a, b in zip(first, second, strict=True))
    assert commitment(seed) == held["commitment"]
    own = held["allocator"]
    for box in (close_box(bytes(32), own), close_box(seed, HOLDERS[0]), "no box", f"{'00' * 32}.{'00' * 48}"):
        answer = system.does("/seeds/unseal", allocator=own, box=box)
        assert (answer.status_code, "Nothing was unsealed" in answer.json()["sentence"]) == (400, True)
    assert site.does("/subjects/randomize", **waiting).json()["name"] == "SeedSealed"
    system.booked("/seeds/unseal", allocator=own, box=close_box(seed, own))
    site.booked("/subjects/randomize", **waiting)
    assert system.booked("/allocations/verify") == {"allocations": 2, "same": 2, "first_difference": None}


def test_the_seed_is_told_at_the_end_and_once(drawing: World) -> None:
    """After lock and unblinding, to whoever signs; a retry gets none of it."""
    system = statistician(drawing)
    drawing.office.hire("tom", (Role.STUDY_TEAM, {"study_id": drawing.study_id}))
    team = System.of(drawing, "tom")
    early = system.does("/seeds/reveal", signing=SIGNING)
    assert (early.status_code, early.json()["name"]) == (409, "NotLocked")
    assert team.does("/studies/declare-end", end="locked", signing=SIGNING).json()["name"] == "SitesStillOpen"
    with drawing.store.writing() as connection:
        connection.execute(text("UPDATE site SET status = 'closed'"))
    assert system.does("/studies/declare-end", end="locked", signing=SIGNING).status_code == 403
    assert team.booked("/studies/declare-end", end="locked", signing=SIGNING)["end"] == "locked"
    assert team.does("/studies/declare-end", end="unblinded", signing=SIGNING).status_code == 403
    system.booked("/studies/declare-end", end="unblinded", signing=SIGNING)
    wrong = system.does("/seeds/reveal", signing={"password": "a guess"})
    assert wrong.status_code == 403
    told = system.does("/seeds/reveal", key="the-seed-please", signing=SIGNING).json()
    assert commitment(bytes.fromhex(told["seed"])) == told["commitment"]
    again = system.does("/seeds/reveal", key="the-seed-please", signing=SIGNING).json()
    assert again == {"commitment": told["commitment"], "seed": None}
    held = system.asks_study("/seed-custody").json()
    assert held["locked_at"] <= held["unblinded_at"]
    with drawing.store.reading() as connection:
        kept = connection.execute(
            text("SELECT count(*) FROM command WHERE answer LIKE :seed"), {"seed": f"%{told['seed']}%"}
        )
        assert kept.scalar_one() == 0


def test_the_first_allocations_are_signed_for(drawing: World) -> None:
    """Derived again in the same request; for no more than there are."""
    site = System.of(drawing, "investigator.0")
    site.randomizes()
    site.randomizes()
    system = statistician(drawing)
    before = len(house_of(drawing).rows(Signature))
    assert (
        system.does("/allocations/check-first", allocations=3, signing=SIGNING).json()["name"]
        == "TooFewAllocations"
    )
    assert system.does("/allocations/check-first", allocations=2, signing={"password": "x"}).status_code == 403
    assert len(house_of(drawing).rows(Signature)) == before
    assert system.booked("/allocations/check-first", allocations=2, signing=SIGNING)["allocations"] == 2
    (check,) = system.asks_study("/schedule-and-codes").json()["checks"]
    assert check["record"].endswith("1 to 2")


def test_readings_are_written_down(listed: World) -> None:
    """Of the lists, of one, of its file, and of the custody."""
    system = statistician(listed)
    asked = system.booked("/randomization-lists/ask", mode="production")["approval_id"]
    for path in ("s", f"s/{asked}", f"s/{asked}/positions.csv"):
        system.asks_study(f"/randomization-list{path}")
    system.asks_study("/seed-custody")
    read = [row["record"] for row in house_of(listed).rows(AuditEntry, act="read")]
    assert read == ["randomization lists", "randomization list", "randomization list", "seed custody"]
    assert house_of(listed).rows(RandomizationList) == []


COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("/randomization-lists/ask", {"mode": "production"}),
    ("/randomization-lists/decide", {"approval_id": 1, "granted": True, "seen": "0" * 64, "signing": SIGNING}),
    ("/randomization-lists/load", {"approval_id": 1}),
    ("/seeds/seal", {"holders": HOLDERS}),
    ("/seeds/unseal", {"allocator": HOLDERS[0], "box": "x"}),
    ("/seeds/reveal", {"signing": SIGNING}),
    ("/allocations/verify", {}),
    ("/allocations/check-first", {"allocations": 1, "signing": SIGNING}),
]


@pytest.mark.parametrize("person", ["investigator.0", "pharmacist.0", "supply_manager.all", "quality.all"])
def test_nobody_else_commands_anything(listed: World, person: str) -> None:
    """The same 403 to the blinded and to other unblinded roles, before the body is read."""
    system = System.of(listed, person)
    for path, body in COMMANDS:
        sound, broken = system.does(path, **body), system.does(path, nonsense=1)
        assert (sound.status_code, broken.status_code) == (403, 403)
        assert sound.json()["sentence"] == broken.json()["sentence"]


def test_the_scope_is_needed_as_well(listed: World) -> None:
    """Looking is not freezing."""
    system = statistician(listed, "weak", Permission.VIEW_RANDOMIZATION)
    assert system.asks_study("/randomization-lists").status_code == 200
    assert system.does("/randomization-lists/ask", mode="production").status_code == 403
