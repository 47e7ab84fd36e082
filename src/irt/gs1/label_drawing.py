"""Labels as pictures: a symbol and the words beneath it, as SVG or PNG; the same label is the same picture."""

import io
from collections.abc import Sequence
from html import escape

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


def svg_of(symbol: Drawn, lines: Sequence[str]) -> bytes:
    """The label as SVG, sized in millimetres; letters are text, so that they can be searched."""
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
        "</svg>",
    ]
    return "\n".join(parts).encode()


def png_of(symbol: Drawn, lines: Sequence[str]) -> bytes:
    """The label as PNG, eight dots to a module (406 dots an inch)."""
    width, height = (round(side * _PIXELS_PER_MODULE) for side in _size(symbol, lines))
    picture = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(picture)
    for bar in symbol.bars:
        left, top = (bar.x + _QUIET) * _PIXELS_PER_MODULE, (bar.y + _QUIET) * _PIXELS_PER_MODULE
        right, bottom = left + bar.width * _PIXELS_PER_MODULE, top + bar.height * _PIXELS_PER_MODULE
        pen.rectangle((left, top, right - 1, bottom - 1), fill=0)
    letters = ImageFont.load_default(_LETTER * _PIXELS_PER_MODULE)
    for place, line in enumerate(lines):
        place_of = (_QUIET * _PIXELS_PER_MODULE, _baseline(symbol, place) * _PIXELS_PER_MODULE)
        pen.text(place_of, line, font=letters, fill=0, anchor="ls")
    file = io.BytesIO()
    picture.save(file, "PNG", dpi=(406.4, 406.4))
    return file.getvalue()


def _size(symbol: Drawn, lines: Sequence[str]) -> tuple[float, float]:
    longest = max((len(line) for line in lines), default=0) * _LETTER * _LETTER_WIDTH
    return max(symbol.width, longest) + 2 * _QUIET, _baseline(symbol, len(lines) - 1) + _QUIET / 2


def _baseline(symbol: Drawn, place: int) -> float:
    return symbol.height + 2 * _QUIET + _LINE * place
