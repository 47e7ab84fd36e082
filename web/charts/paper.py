"""Pictures on paper: the same strokes with the looks of a printed page written into them, black where it counts."""

import re

_GREY, _INK = "#555555", "#14212a"
_FILLS = ("#0b5a70", "#d66e2e", "#6b3fd0", "#4a541c", "#5c1434", "#87939c")
_HEAT = (0.12, 0.3, 0.5, 0.72, 1)
_FONT = "font-family:helvetica;font-size:13px"

LOOKS: dict[str, str] = {
    "irt-grid": "stroke:#dde3e8;stroke-width:1",
    "irt-axis": "stroke:#74848f;stroke-width:1",
    "irt-band": "fill:#0b5a70;fill-opacity:0.15",
    "irt-line": "fill:none;stroke-width:2",
    "irt-now": f"stroke:{_INK};stroke-width:2",
    "irt-ink": f"fill:{_INK}",
    "irt-open": f"fill:#ffffff;stroke:{_INK};stroke-width:2",
    "irt-edge": "stroke:#ffffff;stroke-width:1",
    "irt-dash": "stroke-dasharray:5 4",
    "irt-dots": "stroke-dasharray:1.5 3.5",
    "irt-end": "text-anchor:end",
    "irt-middle": "text-anchor:middle",
    "irt-label": f"fill:{_INK};font-weight:bold",
    **{f"irt-fill-{place}": f"fill:{colour}" for place, colour in enumerate(_FILLS, start=1)},
    **{f"irt-stroke-{place}": f"stroke:{colour}" for place, colour in enumerate(_FILLS, start=1)},
    **{f"irt-heat-{place}": f"fill:{_INK};fill-opacity:{dense}" for place, dense in enumerate(_HEAT, start=1)},
}
"""Class -> what it looks like on paper; a class that is not here looks like nothing."""
_ARROWS = re.compile("\N{UPWARDS ARROW} | \N{RIGHTWARDS ARROW}")
"""Letters that the fonts of a paper lack; where an axis leads is seen without them."""
_CLASS = re.compile(r'<(\w+)([^>]*?) class="([^"]*)"')


def on_paper(drawing: str) -> str:
    """The drawing with every look as attributes, for programs that know no stylesheet."""
    return _CLASS.sub(_dressed, _ARROWS.sub("", drawing))


def _dressed(found: re.Match[str]) -> str:
    element, others, classes = found.groups()
    if element == "svg":
        return f'<svg xmlns="http://www.w3.org/2000/svg"{others}'
    told = {"fill": _GREY} if element == "text" else {}
    for look in [_FONT] * (element == "text") + [LOOKS.get(name, "") for name in classes.split()]:
        told |= dict(part.split(":", 1) for part in look.split(";") if part)
    return f"<{element}{others}" + "".join(f' {name}="{value}"' for name, value in told.items())
