"""An incident's life: noted, assessed, reported within seven days if it is a serious breach, closed."""

from datetime import datetime, timedelta
from enum import StrEnum

REPORT_WITHIN = timedelta(days=7)
"""A serious breach is told to the authorities within so long of becoming known (EU 536/2014, article 52)."""


class IncidentStatus(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    NOT_SERIOUS = "not_serious"
    SERIOUS = "serious_breach"
    REPORTED = "reported"
    CLOSED = "closed"


class IncidentEvent(StrEnum):
    """What is written under an incident."""

    ASSESS_SERIOUS = "assess_serious"
    ASSESS_NOT_SERIOUS = "assess_not_serious"
    ACT = "act"
    REPORT = "report"
    CLOSE = "close"


_S, _E = IncidentStatus, IncidentEvent
INCIDENT: dict[tuple[IncidentStatus, IncidentEvent], IncidentStatus] = {
    (_S.OPEN, _E.ASSESS_SERIOUS): _S.SERIOUS,
    (_S.OPEN, _E.ASSESS_NOT_SERIOUS): _S.NOT_SERIOUS,
    (_S.NOT_SERIOUS, _E.ASSESS_SERIOUS): _S.SERIOUS,
    (_S.SERIOUS, _E.ASSESS_NOT_SERIOUS): _S.NOT_SERIOUS,
    (_S.SERIOUS, _E.REPORT): _S.REPORTED,
    (_S.NOT_SERIOUS, _E.CLOSE): _S.CLOSED,
    (_S.REPORTED, _E.CLOSE): _S.CLOSED,
    **{(status, _E.ACT): status for status in (_S.OPEN, _S.NOT_SERIOUS, _S.SERIOUS, _S.REPORTED)},
}
WORDS: dict[IncidentEvent, str] = {
    _E.ASSESS_SERIOUS: "Assessed: a serious breach",
    _E.ASSESS_NOT_SERIOUS: "Assessed: no serious breach",
    _E.ACT: "What was done",
    _E.REPORT: "Reported to the authorities",
    _E.CLOSE: "Closed",
}


def report_due(status: IncidentStatus, known_at: datetime) -> datetime | None:
    """Until when it has to be reported; None unless it is a serious breach that nobody has reported yet.

    What is not assessed yet may turn out to be one: its clock runs too.
    """
    return known_at + REPORT_WITHIN if status in (_S.OPEN, _S.SERIOUS) else None
