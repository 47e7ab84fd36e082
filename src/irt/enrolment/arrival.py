"""A person who comes to a site to be screened, and what will become of them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Arrival:
    """One person in the order of enrolment. What happens to them later is decided by the runner's chance."""

    key: str
    at: datetime
    site: str
    levels: dict[str, str] = field(default_factory=dict)
    dose_level: str | None = None
    agents: tuple[str, ...] = ()
    weight_kg: Decimal | None = None
    fails_screening: bool = False
    screening_days: int = 0
    stays_days: int | None = None
