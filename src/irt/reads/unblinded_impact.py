"""What an amendment changes by kit type: stock that windows touch, orders of nights to come."""

from dataclasses import dataclass
from datetime import date

from irt.blinding.views import UnblindedView
from irt.study.impact import WindowImpact
from irt.supply.orders_ahead import OrdersDiffer


@dataclass(frozen=True)
class ImpactByType(UnblindedView):
    """Kits whose windows close or open at a place, and orders of so many `nights` that would differ."""

    study_id: int
    number: int
    follows: int
    day: date
    windows: tuple[WindowImpact, ...]
    rule: str
    nights: int
    orders: tuple[OrdersDiffer, ...]
