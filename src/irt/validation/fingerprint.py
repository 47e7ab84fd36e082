"""One hash over all files of the program: the same hash is the same program."""

import hashlib
from importlib import import_module
from pathlib import Path

ROOMS = ("irt", "optimization", "simulation", "web")
_LEFT_OUT = {"__pycache__", "_fixtures"}


def program_hash() -> str:
    """SHA-256 over the names and contents of the files of all installed rooms, in the order of their names."""
    whole = hashlib.sha256()
    for room in ROOMS:
        folder = Path(str(import_module(room).__file__)).parent
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            inside = file.relative_to(folder)
            if not _LEFT_OUT & set(inside.parts):
                whole.update(f"{room}/{inside.as_posix()}\n".encode())
                whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()
