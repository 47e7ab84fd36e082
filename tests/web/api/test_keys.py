"""Every command carries a key: a retry gives the first answer and books nothing twice."""

import pytest

from tests.web.api.system import ANSWERS, System


def test_a_retry_gives_the_same_answer_and_books_once(investigator: System) -> None:
    """Randomization, sent twice with one key."""
    subject = investigator.screens()
    asked = {"subject": subject, "on_day": investigator.today, **ANSWERS}
    first = investigator.does("/subjects/randomize", key="once-and-no-more", **asked)
    second = investigator.does("/subjects/randomize", key="once-and-no-more", **asked)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    entries = investigator.asks_study("/audit-trail").json()["items"]
    assert sum("andomized" in entry["sentence"] and entry["record"] == subject for entry in entries) == 1


def test_a_key_used_for_another_command_is_refused(investigator: System) -> None:
    """The same key with another body is a mistake, and says so."""
    site = investigator.world.sites[0][0]
    asked = {"key": "one-key-one-command", "site": site}
    assert investigator.does("/subjects/screen", on_day=investigator.today, **asked).status_code == 200
    other = investigator.does("/subjects/screen", on_day="2026-03-16", **asked)
    assert (other.status_code, other.json()["name"]) == (400, "BadInput")
    assert len(investigator.asks_study("/subjects").json()["items"]) == 1


@pytest.mark.parametrize("key", [None, "", "short", "x" * 101, "with a space", "with;sign"])
def test_a_command_without_a_proper_key_is_refused(onlooker: System, key: str | None) -> None:
    """400, naming the header; nothing is booked."""
    headers = onlooker.header if key is None else {**onlooker.header, "Idempotency-Key": key}
    body = {
        "study_id": onlooker.world.study_id,
        "site": onlooker.world.sites[0][0],
        "on_day": onlooker.today,
    }
    answer = onlooker.client.post("/api/v1/subjects/screen", json=body, headers=headers)
    assert answer.status_code == 400
    assert "key" in answer.text.lower()
    assert onlooker.asks_study("/subjects").json()["items"] == []
