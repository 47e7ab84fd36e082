"""Seven families of state: each has a word, a glyph, a colour and a border of its own."""

from dataclasses import dataclass

from irt.states.table import words as status_words

FAMILIES = ("usable", "moving", "assigned", "dispensed", "hold", "stop", "closed")

_STATUSES = {
    "usable": "available active on_treatment accepted approved received done randomized follow_up run_in released",
    "moving": (
        "new in_transit planned proposed requested acknowledged delivered running queued screening prequarantined "
        "awaiting_approval reported suspected under_assessment"
    ),
    "assigned": "assigned reserved preallocated waiting picked packed draft",
    "dispensed": "dispensed handed_over checked verified completed",
    "hold": (
        "quarantined on_hold dose_hold customs_hold not_dispensed_to_subject received_partly no_data skipped "
        "received_with_discrepancy handed_over_partly partly_accepted logger_fault inconclusive off_treatment"
    ),
    "stop": (
        "rejected recalled damaged missing expired lost misallocated damaged_by_subject lost_by_subject failed "
        "rejected_by_depot lost_to_follow_up code_broken"
    ),
    "closed": (
        "in_other_books returned_to_site pending_destruction received_for_destruction destroyed closed cancelled "
        "retired replaced screen_failed run_in_failed withdrawn returned_to_depot not_done not_given"
    ),
}
_FAMILY_OF = {status: family for family, statuses in _STATUSES.items() for status in statuses.split()}


@dataclass(frozen=True)
class Chip:
    """How a state is shown."""

    family: str
    words: str


def chip(status: str, words: str = "") -> Chip:
    """The chip of a status, said in other words where given; an unknown status is a programmer's error."""
    return Chip(_FAMILY_OF[status], words or status_words(status))
