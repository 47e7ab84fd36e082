"""Trials that randomize by a design of the catalogue, at two sites, with or without stock."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.enrolment.rederive import Derivation, rederive
from irt.services.record_responses import RecordResponses, ResponsesRecorded, record_responses
from irt.services.response_file import SubjectResponse
from irt.services.store import Store
from irt.services.work import Work
from irt.study.definition import StudyDefinition
from irt.tables.secret import TreatmentAssignment
from tests.builders_supply import SupplyHouse
from tests.builders_trial import LOTS, Trial, the_trial_study

LDL = {"factor": "ldl"}
DESIGNS: dict[str, dict[str, Any]] = {
    "big_stick by site": {"method": "big_stick", "params": {"mti": 2}, "strata": ["site"]},
    "maximal": {"method": "maximal", "params": {"mti": 3}, "strata": ["ldl"], "planned_subjects": 40},
    "biased_coin_minimization": {
        "method": "biased_coin_minimization",
        "params": {"p": "0.8"},
        "factors": [LDL, {"factor": "region", "weight": 2}],
    },
    "hu_hu by site": {
        "method": "hu_hu",
        "params": {"p": "0.85", "weights": {"overall": 1, "stratum": 2, "margins": 1}},
        "factors": [LDL],
        "strata": ["site"],
    },
    "atkinson_da": {"method": "atkinson_da", "factors": [LDL, {"factor": "region"}]},
    "play_the_winner": {"method": "play_the_winner", "params": {"initial": 1, "added": 2}},
    "doubly_adaptive": {"method": "doubly_adaptive", "params": {"target": "rsihr", "burn_in": 4}},
    "thompson by site": {"method": "thompson", "params": {"power": "1/2"}, "strata": ["site"]},
}
"""Restricted, covariate-adaptive and response-adaptive, some within strata."""


def a_study(design: dict[str, Any], **changes: Any) -> StudyDefinition:
    """The trial's study with another design and the site as a further factor; kits are not looked at."""
    study = the_trial_study().model_dump(mode="json")
    study["randomization"] = design
    study["factors"].append({"code": "site", "name": "Site", "source": "site"})
    study["conduct"]["all_arms_on_site"] = False
    for key, value in changes.items():
        study[key] = {**study[key], **value} if isinstance(study.get(key), dict) else value
    return StudyDefinition.model_validate(study)


def without_stock(store: Store, definition: StudyDefinition) -> "DesignedTrial":
    """Two active sites and no kits."""
    house = SupplyHouse.of(store, definition)
    house.sites(2)
    return DesignedTrial(store, house.study_id, definition, house.day, count(1000))


def with_stock(store: Store, definition: StudyDefinition) -> "DesignedTrial":
    """The same with kits of each arm at both sites."""
    trial = without_stock(store, definition)
    trial.load(LOTS)
    trial.resupply()
    trial.carry()
    trial.later(9)
    trial.carry()
    return trial


class DesignedTrial(Trial):
    """A trial under a design, with its independent statistician."""

    @property
    def statistician(self) -> Actor:
        """Who may record responses."""
        return Actor(self.staff.account_id, "Stan Petrov", (Grant(Role.UNBLINDED_STATISTICIAN),))

    def feed(self, known: dict[str, int | None], **changes: Any) -> ResponsesRecorded:
        """Records what is known of subjects."""
        return self.do(self.statistician, record_responses, self.feeding(known, **changes))

    def feeding(self, known: dict[str, int | None], **changes: Any) -> RecordResponses:
        """A feed as it is asked for."""
        responses = [SubjectResponse(subject=subject, value=value) for subject, value in known.items()]
        facts: dict[str, Any] = {"source": "EDC export 7", "data_cut_off": date(2026, 3, 1)}
        return RecordResponses(study_id=self.study_id, responses=responses, **{**facts, **changes})

    def drawn(self) -> list[dict[str, Any]]:
        """The secret records, in order."""
        return self.rows(TreatmentAssignment)

    def rederived(self) -> Derivation:
        """Every allocation drawn again."""
        with self.store.reading() as connection:
            return rederive(Work(self.store, connection, Actor(0, "", ()), datetime.now(UTC)), self.study_id)
