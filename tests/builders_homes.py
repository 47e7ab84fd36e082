"""The trial whose American depot sends the kits of weeks 4 and 12 to homes; British sites give them as ever."""

from itertools import count
from typing import Any

from irt.services.store import Store
from irt.study.definition import StudyDefinition
from irt.study.delivery import HomeDelivery
from irt.study.network import HOME, Lane
from irt.study.resupply import MinMax, Resupply
from tests.builders_trial import FIRST_DAY, LOTS, Trial, stocked_house, the_trial_study

FEW = MinMax(minimum=5, maximum=8)
PENS = {"PEN-A": FEW, "PEN-P": FEW}
AT_HOME = {"visits": ("W4", "W12"), "recorded_on": "release"}
IN_AMERICA = tuple(
    lot.model_copy(update={"lot": f"{lot.lot}-U", "blinded_lot": f"{lot.blinded_lot}-U", "kits": 8, "depot": "USA"})
    for lot in LOTS
)


def sending_home(**changes: Any) -> StudyDefinition:
    """An American and a British site first, each with a depot; visits are seen 30 and 90 days ahead."""
    study = the_trial_study()
    first, second, *others = study.sites
    sites = (first.model_copy(update={"country": "US"}), second, *others)
    elsewhere = tuple(one.code for one in study.countries if one.code != "US")
    facts: dict[str, Any] = {"method": "predictive", "trigger_days": 30, "resupply_days": 90, **changes}
    return study.model_copy(
        update={
            "sites": sites,
            "delivery": HomeDelivery.model_validate({**AT_HOME, "not_from_depot_in": elsewhere}),
            "lanes": (*study.lanes, Lane(origin="USA", target=HOME, lead_time_days=3)),
            "resupply": Resupply(study=PENS, depots={"USA": PENS}, **facts),
        }
    )


def opened(store: Store, definition: StudyDefinition) -> Trial:
    """Both sites, stocked, with some pens at the American depot."""
    house = stocked_house(store, definition, (*LOTS, *IN_AMERICA))
    return Trial(store, house.study_id, definition, FIRST_DAY, count(1000))
