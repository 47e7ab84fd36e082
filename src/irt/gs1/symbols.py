"""Symbols drawn by zint: DataMatrix for kits, GS1-128 for parcels. What zint would only warn of, fails."""

from dataclasses import dataclass

import zint

from irt.errors import BadInput


class NotDrawn(BadInput):
    """The code cannot be drawn as that symbol."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A dark rectangle, in modules from the upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A symbol as dark rectangles on light ground, in modules, without its quiet zone."""

    width: float
    height: float
    bars: tuple[Bar, ...]


def data_matrix(text: str) -> Drawn:
    """A square DataMatrix of bracketed GS1 text, or of plain text."""
    return _drawn(zint.Symbology.DATAMATRIX, text, option_3=int(zint.DataMatrixOptions.SQUARE))


def gs1_128(text: str) -> Drawn:
    """A GS1-128 of bracketed text, 40 modules high."""
    return _drawn(zint.Symbology.GS1_128, text, height=40)


def _drawn(symbology: zint.Symbology, text: str, option_3: int = 0, height: float = 0) -> Drawn:
    symbol = zint.Symbol()
    symbol.symbology = symbology
    symbol.warn_level = zint.WarningLevel.FAIL_ALL
    symbol.show_text = False
    symbol.option_3 = option_3
    symbol.height = height
    if text.startswith("("):
        symbol.input_mode = zint.InputMode.GS1 | zint.InputMode.GS1PARENS
    try:
        symbol.encode(text)
        symbol.buffer_vector()
    except Exception as fault:
        raise NotDrawn(f"{text} cannot be drawn as a symbol: {fault}") from fault
    vector = symbol.vector
    scale = 2 * symbol.scale
    bars = (
        Bar(each.x / scale, each.y / scale, each.width / scale, each.height / scale) for each in vector.rectangles
    )
    return Drawn(vector.width / scale, vector.height / scale, tuple(bars))
