"""The steps of blinded lots on their routes to the countries."""

from datetime import datetime

from sqlmodel import Field

from irt.states.release import ReleaseStepKind, StepOutcome
from irt.tables.columns import Owned, instant, one_of


class ReleaseStep(Owned, table=True):
    """One step signed, refused or withdrawn, for a country or a whole route. Append-only; the latest line counts.

    Why is not written here but in tables.secret: it may tell what is inside.
    """

    __tablename__ = "release_step"
    blinded_lot_id: int = Field(foreign_key="blinded_lot.id", index=True)
    route: str
    kind: ReleaseStepKind = one_of(ReleaseStepKind, "kind")
    country: str | None = Field(default=None, description="none: for every country of the route")
    outcome: StepOutcome = one_of(StepOutcome, "outcome")
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")
