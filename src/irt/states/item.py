"""Stock without numbers: where it lies at a place, and each thing that can happen to it."""

from enum import StrEnum


class ItemPile(StrEnum):
    """Usable, or set aside: brought back, damaged or too old, and waiting for its destruction."""

    USABLE = "usable"
    SET_ASIDE = "set_aside"


class ItemAct(StrEnum):
    """What happened to a quantity of one lot."""

    RECEIVE = "receive"
    SEND = "send"
    ARRIVE = "arrive"
    LOSE = "lose"
    BRING_BACK = "bring_back"
    HAND_OUT = "hand_out"
    TAKE_BACK = "take_back"
    SET_ASIDE = "set_aside"
    DESTROY = "destroy"
    COUNT = "count"


BETWEEN_PLACES = frozenset({ItemAct.SEND, ItemAct.ARRIVE, ItemAct.BRING_BACK, ItemAct.SET_ASIDE})
"""Acts of two lines each, which cancel out: nothing enters the study or leaves it by them."""
