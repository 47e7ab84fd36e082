"""A plan of a study that sends kits home: they are in its problem, and no shipment of the plan carries them."""

import json
from datetime import UTC, datetime, time

import pytest
from click.testing import CliRunner

from irt.command_line import irt
from irt.commands import clock
from irt.reads.unblinded_plans import plan_files, plan_shown
from irt.services.bootstrap import ensure_system_account
from irt.services.store import Store
from irt.tables.shipment import Shipment
from optimization.check.check_plan import check_plan
from optimization.plan_file import read_plan
from optimization.problem import NodeKind
from optimization.problem_file import read_problem
from tests.builders_homes import FEW, opened, sending_home
from tests.builders_plan import approved
from tests.builders_trial import FIRST_SITE, Trial
from web.commands import optimize_study

WEEKS_4 = "35"
"""Days that hold the visit of week 4."""


@pytest.fixture
def trial(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """Three subjects on treatment at the American site, whose weeks 4 and 12 go home; a terminal on their store."""
    made = opened(sqlite_store, sending_home())
    for _ in range(3):
        made.treated(FIRST_SITE)
    now = datetime.combine(made.day, time(12), UTC)
    ensure_system_account(made.store, now)
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(optimize_study, "open_store", lambda url: made.store)
    monkeypatch.setattr(made.store, "close", lambda: None)
    return made


def test_what_goes_home_is_planned_at_the_depot_and_sent_by_nobody(trial: Trial) -> None:
    """The plan holds the kits of week 4 at the American depot; approved, it raises shipments to sites alone."""
    words = ["optimize", "--study", "NB-301", "--days", WEEKS_4, "--json"]
    said = json.loads(CliRunner().invoke(irt, words).stdout)
    number = said["plan"]
    with trial.store.reading() as connection:
        shown, files = (read(connection, trial.study_id, number) for read in (plan_shown, plan_files))
    problem, plan = read_problem(json.dumps(files.problem)), read_plan(files.plan)
    assert check_plan(problem, plan).accepted
    kinds = {node.id: node.kind for node in problem.nodes.values()}
    assert (kinds["homes US"], kinds["homes US kept"]) == (NodeKind.HOMES, NodeKind.KEPT)
    wanted = {site: sum(row.kits for row in problem.demand if row.site == site) for site in kinds}
    assert wanted["homes US"] == 3 * 4
    assert wanted[FIRST_SITE] == 2 * FEW.minimum, "its levels, and no visit"
    given = {site: sum(use.kits for use in plan.dispensings if use.site == site) for site in kinds}
    assert given["homes US"] == wanted["homes US"]
    assert not [leg for leg in shown.consignments if "homes" in leg.lane]
    assert (said["kits_to_homes"], said["consignments"]) == (wanted["homes US"], len(shown.consignments))
    assert not [row for row in said["leaving_today"] if "homes" in row["lane"]]
    before = len(trial.rows(Shipment))
    answer = approved(trial, number)
    raised = trial.rows(Shipment)[before:]
    assert len(raised) == len(answer.shipments)
    assert all(row["subject_id"] is None for row in raised)
