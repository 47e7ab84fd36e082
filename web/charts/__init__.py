"""Pictures drawn by the server as SVG: a title, a description, and the numbers in a table beside them."""

from web.charts.against_plan import plan_chart
from web.charts.courses import heat_chart, rate_chart, share_chart
from web.charts.fan import FanMonth, fan_chart
from web.charts.lying import interval_chart, tornado_chart, waterfall_chart
from web.charts.plans import gap_chart, network_key, network_picture, service_chart, split_chart
from web.charts.series import (
    Series,
    bar_chart,
    difference_bar,
    line_chart,
    projection_chart,
)
from web.charts.spread import frontier_chart, spread_chart
from web.charts.visits import VisitMark, visit_dots, visit_line, visit_line_key

__all__ = [
    "FanMonth",
    "Series",
    "VisitMark",
    "bar_chart",
    "difference_bar",
    "fan_chart",
    "frontier_chart",
    "gap_chart",
    "heat_chart",
    "interval_chart",
    "line_chart",
    "network_key",
    "network_picture",
    "plan_chart",
    "projection_chart",
    "rate_chart",
    "service_chart",
    "share_chart",
    "split_chart",
    "spread_chart",
    "tornado_chart",
    "visit_dots",
    "visit_line",
    "visit_line_key",
    "waterfall_chart",
]
