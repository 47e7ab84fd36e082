"""The one function of the lean engine that is called as machine code; its first call makes it, or finds it."""

from pathlib import Path
from typing import Any

from simulation.arrays import Floats, Ints
from simulation.lean.advance import go_to_moment
from simulation.lean.compiled import first_of, kept, over_one_array

_go_to_moment = over_one_array(go_to_moment)


@kept
def going(w: Ints, f: Floats) -> int:
    """Goes to the clock's moment. No generator: compiled ones never give back the arrays that they were told."""
    told: int = _go_to_moment(first_of(w), first_of(f))
    return told


def is_made() -> bool:
    """Whether machine code of this very source lies on this machine: then it is loaded in no time."""
    code: Any = going
    return bool(code.signatures) or any(Path(code.stats.cache_path).glob(f"*.{code.py_func.__qualname__}-*.nbi"))
