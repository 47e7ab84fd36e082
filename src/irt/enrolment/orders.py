"""Investigators' signed orders in a run, for studies that ask for them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pydantic import SecretStr

from irt.blinding.actor import Actor
from irt.services.sign_order import SignOrder, sign_order
from irt.services.sign_record import Signing
from irt.services.store import Store
from irt.services.unit_of_work import perform


@dataclass(frozen=True, slots=True)
class Orders:
    """An investigator who signs every order of a run with an own password."""

    store: Store
    study_id: int
    investigator: Actor
    password: SecretStr

    def __call__(self, subject: str, visit: str, occurrence: int, weight_kg: Decimal | None, at: datetime) -> None:
        """Signs the order for one visit."""
        ask = SignOrder(
            study_id=self.study_id,
            subject=subject,
            visit=visit,
            occurrence=occurrence,
            weight_kg=weight_kg,
            signing=Signing(password=self.password),
        )
        key = f"run:{self.study_id}:order:{subject}:{visit}:{occurrence}"
        perform(self.store, self.investigator, at, sign_order, ask, key)
