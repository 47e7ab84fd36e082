"""What is assumed of subjects and of enrolment, the same for every arm: what blinded planners may foresee with."""

from fractions import Fraction

from irt.study.part import Part, Ratio
from irt.study.resupply import Forecast, Resupply


class Outlook(Part):
    """The forecast's assumptions, and how sites are expected to enrol (`planning`)."""

    forecast: Forecast = Forecast()
    subjects_per_month: Ratio = Fraction(0)
    rate_shape: Ratio = Fraction(8, 5)


def outlook_of(resupply: Resupply) -> Outlook:
    """What of the settings of supply knows neither kit type nor arm."""
    planning = resupply.planning
    return Outlook(
        forecast=resupply.forecast, subjects_per_month=planning.subjects_per_month, rate_shape=planning.rate_shape
    )
