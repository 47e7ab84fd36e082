"""The value of one data field, judged piece by piece: signs, lengths and rules."""

import re

from irt.gs1.check_characters import CSET_82
from irt.gs1.dictionary import Component, Identifier
from irt.gs1.refusals import LostSeparator, SubstituteCharacter, WrongValue
from irt.gs1.rules import RULES

_SIGNS = {
    "N": re.compile(r"[0-9]*"),
    "X": re.compile(f"[{re.escape(CSET_82)}]*"),
    "Y": re.compile(r"[#\-/0-9A-Z]*"),
    "Z": re.compile(r"[0-9A-Za-z_-]*={0,2}"),
}
_WORDS = {
    "N": "digits",
    "X": "the letters, digits and signs of GS1 (CSET 82)",
    "Y": "capital letters, digits and # - /",
    "Z": "base64 letters",
}


def judge_value(identifier: Identifier, value: str) -> None:
    """Refuses a value that breaks the rules of its field."""
    if not value:
        raise WrongValue(f"{identifier.name} has no value.")
    rest = value
    for component in identifier.components:
        if component.optional and not rest:
            return
        piece, rest = rest[: component.length_max], rest[component.length_max :]
        _judge_piece(identifier, component, piece, value)
    if rest:
        raise too_long(identifier, value)


def too_long(identifier: Identifier, value: str) -> LostSeparator:
    """The refusal of a value with too many characters: as a rule two fields that ran into one."""
    return LostSeparator(
        f"{identifier.name} holds {identifier.length_max} characters at most, and {value!r} has {len(value)}. "
        "The scanner seems to drop the group separator: set it to send GS (ASCII 29), or a substitute you name."
    )


def _judge_piece(identifier: Identifier, component: Component, piece: str, value: str) -> None:
    if not _SIGNS[component.signs].fullmatch(piece):
        raise _foreign_sign(identifier, component, value)
    if len(piece) < component.length_min:
        raise WrongValue(f"{identifier.name} is too short: {value!r} has {len(value)} characters.")
    for rule in component.rules:
        fault = RULES[rule](piece)
        if fault:
            raise WrongValue(f"{identifier.name} is not sound: {fault}.")


def _foreign_sign(identifier: Identifier, component: Component, value: str) -> WrongValue | SubstituteCharacter:
    foreign = next((sign for sign in value if not _SIGNS["X"].fullmatch(sign)), None)
    if foreign is None:
        return WrongValue(f"{identifier.name} is made of {_WORDS[component.signs]}, and {value!r} is not.")
    return SubstituteCharacter(
        f"{identifier.name} cannot hold {foreign!r}. If the scanner sends it for the group separator, "
        "set it to send GS (ASCII 29), or name it as the substitute."
    )
