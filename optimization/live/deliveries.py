"""When a site can be delivered to, and how long each delivery has to last."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from irt.supply.planner import SiteView
from optimization.live.calendars import LONGEST_WAY_DAYS, Days, closed_for_arrival


class Delivery(NamedTuple):
    """Days from now: when it is decided on, when it arrives, and when the next one can.

    Nobody knows at what hour: it serves from the day after its arrival, up to the day on which the next arrives.
    """

    decided: int
    arrives: int
    until: int

    @property
    def protects_days(self) -> int:
        """For so long nothing decided later can help."""
        return self.until - self.decided


def deliveries(days: Days, site: SiteView, review_days: int) -> list[Delivery]:
    """Every delivery within the horizon; none where nothing ever arrives.

    What leaves is decided on at the latest review before; the next delivery, decided on at the same review or at a
    later one, is the first that can bring more.
    """
    horizon = days.horizon - days.first
    arrivals = [*_arrivals(days, site, horizon)]
    return [
        Delivery((arrives - site.lead_time_days) // review_days * review_days, arrives, until)
        for arrives, until in pairwise(arrivals)
        if arrives < horizon
    ]


def _arrivals(days: Days, site: SiteView, horizon: int) -> Iterator[int]:
    """Days on which a delivery may arrive, and one beyond the horizon: the first there is, else its end."""
    closed = closed_for_arrival(days, site)
    last = max(horizon, site.lead_time_days + 1) + LONGEST_WAY_DAYS
    for ahead in range(last - site.lead_time_days):
        planned_on = days.today + timedelta(days=ahead)
        arrives = site.lead_time_days + ahead
        leaves = site.calendar.dispatch_on(planned_on, site.past_cut_off and ahead == 0)
        if leaves == planned_on and days.first + arrives not in closed:
            yield arrives
            if arrives >= horizon:
                return
    yield last
