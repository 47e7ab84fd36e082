"""One printed label: its code, its lines as broken for the paper, and SPECIMEN over it where it is a proof."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from irt.errors import BadInput
from irt.gs1.label_drawing import png_of, svg_of
from irt.gs1.symbols import data_matrix

LINE_LETTERS_MAX = 58
LINES_MAX = 23
"""What one label of a sheet holds."""
SPECIMEN = "SPECIMEN"
SPECIMEN_LOT = "BL-00"
_PLAIN = str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "−": "-"})


class LettersLacking(BadInput):
    """A label is never printed with a question mark in the place of a letter."""

    def __init__(self, paper: str, letters: str) -> None:
        super().__init__(
            f"The {paper} has no letters for {letters}. Nothing was printed. "
            "Print this label from its page, as SVG."
        )


@dataclass(frozen=True, slots=True)
class Label:
    """What is printed: the text of the code and the lines below it."""

    code: str
    lines: tuple[str, ...]
    mark: str = ""


def label_of(code: str, lines: Iterable[str], mark: str = "") -> Label:
    """A label whose lines are broken where they are too long for the paper."""
    return Label(code, tuple(part for line in lines for part in textwrap.wrap(line, LINE_LETTERS_MAX)), mark)


def svg_label(label: Label) -> bytes:
    """The label as SVG; letters of any script are text."""
    return svg_of(data_matrix(label.code), label.lines, label.mark)


def png_label(label: Label) -> bytes:
    """The label as PNG, in the letters of plain English alone; LettersLacking else."""
    return png_of(data_matrix(label.code), in_letters(label.lines, "ascii", "picture"), label.mark)


def in_letters(lines: Iterable[str], encoding: str, paper: str) -> tuple[str, ...]:
    """The lines with plain dashes and quotation marks; LettersLacking where the paper has no other letter."""
    plain = tuple(line.translate(_PLAIN) for line in lines)
    lacking = sorted({sign for line in plain for sign in line if not sign.encode(encoding, "ignore")})
    if lacking:
        raise LettersLacking(paper, " ".join(lacking))
    return plain
