"""The smaller lifecycles: study version, site, visit, dispensing, excursion, approval, job, outbox."""

from enum import StrEnum


class Mode(StrEnum):
    """Test, training and production hold the same configuration and never the same data."""

    TEST = "test"
    TRAINING = "training"
    PRODUCTION = "production"


class VersionStatus(StrEnum):
    """A protocol version: immutable from approval on."""

    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


class SiteStatus(StrEnum):
    """Whether a site may screen and be supplied."""

    PLANNED = "planned"
    ACTIVE = "active"
    ON_HOLD = "on_hold"
    CLOSED = "closed"


class VisitStatus(StrEnum):
    """Whether a visit took place. A record that was taken back is planned again."""

    PLANNED = "planned"
    DONE = "done"
    SKIPPED = "skipped"


class DispensingStatus(StrEnum):
    """From assignment to hand-over."""

    ASSIGNED = "assigned"
    HANDED_OVER = "handed_over"
    HANDED_OVER_PARTLY = "handed_over_partly"
    NOT_DONE = "not_done"


class DispensingEvent(StrEnum):
    """What ends a dispensing."""

    HAND_OVER = "hand_over"
    HAND_OVER_PARTLY = "hand_over_partly"
    GIVE_UP = "give_up"


class KitCheck(StrEnum):
    """One assigned kit on the dispensing page."""

    WAITING = "waiting"
    CHECKED = "checked"
    HANDED_OVER = "handed_over"
    REPLACED = "replaced"
    NOT_GIVEN = "not_given"
    MISALLOCATED = "misallocated"


class KitFate(StrEnum):
    """How a whole kit came back, in studies that count kits and not what is in them."""

    UNUSED = "unused"
    USED = "used"
    DAMAGED = "damaged"
    LOST = "lost"


class ExcursionStatus(StrEnum):
    """A temperature excursion's own life, apart from the kits'."""

    SUSPECTED = "suspected"
    REPORTED = "reported"
    UNDER_ASSESSMENT = "under_assessment"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PARTLY_ACCEPTED = "partly_accepted"
    NO_DATA = "no_data"
    LOGGER_FAULT = "logger_fault"
    CLOSED = "closed"


