"""Labels as pictures: a symbol and the words beneath it, as SVG or PNG; the same label is the same picture."""

import io
from collections.abc import Sequence
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from irt.gs1.symbols import Drawn

MODULE_MM = 0.5
_PIXELS_PER_MODULE = 8
_QUIET = 10
"""Modules left white around a symbol; GS1-128 needs ten, DataMatrix one."""
_LINE = 5
"""Modules from one line of words to the next."""
_LETTER = 4
_LETTER_WIDTH = 0.62
_MARK_GREY = 150


def svg_of(symbol: Drawn, lines: Sequence[str], mark: str = "") -> bytes:
    """The label as SVG, sized in millimetres; letters are text. A mark, as SPECIMEN, is set across it."""
    width, height = _size(symbol, lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{width * MODULE_MM:g}mm" height="{height * MODULE_MM:g}mm" viewBox="0 0 {width:g} {height:g}">',
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>',
        *(
            f'<rect x="{bar.x + _QUIET:g}" y="{bar.y + _QUIET:g}" width="{bar.width:g}" height="{bar.height:g}"/>'
            for bar in symbol.bars
        ),
        *(
            f'<text x="{_QUIET}" y="{_baseline(symbol, place):g}" font-family="sans-serif" font-size="{_LETTER}">'
            f"{escape(line)}</text>"
            for place, line in enumerate(lines)
        ),
        *_marked(mark, width, height),
        "</svg>",
    ]
    return "\n".join(parts).encode()


def png_of(symbol: Drawn, lines: Sequence[str], mark: str = "", font: Path | None = None) -> bytes:
    """The label as PNG, eight dots to a module (406 dots an inch), a mark above its symbol.

    Without a font only the letters of English are drawn.
    """
    width, height = (round(side * _PIXELS_PER_MODULE) for side in _size(symbol, lines))
    picture = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(picture)
    for bar in symbol.bars:
        left, top = (bar.x + _QUIET) * _PIXELS_PER_MODULE, (bar.y + _QUIET) * _PIXELS_PER_MODULE
        right, bottom = left + bar.width * _PIXELS_PER_MODULE, top + bar.height * _PIXELS_PER_MODULE
        pen.rectangle((left, top, right - 1, bottom - 1), fill=0)
    size = _LETTER * _PIXELS_PER_MODULE
    letters = ImageFont.truetype(str(font), size) if font else ImageFont.load_default(size)
    for place, line in enumerate(lines):
        place_of = (_QUIET * _PIXELS_PER_MODULE, _baseline(symbol, place) * _PIXELS_PER_MODULE)
        pen.text(place_of, line, font=letters, fill=0, anchor="ls")
    above = (_QUIET * _PIXELS_PER_MODULE, (_QUIET - 2 * _LETTER) * _PIXELS_PER_MODULE)
    pen.text(above, mark, font=letters, fill=_MARK_GREY)
    file = io.BytesIO()
    picture.save(file, "PNG", dpi=(406.4, 406.4))
    return file.getvalue()


def _marked(mark: str, width: float, height: float) -> list[str]:
    """The mark from the lower left to the upper right, light enough to read through."""
    if not mark:
        return []
    size = width / (len(mark) * _LETTER_WIDTH + 1)
    return [
        f'<text x="{width / 2:g}" y="{height / 2:g}" font-family="sans-serif" font-size="{size:.3g}" fill="#b00" '
        f'fill-opacity="0.35" text-anchor="middle" transform="rotate(-30 {width / 2:g} {height / 2:g})">'
        f"{escape(mark)}</text>"
    ]


def _size(symbol: Drawn, lines: Sequence[str]) -> tuple[float, float]:
    longest = max((len(line) for line in lines), default=0) * _LETTER * _LETTER_WIDTH
    return max(symbol.width, longest) + 2 * _QUIET, _baseline(symbol, len(lines) - 1) + _QUIET / 2


def _baseline(symbol: Drawn, place: int) -> float:
    return symbol.height + 2 * _QUIET + _LINE * place
