"""The letters that labels are printed in: Latin, Greek and Cyrillic. One they lack is never a question mark."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import fontpkg
from fontTools.ttLib import TTFont

from irt.errors import BadInput

FAMILY = "Fira Sans"


class LettersLacking(BadInput):
    """The letters of a language are not those of the program."""

    def __init__(self, letters: str) -> None:
        super().__init__(
            f"There are no letters for {letters} to print with. Nothing was printed. Print the label from its page."
        )


def font_file(weight: int = 400) -> Path:
    """The file with the letters."""
    return Path(fontpkg.path(FAMILY, weight))


def refuse_lacking(lines: Iterable[str]) -> None:
    """LettersLacking, naming each once, where a line cannot be printed."""
    lacking = sorted({sign for line in lines for sign in line if ord(sign) not in _known()})
    if lacking:
        raise LettersLacking(" ".join(lacking))


@cache
def _known() -> frozenset[int]:
    with TTFont(font_file()) as font:
        return frozenset(font.getBestCmap())
