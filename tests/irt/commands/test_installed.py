"""What an installation brings beside what is built in: planners by method, handlers by kind of job."""

from irt.commands.installed import installed_handlers, installed_planner
from irt.states.records import JobKind
from irt.supply.planners import planner_of
from tests.builders_supply import the_lipid_study


def test_a_study_is_planned_by_the_method_it_names() -> None:
    """Min/max where nothing else is said; the optimizer is found by its name."""
    planner, study = installed_planner(), the_lipid_study()
    chosen = {}
    for method in ("min_max", "predictive", "optimizer"):
        resupply = study.resupply.model_copy(update={"method": method})
        definition = study.model_copy(update={"resupply": resupply})
        chosen[method] = planner_of(definition, planner).name
    assert chosen == {"min_max": "min_max", "predictive": "predictive", "optimizer": "optimizer"}
    assert planner.found("crystal ball") is None


def test_jobs_of_other_packages_find_their_worker() -> None:
    """By their kind, loaded with the first job."""
    kinds = {JobKind.OPTIMIZATION, JobKind.ADVICE, JobKind.ENROLMENT, JobKind.GATE, JobKind.TWIN}
    assert set(installed_handlers()) == kinds
