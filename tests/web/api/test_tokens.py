"""Tokens open the API, each as far as its scopes go, and nothing else does."""

from datetime import timedelta

import pytest

from irt.blinding.roles import Permission
from irt.services.issue_token import RevokeToken, revoke_token
from tests.web.api.system import System
from tests.web.world import World
from web import installation
from web.api.rate import REFUSALS_MAX


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic aXJ0", "Bearer irt_0_0", "Bearer nonsense", "irt_0_0", "Bearer " + "x" * 500],
)
def test_without_a_token_that_works_nothing_opens(onlooker: System, header: str) -> None:
    """401 in the same words whatever is wrong, and the scheme is told."""
    answer = onlooker.client.get("/api/v1/studies", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.json()["name"] == "TokenRefused"
    assert answer.headers["www-authenticate"] == 'Bearer realm="irt"'


def test_every_answer_says_its_mode(investigator: System) -> None:
    """That of the study in address or body; nothing of a study out of reach; without a token the installation's."""
    told = [
        investigator.asks_study("/sites"),
        investigator.asks("/studies"),
        investigator.does("/subjects/screen", site="9999", on_day="2026-03-02"),
        investigator.asks("/studies/77/sites"),
        investigator.client.get("/api/v1/studies"),
    ]
    assert [answer.headers["irt-mode"] for answer in told] == [*["production"] * 4, "test"]
    assert "irt-mode" not in investigator.client.get("/health").headers


def test_an_expired_token_is_none(investigator: System) -> None:
    """A token stops by itself."""
    assert investigator.asks("/studies").status_code == 200
    investigator.world.wait(days=30)
    assert investigator.asks("/studies").status_code == 401


def test_a_revoked_token_is_none(investigator: System) -> None:
    """A token stops at once when its owner stops it."""
    office, public_id = investigator.world.office, investigator.token.split("_")[1]
    office.does(office.account("investigator.0"), revoke_token, RevokeToken(public_id=public_id))
    assert investigator.asks("/studies").status_code == 401


def test_a_session_does_not_open_the_api(world: World) -> None:
    """Cookies are not looked at: a page cannot be tricked into calling the API."""
    browser = world.signed_in("investigator.0")
    assert browser.client.get("/api/v1/studies").status_code == 401


def test_a_token_is_no_session(investigator: System) -> None:
    """A token opens no page."""
    page = investigator.client.get("/", headers=investigator.header, follow_redirects=False)
    assert page.status_code in {302, 303}
    assert page.headers["location"].startswith("/sign-in")


def test_a_missing_scope_is_refused_and_named(world: World) -> None:
    """The owner may screen; this token may not, and nothing is booked."""
    system = System.of(world, "investigator.0", [Permission.VIEW_SUBJECTS])
    answer = system.does("/subjects/screen", site=world.sites[0][0], on_day=system.today)
    assert (answer.status_code, answer.json()["name"]) == (403, "NotAllowed")
    assert "screen" in answer.json()["sentence"]
    assert system.asks_study("/subjects").json()["items"] == []
    assert system.asks_study(f"/sites/{world.sites[0][0]}/kits").status_code == 403


def test_a_scope_gives_no_more_than_its_owner_has(world: World) -> None:
    """A monitor's token with every scope screens nobody."""
    system = System.of(world, "monitor.0")
    answer = system.does("/subjects/screen", site=world.sites[0][0], on_day=system.today)
    assert (answer.status_code, answer.json()["name"]) == (403, "NotAllowed")


def test_the_scope_is_judged_before_the_body(world: World) -> None:
    """A caller without the scope learns nothing of what the body should be."""
    system = System.of(world, "investigator.0", [Permission.VIEW_SUBJECTS])
    answer = system.client.post("/api/v1/subjects/screen", content=b"{", headers=system.header)
    assert answer.status_code == 403


def test_a_caller_runs_out_of_requests(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each token by itself, for a minute, with the time to wait."""
    monkeypatch.setattr(installation, "REQUESTS_MAX", 3)
    system = System.of(world, "investigator.0")
    assert [system.asks("/studies").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = system.asks("/studies")
    assert (refused.json()["name"], refused.headers["retry-after"]) == ("TooManyRequests", "60")
    world.wait(minutes=1)
    assert system.asks("/studies").status_code == 200


def test_guessing_tokens_runs_out_of_tries(investigator: System) -> None:
    """One address may try so often a minute; then even a good token from there waits."""
    wrong = {"Authorization": "Bearer irt_0_0"}
    statuses = [
        investigator.client.get("/api/v1/studies", headers=wrong).status_code for _ in range(REFUSALS_MAX + 1)
    ]
    assert statuses == [401] * REFUSALS_MAX + [429]
    assert investigator.asks("/studies").status_code == 429
    investigator.world.office.now += timedelta(minutes=1)
    assert investigator.asks("/studies").status_code == 200


def test_health_needs_no_token(onlooker: System) -> None:
    """Whoever watches the installation has no token."""
    answer = onlooker.client.get("/api/v1/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
