"""The icons of the interface, referenced by the name of their use."""

import re
from functools import lru_cache

from markupsafe import Markup

from web.static_files import STATIC, static_url

SPRITE = "icons.svg"


@lru_cache(maxsize=1)
def icon_names() -> frozenset[str]:
    """The names the sprite knows; `state-*` are the glyphs of the chips."""
    return frozenset(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / SPRITE).read_text("utf-8")))


@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> Markup:
    """The icon as SVG: decoration unless it carries a label of its own."""
    if name not in icon_names():
        raise ValueError(f"no icon is called {name}")
    use = Markup('<use href="{}#{}"/></svg>').format(static_url(SPRITE), name)
    if label:
        return Markup('<svg class="ic" role="img" aria-label="{}">').format(label) + use
    return Markup('<svg class="ic" aria-hidden="true">') + use
