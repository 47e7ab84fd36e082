"""A refusal has one shape, tells what to change, and tells nothing of what is out of reach."""

from typing import Any

import pytest

from tests.web.api.system import SIGNING, System


def _without_reference(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name != "reference"}


def test_a_rule_of_the_trial_refuses_by_name(investigator: System) -> None:
    """Name, sentence, reference, and no fields."""
    subject = investigator.randomizes()
    answer = investigator.does("/dispensings/assign", subject=subject, visit="D1", on_day=investigator.today)
    problem = answer.json()
    assert answer.status_code == 409
    assert problem["name"] == "OrderMissing"
    assert problem["sentence"].startswith("The investigator has not signed the order")
    assert len(problem["reference"]) == 8
    assert set(problem) == {"name", "sentence", "reference", "fields"}


COMMANDS = [
    ("/subjects/fail-screening", {"on_day": "2026-03-17", "reason": "no"}),
    ("/subjects/randomize", {"on_day": "2026-03-17"}),
    ("/dispensings/assign", {"visit": "D1", "on_day": "2026-03-17"}),
    ("/dispensings/sign-order", {"visit": "D1", "signing": SIGNING}),
    ("/code-breaks", {"reason": "overdose", "signing": SIGNING}),
]


@pytest.mark.parametrize(("path", "facts"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_another_sites_subject_reads_as_one_that_is_not(
    investigator: System, neighbour: System, path: str, facts: dict[str, Any]
) -> None:
    """404, and the two answers differ in nothing but the reference."""
    theirs = neighbour.does(path, subject=investigator.screens(), **facts)
    nobodys = neighbour.does(path, subject="9999-0001", **facts)
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert _without_reference(theirs.json()) == _without_reference(nobodys.json())


def test_what_is_out_of_reach_is_not_shown(investigator: System, neighbour: System) -> None:
    """Subjects, stock and kits of another site, and a study that is none."""
    subject, site = investigator.screens(), investigator.world.sites[0][0]
    kit = investigator.asks_study(f"/sites/{site}/kits").json()["items"][0]["number"]
    addresses = [f"/subjects/{subject}", f"/sites/{site}/kits", f"/kits/{kit}", "/shipments/S-10001"]
    assert [investigator.asks_study(address).status_code for address in addresses] == [200] * 4
    answers = [neighbour.asks_study(address) for address in addresses] + [neighbour.asks("/studies/99/sites")]
    unknown = _without_reference(neighbour.asks_study("/subjects/9999-0001").json())
    assert [answer.status_code for answer in answers] == [404] * 5
    assert [_without_reference(answer.json()) for answer in answers] == [unknown] * 5


BAD = [
    ({"site": "1001"}, "on_day"),
    ({"site": "1001", "on_day": "someday"}, "on_day"),
    ({"site": "1001", "on_day": "0001-01-01"}, "on_day"),
    ({"site": "1001", "on_day": "9999-12-31"}, "on_day"),
    ({"site": "x" * 4001, "on_day": "2026-03-17"}, "site"),
    ({"site": "10\u0000", "on_day": "2026-03-17"}, "site"),
    ({"site": 1001, "on_day": "2026-03-17"}, "site"),
    ({"study_id": 10**30, "site": "1001", "on_day": "2026-03-17"}, "study_id"),
    ({"study_id": -(2**31) - 1, "site": "1001", "on_day": "2026-03-17"}, "study_id"),
    ({"site": "1001", "on_day": "2026-03-17", "sight": "1002"}, "sight"),
]


@pytest.mark.parametrize(("body", "named"), BAD)
def test_a_bad_field_is_named(onlooker: System, body: dict[str, Any], named: str) -> None:
    """400 with the field, and nothing is booked."""
    answer = onlooker.does("/subjects/screen", **body)
    problem = answer.json()
    assert (answer.status_code, problem["name"]) == (400, "BadFields")
    assert [each["field"] for each in problem["fields"]] == [named]
    assert onlooker.asks_study("/subjects").json()["items"] == []


@pytest.mark.parametrize("name", ["store", "settings", "planner", "now", "who", "caller"])
def test_a_bad_field_named_like_what_handlers_are_given_is_named(onlooker: System, name: str) -> None:
    """It is the asker's fault as any other, not ours."""
    problem = onlooker.does("/subjects/screen", site="1001", on_day="2026-03-17", **{name: 1})
    assert (problem.status_code, problem.json()["name"]) == (400, "BadFields")
    assert [each["field"] for each in problem.json()["fields"]] == [name]


def test_what_was_typed_to_sign_is_never_repeated(onlooker: System) -> None:
    """A password in the wrong place is not in the answer."""
    answer = onlooker.does("/code-breaks", subject="1001-0001", reason="curiosity", signing="my secret words")
    assert answer.status_code == 400
    assert "secret" not in answer.text


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"text"', b'{"study_id": "\\ud800"}'])
def test_a_body_that_is_no_object_is_refused(onlooker: System, content: bytes) -> None:
    """400 in the one shape."""
    headers = {
        **onlooker.header,
        "Idempotency-Key": "a-proper-key",
        "Content-Type": "application/json",
    }
    answer = onlooker.client.post("/api/v1/subjects/screen", content=content, headers=headers)
    assert answer.status_code == 400
    assert set(answer.json()) == {"name", "sentence", "reference", "fields"}


def test_too_large_a_body_is_refused(onlooker: System) -> None:
    """413, long before it is read."""
    answer = onlooker.does("/subjects/screen", site="1" * 2_000_000, on_day=onlooker.today)
    assert (answer.status_code, answer.json()["name"]) == (413, "TooLarge")


def test_an_address_that_leads_nowhere_answers_a_system(onlooker: System) -> None:
    """JSON, not a page; the same for a method that is none of the address's."""
    nowhere = onlooker.client.get("/api/v1/nothing")
    assert (nowhere.status_code, nowhere.json()["name"]) == (404, "NotFound")
    put = onlooker.client.put("/api/v1/studies")
    assert (put.status_code, put.json()["name"]) == (405, "MethodNotAllowed")
    assert "GET" in put.headers["allow"]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "after=%00", "after=" + "1" * 65])
def test_a_list_keeps_its_measure(onlooker: System, query: str) -> None:
    """Limits from 1 to 200, marks as they were given."""
    answer = onlooker.client.get(
        f"/api/v1/studies/{onlooker.world.study_id}/subjects?{query}", headers=onlooker.header
    )
    assert (answer.status_code, answer.json()["name"]) == (400, "BadFields")


def test_a_fault_says_a_reference_and_nothing_of_itself(
    investigator: System, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """500; the trace is in the log under the same reference."""
    monkeypatch.setattr("web.api.studies.studies_listed", lambda *_: 1 / 0)
    answer = investigator.asks("/studies")
    assert (answer.status_code, answer.json()["name"]) == (500, "Fault")
    assert "zero" not in answer.text
    assert f"fault {answer.json()['reference']}" in caplog.text
    assert "ZeroDivisionError" in caplog.text
