"""The square code of a kit number, drawn for paper: a scanner reads it back as the number."""

from functools import lru_cache

import zxingcpp
from markupsafe import Markup

_QUIET_MODULES = 2


@lru_cache(maxsize=1024)
def kit_code(number: str) -> Markup:
    """A DataMatrix of the number as SVG, with its quiet zone; styled by class, so that the policy holds."""
    image = zxingcpp.create_barcode(number, zxingcpp.BarcodeFormat.DataMatrix).to_image(
        scale=1, add_quiet_zones=False
    )
    rows = [[bool(dot) for dot in row] for row in memoryview(image).tolist()]
    side = len(rows) + 2 * _QUIET_MODULES
    dots = "".join(
        f"M{column + _QUIET_MODULES} {line + _QUIET_MODULES}h1v1h-1z"
        for line, row in enumerate(rows)
        for column, light in enumerate(row)
        if not light
    )
    return Markup(
        '<svg class="irt-code" viewBox="0 0 {side} {side}" role="img" aria-label="Code of kit {number}" '
        'shape-rendering="crispEdges"><path d="{dots}"/></svg>'
    ).format(side=side, number=number, dots=dots)