class JobStatus(StrEnum):
    """A durable job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobKind(StrEnum):
    """What a durable job does."""

    NIGHT = "supply_night"
    RESUPPLY = "resupply"
    VERIFICATION = "verification"
    BENCH = "bench"
    HOLD = "hold"
    OPTIMIZATION = "optimization"
    ADVICE = "supply_advice"
    ENROLMENT = "enrolment_forecast"
    GATE = "go_live_gate"
    TWIN = "twin"


class JobEvent(StrEnum):
    """What happens to a job."""

    START = "start"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"
    RETRY = "retry"


class SiteEvent(StrEnum):
    """What happens to a site."""

    ACTIVATE = "activate"
    HOLD = "hold"
    RESUME = "resume"
    CLOSE = "close"


_S, _V, _D, _X, _J = SiteStatus, VisitStatus, DispensingStatus, ExcursionStatus, JobStatus

SITE: dict[tuple[SiteStatus, SiteEvent], SiteStatus] = {
    (_S.PLANNED, SiteEvent.ACTIVATE): _S.ACTIVE,
    (_S.ACTIVE, SiteEvent.HOLD): _S.ON_HOLD,
    (_S.ON_HOLD, SiteEvent.RESUME): _S.ACTIVE,
    **{(s, SiteEvent.CLOSE): _S.CLOSED for s in (_S.PLANNED, _S.ACTIVE, _S.ON_HOLD)},
}

DISPENSING: dict[tuple[DispensingStatus, DispensingEvent], DispensingStatus] = {
    (_D.ASSIGNED, DispensingEvent.HAND_OVER): _D.HANDED_OVER,
    (_D.ASSIGNED, DispensingEvent.HAND_OVER_PARTLY): _D.HANDED_OVER_PARTLY,
    (_D.ASSIGNED, DispensingEvent.GIVE_UP): _D.NOT_DONE,
}

JOB: dict[tuple[JobStatus, JobEvent], JobStatus] = {
    (_J.QUEUED, JobEvent.START): _J.RUNNING,
    (_J.RUNNING, JobEvent.FINISH): _J.DONE,
    (_J.RUNNING, JobEvent.FAIL): _J.FAILED,
    (_J.QUEUED, JobEvent.CANCEL): _J.CANCELLED,
    (_J.RUNNING, JobEvent.CANCEL): _J.CANCELLED,
    (_J.RUNNING, JobEvent.RETRY): _J.QUEUED,
    (_J.FAILED, JobEvent.RETRY): _J.QUEUED,
}


class VisitEvent(StrEnum):
    """What happens to a visit."""

    HOLD_VISIT = "hold_visit"
    SKIP = "skip"
    REOPEN = "reopen"
    CORRECT = "correct"


VISIT: dict[tuple[VisitStatus, VisitEvent], VisitStatus] = {
    (_V.PLANNED, VisitEvent.HOLD_VISIT): _V.DONE,
    (_V.PLANNED, VisitEvent.SKIP): _V.SKIPPED,
    # A visit marked skipped that took place after all is recorded late, with its reason.
    (_V.SKIPPED, VisitEvent.HOLD_VISIT): _V.DONE,
    # Its kits were given back, so nothing happened that would hold the visit.
    (_V.DONE, VisitEvent.REOPEN): _V.PLANNED,
    # Marked in error: the mark stays in the history, the visit waits again.
    (_V.DONE, VisitEvent.CORRECT): _V.PLANNED,
    (_V.SKIPPED, VisitEvent.CORRECT): _V.PLANNED,
}


class ExcursionEvent(StrEnum):
    """What happens to an excursion."""

    REPORT = "report"
    ASSESS = "assess"
    ACCEPT = "accept"
    ACCEPT_PARTLY = "accept_partly"
    REJECT = "reject"
    FIND_NO_DATA = "find_no_data"
    FIND_LOGGER_FAULT = "find_logger_fault"
    CLOSE = "close"


_EX = ExcursionEvent
EXCURSION: dict[tuple[ExcursionStatus, ExcursionEvent], ExcursionStatus] = {
    (_X.SUSPECTED, _EX.REPORT): _X.REPORTED,
    (_X.REPORTED, _EX.ASSESS): _X.UNDER_ASSESSMENT,
    (_X.UNDER_ASSESSMENT, _EX.ACCEPT): _X.ACCEPTED,
    (_X.UNDER_ASSESSMENT, _EX.ACCEPT_PARTLY): _X.PARTLY_ACCEPTED,
    (_X.UNDER_ASSESSMENT, _EX.REJECT): _X.REJECTED,
    **{(s, _EX.FIND_NO_DATA): _X.NO_DATA for s in (_X.SUSPECTED, _X.REPORTED, _X.UNDER_ASSESSMENT)},
    **{(s, _EX.FIND_LOGGER_FAULT): _X.LOGGER_FAULT for s in (_X.SUSPECTED, _X.REPORTED, _X.UNDER_ASSESSMENT)},
    # No data and a faulty logger still need a decision, so that no kit stays in limbo.
    **{(s, _EX.ASSESS): _X.UNDER_ASSESSMENT for s in (_X.NO_DATA, _X.LOGGER_FAULT)},
    **{(s, _EX.CLOSE): _X.CLOSED for s in (_X.ACCEPTED, _X.PARTLY_ACCEPTED, _X.REJECTED)},
    # One that concerns no kit any more has nothing to decide and is closed with a reason.
    **{(s, _EX.CLOSE): _X.CLOSED for s in (_X.SUSPECTED, _X.REPORTED, _X.UNDER_ASSESSMENT)},
    **{(s, _EX.CLOSE): _X.CLOSED for s in (_X.NO_DATA, _X.LOGGER_FAULT)},
}
