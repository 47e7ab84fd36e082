"""An optimization run and the edits of a plan: what may become of each."""

from enum import StrEnum


class RunStatus(StrEnum):
    """A run ends once, with a plan or without one."""

    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"
    FAILED = "failed"


class RunEvent(StrEnum):
    """What ends a run."""

    FINISH = "finish"
    CANCEL = "cancel"
    FAIL = "fail"


class EditKind(StrEnum):
    """What a planner wants of one consignment in the next plan: as it is, not at all, or no wish any more."""

    FIXED = "fixed"
    FORBIDDEN = "forbidden"
    FREE = "free"


class AdviceKind(StrEnum):
    """What is asked beside a plan: other inputs, longer lives of lots, packaging campaigns."""

    WHAT_IF = "what_if"
    EXPIRY_VALUE = "expiry_value"
    CAMPAIGNS = "campaigns"


RUN: dict[tuple[RunStatus, RunEvent], RunStatus] = {
    (RunStatus.RUNNING, RunEvent.FINISH): RunStatus.ENDED,
    (RunStatus.RUNNING, RunEvent.CANCEL): RunStatus.CANCELLED,
    (RunStatus.RUNNING, RunEvent.FAIL): RunStatus.FAILED,
}
