"""Words of a study that tell a treatment: what blinded people read must hold none of them.

Every one is refused in the same sentence, whichever it is, and whether or not the subject has that treatment.
"""

import re
from collections.abc import Iterable

from irt.errors import BadInput
from irt.study.definition import StudyDefinition

ALWAYS = ("placebo", "verum", "sham")
"""Told by no study file and told all the same."""
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_WORD_LETTERS_MIN = 5
_CODE_LETTERS_MIN = 3
_SHORT_CODE = r"\b(?:arm|group|treatment|code)\s+{}\b"


class TellsTreatment(BadInput):
    """A text for blinded readers names a treatment of the study."""

    def __init__(self) -> None:
        super().__init__(
            "A word of this text tells a treatment of the study. Nothing was booked. Blinded people read it: "
            "say what happened without any treatment's name, code or kind of kit."
        )


def refuse_treatment_words(definition: StudyDefinition, *texts: str) -> None:
    """TellsTreatment where a text names an arm, a kind of kit, or a word in which their names differ."""
    patterns = treatment_patterns(definition)
    if any(pattern.search(text) for text in texts for pattern in patterns):
        raise TellsTreatment


def treatment_patterns(definition: StudyDefinition) -> tuple[re.Pattern[str], ...]:
    """What is looked for: whole names, codes of three letters and more, short ones after 'arm', telling words."""
    arms = [(arm.code, arm.name) for arm in definition.arms]
    kits = [(kit.code, kit.name) for kit in definition.kit_types]
    found = {_whole(name) for _, name in arms + kits if name} | {_whole(word) for word in ALWAYS}
    found |= {_code(code) for code, _ in arms + kits}
    for names in ([name for _, name in arms], [name for _, name in kits]):
        found |= {_whole(word) for word in _differing(names)}
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in sorted(found))


def _differing(names: Iterable[str]) -> set[str]:
    """Words that some names have and others do not; those that all have tell nothing."""
    parts = [{word.casefold() for word in _WORD.findall(name)} for name in names]
    if len(parts) < 2:
        return set()
    return {word for word in set.union(*parts) - set.intersection(*parts) if len(word) >= _WORD_LETTERS_MIN}


def _whole(words: str) -> str:
    return rf"(?<!\w){re.escape(words)}(?!\w)"


def _code(code: str) -> str:
    return _whole(code) if len(code) >= _CODE_LETTERS_MIN else _SHORT_CODE.format(re.escape(code))
