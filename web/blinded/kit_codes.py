"""The square code of a kit number, drawn for paper: a scanner reads it back as the number."""

import re
from functools import lru_cache

import zxingcpp
from markupsafe import Markup

_DRAWN = re.compile(r'<svg width="(\d+)".*?<path d="([^"]+)"', re.DOTALL)


@lru_cache(maxsize=1024)
def kit_code(number: str) -> Markup:
    """A DataMatrix of the number as SVG with its quiet zone; only the outline is taken, for it needs no style."""
    drawn = zxingcpp.create_barcode(number, zxingcpp.BarcodeFormat.DataMatrix).to_svg(add_quiet_zones=True)
    found = _DRAWN.search(drawn)
    if found is None:
        raise ValueError("the code was not drawn as expected")
    return Markup(
        '<svg class="irt-code" viewBox="0 0 {side} {side}" role="img" aria-label="Code of kit {number}" '
        'shape-rendering="crispEdges"><path d="{outline}"/></svg>'
    ).format(side=found.group(1), number=number, outline=found.group(2))
