"""Rules of resupply on fresh demand paths, each tuned by the package itself: what they cost beside each other."""

import click

from optimization.policies.figures import Estimate
from optimization.policies.laboratory import Asked, Row, policy_table
from tests.bench.figures import Figure

TO_PREDICTIVE, TO_CLAIRVOYANT, SERVICE = 0.60, 2.2, 0.995


def policy_figures(asked: Asked | None = None) -> list[Figure]:
    """The look-ahead's cost, service and overage, and every other policy as a yardstick; minutes at full size."""
    table = policy_table(asked or Asked(), lambda words: click.echo(f"\r{words:40}", nl=False, err=True))
    _, predictive, told_the_end, ours = table.rows
    bound = table.bound_to_clairvoyant
    overage = ours.figures.overage.value / predictive.figures.overage.value
    at_end = ours.figures.overage.value / told_the_end.figures.overage.value
    settings = tuple(f"{row.name}: {row.settings}" for row in table.rows)
    return [
        Figure(
            "Look-ahead, cost to the best predictive setting",
            _told(ours.to_predictive),
            f"told the trial's end: {_told(ours.to_predictive_told_the_end)}",
            f"at most {TO_PREDICTIVE}",
            ours.to_predictive.value <= TO_PREDICTIVE,
            settings,
        ),
        Figure(
            "Look-ahead, overage to that of predictive",
            f"{overage:.2f}",
            f"told the trial's end: {at_end:.2f}",
            "at most 0.5",
            overage <= 0.5,
        ),
        Figure(
            "Look-ahead, cost to the clairvoyant",
            _told(ours.to_clairvoyant),
            f"nobody without foresight below {_told(bound)}",
            f"at most {TO_CLAIRVOYANT}",
            ours.to_clairvoyant.value <= TO_CLAIRVOYANT,
        ),
        *(_service(row) for row in table.rows),
    ]


def _service(row: Row) -> Figure:
    figures = row.figures
    return Figure(
        f"{row.name}, visits served",
        _told(figures.service, 4),
        f"{_told(row.to_clairvoyant)} x clairvoyant, overage {_told(figures.overage, 3)}",
        f"at least {SERVICE}",
        figures.service.value >= SERVICE,
    )


def _told(estimate: Estimate, digits: int = 2) -> str:
    return f"{estimate.value:.{digits}f} ±{estimate.half_width:.{digits}f}"
