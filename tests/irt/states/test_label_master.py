"""The life of a label master's version: every cell, allowed and refused."""

import pytest

from irt.states.label_master import LABEL_MASTER, LabelMasterEvent, LabelMasterStatus
from irt.states.table import TransitionRefused, next_status

ALLOWED = {
    ("draft", "proof"): "proof",
    ("proof", "approve"): "approved",
    ("proof", "reject"): "rejected",
    ("draft", "supersede"): "superseded",
    ("proof", "supersede"): "superseded",
    ("approved", "supersede"): "superseded",
}


@pytest.mark.parametrize("status", list(LabelMasterStatus))
@pytest.mark.parametrize("event", list(LabelMasterEvent))
def test_every_step(status: LabelMasterStatus, event: LabelMasterEvent) -> None:
    """What is not in the table is refused: no text is approved without a proof, none comes back."""
    if (status, event) in ALLOWED:
        assert next_status(LABEL_MASTER, status, event) == ALLOWED[status, event]
    else:
        with pytest.raises(TransitionRefused):
            next_status(LABEL_MASTER, status, event)
