"""The files a browser fetches beside a page: stylesheets, scripts, fonts, icons."""

import hashlib
from functools import lru_cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
STATIC_PATH = "/static"


@lru_cache(maxsize=64)
def static_url(name: str) -> str:
    """Address of a static file; it changes with the content, so that a browser may keep it for long."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"{STATIC_PATH}/{name}?v={digest}"
