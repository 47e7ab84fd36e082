"""Subjects of the study with every kind of visit, brought as far as a test needs them."""

from typing import Any

from irt.services.assign_kits import AssignKits, assign_kits
from irt.services.change_treatment import SkipVisit, skip_visit
from irt.services.hand_over_kits import HandOver, hand_over_kits
from irt.services.randomize_subject import RandomizeSubject, randomize_subject
from irt.services.start_run_in import StartRunIn, start_run_in
from irt.services.weigh_subject import EnterWeight, enter_weight
from tests.builders_visits import RUN_IN_DAYS
from tests.web.ward import screened
from tests.web.world import World


def in_run_in(world: World) -> str:
    """A subject whose run-in starts today."""
    subject = screened(world)
    ask = StartRunIn(study_id=world.study_id, subject=subject, on_day=world.now.date())
    _does(world, "coordinator.0", start_run_in, ask)
    return subject


def visiting(world: World) -> str:
    """A subject randomized today, after the run-in, with the kits of the first day."""
    subject = in_run_in(world)
    world.wait(days=RUN_IN_DAYS)
    facts = {"study_id": world.study_id, "subject": subject, "on_day": world.now.date()}
    answers = {"levels": {"ldl": "LT85"}, "dose_level": "Q2W"}
    _does(world, "coordinator.0", randomize_subject, RandomizeSubject.model_validate({**facts, **answers}))
    done = _does(world, "pharmacist.0", assign_kits, AssignKits.model_validate({**facts, "visit": "D1"}))
    kits = [kit.number for kit in done.kits]
    hand_over = HandOver(study_id=world.study_id, dispensing_id=done.dispensing_id, scanned=kits)
    _does(world, "pharmacist.0", hand_over_kits, hand_over)
    return subject


def skipped(world: World, subject: str, visit: str = "W4") -> None:
    """A visit is marked as skipped."""
    facts = {"subject": subject, "visit": visit, "on_day": world.now.date(), "reason": "On holiday"}
    _does(world, "pharmacist.0", skip_visit, SkipVisit.model_validate({"study_id": world.study_id, **facts}))


def weighed(world: World, subject: str, weight_kg: str = "75.5") -> None:
    """The coordinator typed the weight for Week 4."""
    facts = {"subject": subject, "visit": "W4", "weight_kg": weight_kg, "on_day": world.now.date()}
    ask = EnterWeight.model_validate({"study_id": world.study_id, **facts})
    _does(world, "coordinator.0", enter_weight, ask)


def _does(world: World, username: str, service: Any, ask: Any) -> Any:
    return world.office.does(world.office.account(username), service, ask)
