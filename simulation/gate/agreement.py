"""What is agreed before the first replication: scenarios, limits, looks and seed; a hash tells if it stayed."""

import hashlib
import json
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from irt.errors import Refusal
from irt.study.part import Code, Part
from simulation.analysis.limits import Figure, Limit
from simulation.analysis.reviews import Reviews
from simulation.analysis.spending import Spending
from simulation.explore.parameters import Parameters
from simulation.gate.beside import Plans, PlayedBeside, Sensitivity
from simulation.measures import MEASURES

SCHEMA_VERSION = 1
REPLICATIONS_MAX = 10_000_000
BESIDE = ("parameters", "sensitivity", "plans")
"""What may be played beside the verdict; gates without have the hash they had before it could be."""


class AgreedLimit(Part):
    """One limit: the figure of the measure is to be proved below `below`, in the figure's unit."""

    name: str = Field(min_length=1, max_length=80)
    figure: Figure
    measure: str
    per: str | None = None
    share: float | None = Field(default=None, gt=0, lt=1)
    below: float

    def limit(self, confidence: float) -> Limit:
        """As it is judged with intervals of that confidence."""
        return Limit(self.name, self.figure, self.measure, self.below, self.per, self.share, confidence)


class Agreement(Part):
    """A gate. `scenarios` are files beside it; the same limits hold for each of them.

    `looks` are numbers of replications; each scenario stops at the first at which it is clear. `confidence` is that
    of the intervals, over all looks together: each verdict errs with chance at most (1 - confidence) / 2.
    """

    schema_version: Literal[1] = 1
    name: Code
    title: str = ""
    scenarios: tuple[str, ...] = Field(min_length=1)
    limits: tuple[AgreedLimit, ...] = Field(min_length=1)
    looks: tuple[int, ...] = (250, 500, 1000, 2000)
    spending: Spending = Spending.OBRIEN_FLEMING
    confidence: float = Field(default=0.95, gt=0, lt=1)
    seed: int = Field(default=1, ge=0)
    parameters: Parameters | None = Field(default=None, description="what is not known, told beside the verdict")
    sensitivity: Sensitivity | None = Field(default=None, description="a tornado, told beside the verdict")
    plans: Plans | None = Field(default=None, description="other plans, as points of cost against risk")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        """A gate that could not be held is not agreed on."""
        try:
            agreed, reviews = self.judged, self.reviews
        except Refusal as refused:
            raise ValueError(refused.sentence) from None
        if reviews.looks[-1] > REPLICATIONS_MAX:
            raise ValueError(f"the last look is at {REPLICATIONS_MAX} replications at most")
        unknown = [name for limit in agreed for name in (limit.measure, limit.per) if name and name not in MEASURES]
        if unknown:
            raise ValueError(f"replications have no measure {unknown[0]}")
        if len({limit.name for limit in agreed}) < len(agreed) or len(set(self.scenarios)) < len(self.scenarios):
            raise ValueError("two limits have one name, or a scenario is there twice")
        for beside in filter(None, (self.sensitivity, self.plans)):
            self._require_played(beside)
        return self

    def _require_played(self, beside: PlayedBeside) -> None:
        """ValueError unless the verdict rests on all the trials that it plays again."""
        if beside.scenario is not None and beside.scenario not in self.scenarios:
            raise ValueError(f"{beside.scenario} is none of the scenarios")
        if (beside.replications or 0) > self.looks[0]:
            raise ValueError("what is played beside has as many replications as the first look at most")

    @property
    def judged(self) -> tuple[Limit, ...]:
        """The limits as they are judged."""
        return tuple(limit.limit(self.confidence) for limit in self.limits)

    @property
    def reviews(self) -> Reviews:
        """When it is looked at."""
        return Reviews(self.looks, self.spending)

    @property
    def plain(self) -> dict[str, Any]:
        """As it is written; what gates did not have before is left out where it is not there."""
        told = self.model_dump(mode="json")
        return {key: told[key] for key in told if key not in BESIDE or told[key] is not None}

    def identity(self, scenario_ids: dict[str, str]) -> str:
        """SHA-256 of all that is agreed, with the hash of each scenario by its name."""
        plain = {"agreement": self.plain, "scenario_ids": scenario_ids}
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
