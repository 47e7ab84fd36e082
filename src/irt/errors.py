"""Every refusal has a name, a status and a sentence fit for the screen."""

from typing import ClassVar


class Refusal(Exception):
    """A command that is not carried out: nothing was booked.

    `sentence` is for any blinded reader; `trace` is for unblinded readers and the secret chain only.
    """

    status_code: ClassVar[int] = 409
    sentence: str
    trace: str

    def __init__(self, sentence: str, trace: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.trace = trace

    @property
    def name(self) -> str:
        """The refusal's name in answers, logs and tests."""
        return type(self).__name__


class NotAllowed(Refusal):
    """The person's role does not include this act here."""

    status_code = 403


class NotFound(Refusal):
    """No such record, or none this person may see: both read the same."""

    status_code = 404


class BadInput(Refusal):
    """The request itself is wrong; `trace` is never needed."""

    status_code = 400


class IntegrityFault(Exception):
    """Stored records contradict each other. Never continue past this."""
