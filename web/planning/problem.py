"""The problem of a live study: its network, stock, need and prices on a day, and what is asked otherwise."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import Field, ValidationError
from sqlalchemy import Connection

from irt.errors import BadInput
from irt.reads.asking import Asking
from irt.reads.inventory import network_view
from irt.reads.regional import regional_view
from irt.reads.unblinded_definition import definition_in_force
from irt.study.part import Part
from irt.study.planning import Planning
from irt.supply.planners import settings_to_optimize
from optimization.live.network import LiveProblem, live_problem


class Otherwise(Part):
    """What a run may be asked with otherwise than the study says; prices by their names in the study file."""

    planning: dict[str, Any] = {}
    review_days: int | None = Field(default=None, ge=1, le=90)
    consolidate: bool | None = None


def problem_of_study(
    connection: Connection,
    study_id: int,
    day: date,
    at: datetime,
    horizon_days: int | None = None,
    otherwise: Mapping[str, Any] | None = None,
) -> LiveProblem:
    """The network as it stands within this transaction, planned from `day`; BadInput for settings it cannot use."""
    definition = definition_in_force(connection, study_id)
    settings = asked_settings(settings_to_optimize(definition), horizon_days, otherwise or {})
    asking = Asking(study_id, definition, day, at, ahead_days=settings["planning"].horizon_days)
    network = network_view(connection, asking)
    regional = regional_view(connection, asking, network, every=True)
    name = f"{definition.study.protocol}, {day.isoformat()}"
    return live_problem(name, network, regional, day, settings)


def asked_settings(
    settings: Mapping[str, Any], horizon_days: int | None, otherwise: Mapping[str, Any]
) -> dict[str, Any]:
    """The study's settings with those that are asked otherwise in their place."""
    try:
        asked = Otherwise.model_validate(dict(otherwise))
        prices = {**settings["planning"].model_dump(), **asked.planning}
        if horizon_days is not None:
            prices["horizon_days"] = horizon_days
        planning = Planning.model_validate(prices)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BadInput(f"The setting {where} cannot be used: {first['msg']}. Nothing was calculated.") from fault
    plain = asked.model_dump(exclude={"planning"}, exclude_none=True)
    return {**settings, **plain, "planning": planning}
