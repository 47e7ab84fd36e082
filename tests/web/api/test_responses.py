"""The response feed over the API: for an integration of the independent statistician alone."""

from irt.blinding.roles import Permission, Role
from tests.web.api.system import System
from tests.web.world import World

FEED = {"source": "EDC export 7", "data_cut_off": "2026-03-01"}


def test_a_study_that_does_not_learn_takes_no_responses(world: World) -> None:
    """Both commands, to the statistician; a file is told by its line."""
    subject = System.of(world, "investigator.0").randomizes()
    world.office.hire("stan", (Role.UNBLINDED_STATISTICIAN, {"study_id": world.study_id}))
    system = System.of(world, "stan")
    facts = {"responses": [{"subject": subject, "value": 1}]}
    answer = system.does("/randomizations/record-responses", **FEED, **facts)
    assert (answer.status_code, answer.json()["name"]) == (409, "ResponsesNotUsed")
    answer = system.does("/randomizations/import-responses", **FEED, csv=f"subject,response\n{subject},perhaps\n")
    assert (answer.status_code, answer.json()["name"]) == (400, "UnreadableResponses")
    assert "Line 2" in answer.text


def test_nobody_else_feeds_responses(world: World) -> None:
    """Neither another role, nor a token without the scope."""
    facts = {**FEED, "responses": [{"subject": "1001-0001", "value": 1}]}
    assert System.of(world, "investigator.0").does("/randomizations/record-responses", **facts).status_code == 403
    world.office.hire("stan", (Role.UNBLINDED_STATISTICIAN, {"study_id": world.study_id}))
    weak = System.of(world, "stan", [Permission.VIEW_RANDOMIZATION])
    assert weak.does("/randomizations/record-responses", **facts).status_code == 403
