"""The response feed over the API: for an integration of the independent statistician alone."""

from pathlib import Path

from irt.blinding.roles import Permission, Role
from irt.tables.record import AuditEntry
from tests.builders_designs import DESIGNS, a_study
from tests.web.api.system import System
from tests.web.blinded.designed import world_of
from tests.web.parcels import house_of
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


def test_the_feed_is_counted_by_source(sqlite_template: Path, tmp_path: Path) -> None:
    """The same counts as on the page: neither values nor arms; the reading is written down."""
    with world_of(a_study(DESIGNS["play_the_winner"]), sqlite_template, tmp_path) as ward:
        subjects = [System.of(ward, "investigator.0").randomizes() for _ in range(2)]
        ward.office.hire("stan", (Role.UNBLINDED_STATISTICIAN, {"study_id": ward.study_id}))
        system = System.of(ward, "stan")
        assert system.asks_study("/response-feed").json()["sources"] == []
        facts = [{"subject": subject, "value": 1} for subject in subjects]
        system.booked("/randomizations/record-responses", **FEED, responses=facts)
        back = {"subject": subjects[0], "value": None}
        system.booked(
            "/randomizations/record-responses",
            **{**FEED, "source": "Lab"},
            responses=[back],
            reason="Another's scan",
        )
        told = system.asks_study("/response-feed").json()
        counts = [(one["source"], one["received"], one["corrected"], one["unusable"]) for one in told["sources"]]
        assert counts == [("EDC export 7", 2, 0, 0), ("Lab", 1, 1, 1)]
        assert (told["data_cut_off"], told["known"], told["awaited"]) == (FEED["data_cut_off"], 1, 1)
        assert len(house_of(ward).rows(AuditEntry, act="read")) == 2


def test_nobody_else_feeds_responses(world: World) -> None:
    """Neither another role, nor a token without the scope."""
    facts = {**FEED, "responses": [{"subject": "1001-0001", "value": 1}]}
    assert System.of(world, "investigator.0").does("/randomizations/record-responses", **facts).status_code == 403
    world.office.hire("stan", (Role.UNBLINDED_STATISTICIAN, {"study_id": world.study_id}))
    weak = System.of(world, "stan", [Permission.VIEW_RANDOMIZATION])
    assert weak.does("/randomizations/record-responses", **facts).status_code == 403
