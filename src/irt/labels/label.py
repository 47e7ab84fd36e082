"""One printed label: its code, its lines as broken for the paper, and SPECIMEN over it where it is a proof."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from irt.gs1.label_drawing import png_of, svg_of
from irt.gs1.symbols import data_matrix
from irt.labels.letters import font_file, refuse_lacking

LINE_LETTERS_MAX = 58
LINES_MAX = 23
"""What one label of a sheet holds."""
SPECIMEN = "SPECIMEN"
COPY = "COPY"
"""Across what a site prints to look at: a label for a kit comes from who labels it."""
SPECIMEN_LOT = "BL-00"


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
    """The label as PNG; LettersLacking where its letters cannot be printed."""
    refuse_lacking(label.lines)
    return png_of(data_matrix(label.code), label.lines, label.mark, font_file())
