"""What people do about kits on their way back from a subject's home."""

from enum import StrEnum


class PickupAct(StrEnum):
    """One line of a pick-up's log. How far it got is its shipment's own state."""

    ASK = "ask"
    READ_ADDRESS = "read_address"
    FAIL_ATTEMPT = "fail_attempt"
    RESCHEDULE = "reschedule"
    COLLECT = "collect"
    ARRIVE = "arrive"
    CANCEL = "cancel"
