"""Every refusal has a name, a status and a sentence fit for the screen."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class About:
    """The record a refusal concerns; such refusals are written into the audit trail."""

    study_id: int
    site_id: int | None
    zone: str
    act: str
    record_kind: str
    record: str


class Refusal(Exception):
    """A command that is not carried out: nothing was booked.

    `sentence` is for any blinded reader; `trace` is for unblinded readers and the secret chain only.
    """

    status_code: ClassVar[int] = 409
    tells_supply: ClassVar[bool] = False
    """Whether supply is told, in neutral words, when this refusal is written down."""
    sentence: str
    trace: str
    about: About | None
    candidates: dict[str, Any] | None

    def __init__(self, sentence: str, trace: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.trace = trace
        self.about = None
        self.candidates = None

    def concerning(self, about: About, candidates: dict[str, Any] | None = None) -> Self:
        """Says which record was refused and, for unblinded readers, what was looked at."""
        self.about = about
        self.candidates = candidates
        return self

    @property
    def name(self) -> str:
        """The refusal's name in answers, logs and tests."""
        return type(self).__name__


class NotAllowed(Refusal):
    """The person's role does not include this act here."""

    status_code = 403


class OutOfReach(NotAllowed):
    """The person has no role there at all; other systems are told what they are told of an unknown record."""


class NotFound(Refusal):
    """No such record, or none this person may see: both read the same."""

    status_code = 404


class BadInput(Refusal):
    """The request itself is wrong; `trace` is never needed."""

    status_code = 400


class IntegrityFault(Exception):
    """Stored records contradict each other. Never continue past this."""
