"""Rules of conduct: screening, caps, orders, returns, replacement."""

from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from irt.study.part import Part


class Screening(Part):
    """How often and how soon a person may be screened again; run-in and rollover."""

    rescreenings_max: int = Field(default=0, ge=0)
    rescreening_wait_days: int = Field(default=0, ge=0)
    screening_days_max: int | None = Field(default=None, ge=1, description="screening expires after")
    run_in_days: int = Field(default=0, ge=0, description="from its start to the randomization; 0: no run-in")
    rollover_from: str | None = Field(default=None, description="protocol number of the parent study")
    failure_reasons: tuple[str, ...] = ("Eligibility criteria not met", "Consent withdrawn", "Other")

    def valid_until(self, screened_on: date) -> date | None:
        """The last day on which a subject screened then may be randomized; None where screening never expires."""
        valid_days = self.screening_days_max
        return None if valid_days is None else screened_on + timedelta(days=valid_days)

    def run_in_ends(self, started_on: date) -> date:
        """The day from which a subject whose run-in started then may be randomized."""
        return started_on + timedelta(days=self.run_in_days)


class Cap(Part):
    """A limit of enrolment. Hard caps refuse, soft caps alert; the message names public groups only."""

    scope: Literal["study", "country", "site", "stratum", "cohort"]
    key: str | None = Field(default=None, description="country, site or cohort code, or 'factor=level'")
    subjects: int = Field(ge=1)
    counts: Literal["screened", "randomized"] = "randomized"
    hard: bool = True


class Conduct(Part):
    """How the site works with the study."""

    order_required: bool = Field(default=False, description="the investigator signs before kits are assigned")
    returns_required: bool = True
    returns_counted_in: Literal["kits", "units"] = Field(
        default="units", description="kits: each by how it came back as a whole; units: what is in it"
    )
    misallocation_signed: bool = False
    replacement_kits: bool = True
    replacement_subjects: bool = False
    all_arms_on_site: bool = Field(
        default=True, description="randomize only where every arm can be served; judged before the draw"
    )
    count_stock_days: int | None = Field(
        default=None,
        ge=1,
        description="a site counts its stock so many days after the last count; not asked where left out",
    )
    second_factor: bool = Field(default=False, description="signatures need the six-digit code too")
    go_live_gate: bool = Field(
        default=True, description="production: sites open under a version with a signed go-live gate only"
    )
    no_gate_because: str | None = Field(
        default=None, max_length=300, description="why `go_live_gate` is false; told to everybody"
    )
    small_site_subjects: int = Field(default=5, ge=0, description="below: stock shown by blinding group only")

    @property
    def gate_asked(self) -> bool:
        """Whether sites open in production with a signed gate only: unless the file says no, and says why."""
        return self.go_live_gate or not (self.no_gate_because or "").strip()
