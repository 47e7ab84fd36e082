"""Which software runs here: its version, and a hash of its own source, told in every entry of the audit trail."""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from irt import __version__

PACKAGES = ("irt", "optimization", "simulation", "web")
"""What a release is made of; one that is not installed counts as empty."""
_KINDS = frozenset({".py", ".html", ".js", ".css", ".xsd", ".txt", ".yaml", ".mako"})
_SHORT = 16


@cache
def source_sha256() -> str:
    """SHA-256 over the names and contents of all source files, as they lay there when it was first asked."""
    found = hashlib.sha256()
    for package in PACKAGES:
        for name, file in _files_of(package):
            found.update(f"{package}/{name}\n".encode())
            found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


@cache
def release() -> str:
    """The version and the beginning of the source's hash, as 0.1.0+9f86d081884c7d65."""
    return f"{__version__}+{source_sha256()[:_SHORT]}"


def _files_of(package: str) -> list[tuple[str, Path]]:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return []
    home = Path(spec.origin).parent
    files = (file for file in home.rglob("*") if file.suffix in _KINDS and file.is_file())
    return sorted((file.relative_to(home).as_posix(), file) for file in files)
