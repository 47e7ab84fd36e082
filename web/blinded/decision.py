"""The panel with which a second person decides an operational change, the same for every kind of change."""

from collections.abc import Mapping
from dataclasses import dataclass

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.operational_changes import DecideChange, decide_change
from irt.states.table import words
from web.blinded.desk import Desk
from web.blinded.typed import signing_in

MEANINGS = (("approve", "I approve this change"), ("reject", "I refuse this change"))


@dataclass(frozen=True)
class DecisionPanel(BlindedView):
    """Who signs, in which role, and what was typed; passwords are never given back."""

    address: str
    own: bool
    printed_role: str
    code_needed: bool
    command_key: str
    meanings: tuple[tuple[str, str], ...]
    meaning: str
    reason: str
    refusal: str


def decision_panel(
    desk: Desk, study_id: int, asked_by_id: int, typed: Mapping[str, str], refusal: Refusal | None
) -> DecisionPanel:
    """The panel of the page that is open, for the person at the desk."""
    actor = desk.who.actor
    with desk.store.reading() as connection:
        code_needed = code_will_be_needed(connection, actor, study_id)
    return DecisionPanel(
        address=desk.request.url.path,
        own=asked_by_id == actor.account_id,
        printed_role=words(actor.require(Permission.ACTIVATE_SITE, study_id).role),
        code_needed=code_needed,
        command_key=desk.key(),
        meanings=MEANINGS,
        meaning=typed.get("meaning", ""),
        reason=typed.get("reason", ""),
        refusal=refusal.sentence if refusal else "",
    )


def decide(desk: Desk, study_id: int, change_id: int, data: Mapping[str, str]) -> None:
    """Books the decision as the panel sends it."""
    seen, meaning = data.get("digest", ""), data.get("meaning", "")
    if meaning not in dict(MEANINGS) or len(seen) != 64:
        raise BadInput("Say whether you approve the change or refuse it. Nothing was decided.")
    ask = DecideChange(
        study_id=study_id,
        change_id=change_id,
        granted=meaning == "approve",
        seen=seen,
        reason=data.get("reason", "").strip() or None,
        signing=signing_in(data),
    )
    desk.press(decide_change, ask, data.get("command_key", ""))
