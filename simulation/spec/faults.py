"""What may go wrong, each a module of its own; any number together. A period ends before its `until_day`."""

from typing import Annotated, Literal

from pydantic import Field

from irt.study.part import Code, Part
from simulation.spec.laws import FOR_EVER_DAY, Chance, Law, Least


class Fault(Part):
    """Something that goes wrong. Its name keeps its chance apart from that of all others."""

    name: Code


class Period(Fault):
    """A fault of some days; left out, of all."""

    from_day: int = Field(default=0, ge=0)
    until_day: int = Field(default=FOR_EVER_DAY, ge=1)


class OnTheRoad(Period):
    """A fault of single consignments, by the day they leave, that go to these countries or places."""

    chance: Chance
    targets: tuple[Code, ...] = Field(default=(), description="countries, sites or depots; empty: all")


class CustomsDelay(OnTheRoad):
    """Some consignments are held at a border."""

    fault: Literal["customs_delay"]
    delay_days: Law


class LostShipment(OnTheRoad):
    """Some consignments never arrive; that is known on the day they were expected."""

    fault: Literal["lost_shipment"]


class TemperatureExcursion(OnTheRoad):
    """Some consignments arrive too warm or too cold, and nothing in them may be used."""

    fault: Literal["temperature_excursion"]


class LotReleaseDelay(Fault):
    """A lot comes later than planned; `lot` left out, every lot that is not there from the beginning."""

    fault: Literal["lot_release_delay"]
    lot: Code | None = None
    delay_days: Law


class Recall(Fault):
    """From that day on no kit of the lot may be used, wherever it is."""

    fault: Literal["recall"]
    lot: Code
    day: int = Field(ge=0)


class DepotOutage(Period):
    """Nothing leaves the depot; what was ordered leaves on the first day after."""

    fault: Literal["depot_outage"]
    depot: Code


class CourierStrike(Period):
    """Goods neither leave nor come nearer; empty targets: everywhere."""

    fault: Literal["courier_strike"]
    targets: tuple[Code, ...] = ()


class SiteClosure(Fault):
    """Sites stop: nobody comes, nobody is supplied, what lies there is left. Named ones, or each by chance."""

    fault: Literal["site_closure"]
    sites: tuple[Code, ...] = ()
    chance: Chance = 0
    day: int = Field(ge=0)


class EnrolmentChange(Period):
    """A surge (above 1) or a drought (below 1) of those who come; empty countries: everywhere."""

    fault: Literal["enrolment_change"]
    factor: Least
    countries: tuple[Code, ...] = ()


class SystemOutage(Period):
    """The system is down: no nightly run, nobody is randomized; visits go by paper, or are lost."""

    fault: Literal["system_outage"]
    visits: Literal["paper", "lost"] = "paper"


class WrongForecast(Fault):
    """Everybody comes at another rate than was planned for, and planners are not told."""

    fault: Literal["wrong_forecast"]
    factor: Least


AnyFault = Annotated[
    CustomsDelay
    | LostShipment
    | TemperatureExcursion
    | LotReleaseDelay
    | Recall
    | DepotOutage
    | CourierStrike
    | SiteClosure
    | EnrolmentChange
    | SystemOutage
    | WrongForecast,
    Field(discriminator="fault"),
]
