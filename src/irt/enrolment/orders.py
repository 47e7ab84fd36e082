"""Investigators' signed orders in a run, for studies that ask for them."""

from dataclasses import asdict, dataclass
from datetime import datetime

from pydantic import SecretStr

from irt.blinding.actor import Actor
from irt.enrolment.run import VisitToOrder
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

    def __call__(self, due: VisitToOrder, at: datetime) -> None:
        """Signs the order for one visit."""
        ask = SignOrder(study_id=self.study_id, signing=Signing(password=self.password), **asdict(due))
        key = f"run:{self.study_id}:order:{due.subject}:{due.visit}:{due.occurrence}"
        perform(self.store, self.investigator, at, sign_order, ask, key)
