"""The test of a vendor's interface: what its messages must have shown in a test study, read off those kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from irt.states.vendor_message import Direction, MessageStatus


@dataclass(frozen=True, slots=True)
class Told:
    """A message as it was kept, and what became of it."""

    direction: Direction
    status: MessageStatus
    kind: str
    refusal: str
    message_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to be shown: messages of one of these kinds in this state, or refused by this name."""

    code: str
    words: str
    direction: Direction = Direction.IN
    status: MessageStatus = MessageStatus.APPLIED
    kinds: tuple[str, ...] = ()
    refusal: str = ""

    def shown_by(self, told: Told) -> bool:
        """Whether that message shows it."""
        return (
            (told.direction, told.status) == (self.direction, self.status)
            and (not self.kinds or told.kind in self.kinds)
            and (not self.refusal or told.refusal == self.refusal)
        )


def _refused(code: str, words: str, refusal: str) -> Case:
    return Case(code, words, status=MessageStatus.REFUSED, refusal=refusal)


CASES: tuple[Case, ...] = (
    Case("heartbeat", "A heartbeat is accepted", status=MessageStatus.NOTED, kinds=("heartbeat",)),
    Case("fetched", "A message to the vendor is fetched", Direction.OUT, MessageStatus.ACKNOWLEDGED),
    Case("acknowledgement", "An acknowledgement is carried out", kinds=("acknowledgement",)),
    Case("dispatch", "A dispatch is carried out", kinds=("dispatch",)),
    Case("stock", "The vendor's stock is compared", kinds=("stock_snapshot", "stock_count")),
    Case("unfit", "A message that the trial's rules forbid is not carried out", status=MessageStatus.NOT_APPLIED),
    _refused("duplicate", "A message sent twice is refused", "DuplicateMessage"),
    _refused("late", "A message out of its turn is refused", "OutOfOrderMessage"),
    _refused("broken", "A broken message is refused", "MalformedMessage"),
    _refused("elsewhere", "A message of another environment is refused", "WrongEnvironment"),
)
"""Every thing to be shown, by code: accepted where it should be, refused by its name where not."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A case and the first message that showed it; empty where none did yet."""

    case: Case
    message_id: str = ""
    digest: str = ""


def protocol_of(told: Iterable[Told]) -> tuple[Shown, ...]:
    """Every case with the first message that shows it, so that later messages change nothing of the record."""
    messages = list(told)
    found = ((case, next((one for one in messages if case.shown_by(one)), None)) for case in CASES)
    return tuple(Shown(case, one.message_id or "–", one.digest) if one else Shown(case) for case, one in found)


def protocol_content(depot: str, protocol: Iterable[Shown]) -> dict[str, Any]:
    """What is signed: the depot, and for each case the message that shows it."""
    return {"depot": depot, "shown": {shown.case.code: shown.digest for shown in protocol}}


def missing_in(protocol: Iterable[Shown]) -> tuple[str, ...]:
    """What is still to be shown, in words."""
    return tuple(shown.case.words for shown in protocol if not shown.digest)
