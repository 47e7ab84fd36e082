"""The square code of a kit number, drawn for paper: a scanner reads it back as the number."""

from functools import lru_cache

from markupsafe import Markup

from irt.gs1.symbols import data_matrix

_QUIET = 1
"""Modules left white around the code."""


@lru_cache(maxsize=1024)
def kit_code(number: str) -> Markup:
    """A DataMatrix of the number as SVG with its quiet zone; an outline alone, for it needs no style."""
    drawn = data_matrix(number)
    outline = "".join(
        f"M{bar.x + _QUIET:g} {bar.y + _QUIET:g}h{bar.width:g}v{bar.height:g}h-{bar.width:g}z" for bar in drawn.bars
    )
    return Markup(
        '<svg class="irt-code" viewBox="0 0 {side} {side}" role="img" aria-label="Code of kit {number}" '
        'shape-rendering="crispEdges"><path d="{outline}"/></svg>'
    ).format(side=f"{drawn.width + 2 * _QUIET:g}", number=number, outline=outline)
