"""What is assumed of subjects, enrolment and journeys, whatever the arm: what blinded planners may foresee with."""

from fractions import Fraction

from irt.study.carbon import Carbon
from irt.study.part import Part, Ratio
from irt.study.resupply import Forecast, Resupply


class Outlook(Part):
    """The forecast's assumptions, how sites are expected to enrol, and what journeys weigh (`planning`)."""

    forecast: Forecast = Forecast()
    subjects_per_month: Ratio = Fraction(0)
    rate_shape: Ratio = Fraction(8, 5)
    carbon: Carbon | None = None
    shipper_kits: int = 20


def outlook_of(resupply: Resupply) -> Outlook:
    """What of the settings of supply knows neither kit type nor arm."""
    planning = resupply.planning
    return Outlook(
        forecast=resupply.forecast,
        subjects_per_month=planning.subjects_per_month,
        rate_shape=planning.rate_shape,
        carbon=planning.carbon,
        shipper_kits=planning.shipper_kits,
    )
