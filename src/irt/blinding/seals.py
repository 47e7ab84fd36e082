"""Sealed codes of an outage pack, opened by hand: a page names a word for every arm, a slip kept apart has the one.

The page is the same whatever the subject gets, and a word alone is only a word. Both together tell the arm, without
any machine. This is a one-time pad on paper: each page has words of its own, used once.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from irt.blinding.code_break import PRACTICE_SEALS
from irt.blinding.views import BlindedView, UnblindedView

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aeiou"
_SYLLABLES = tuple(first + second for first in _CONSONANTS for second in _VOWELS)
SYLLABLES_A_WORD = 4


@dataclass(frozen=True)
class SealedPage(UnblindedView):
    """One numbered page: the arms by their words, in order of the words."""

    number: int
    subject: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OpeningSlip(UnblindedView):
    """The word that opens one seal."""

    number: int
    subject: str
    word: str


@dataclass(frozen=True)
class PracticeSeal(BlindedView):
    """A page and a slip to practise with: number 0, no subject, and words of trees for treatments."""

    lines: tuple[tuple[str, str], ...]
    word: str
    told: str


def practice_seal(key: str) -> PracticeSeal:
    """The practice seal of a pack; nothing of it follows from a treatment, a subject or a study's arms."""
    words = words_of(key, 0, PRACTICE_SEALS)
    drawn = hmac.new(key.encode(), b"practice seal", hashlib.sha256).digest()
    told = PRACTICE_SEALS[int.from_bytes(drawn, "big") % len(PRACTICE_SEALS)]
    return PracticeSeal(tuple(sorted((word, name) for name, word in words.items())), words[told], told)


def words_of(key: str, number: int, arms: Sequence[str]) -> dict[str, str]:
    """Arm -> its word on the page of this seal; no two alike, the same each time for one key."""
    for attempt in range(len(_SYLLABLES)):
        words = {arm: _word(key, f"{number}|{attempt}|{arm}") for arm in arms}
        if len(set(words.values())) == len(words):
            return words
    raise ValueError("more arms than words")


def page_of(number: int, subject: str, words: Mapping[str, str], names: Mapping[str, str]) -> SealedPage:
    """The page of a seal. Sorted by word, so that the place of a line says nothing of its arm."""
    lines = sorted((word, names.get(arm, arm)) for arm, word in words.items())
    return SealedPage(number, subject, tuple(lines))


def _word(key: str, text: str) -> str:
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    drawn = int.from_bytes(digest, "big")
    syllables = []
    for _ in range(SYLLABLES_A_WORD):
        drawn, place = divmod(drawn, len(_SYLLABLES))
        syllables.append(_SYLLABLES[place])
    return "".join(syllables)
