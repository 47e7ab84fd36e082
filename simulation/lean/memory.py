"""Memory that a replication gave back stays with the process; taking it anew costs a fifth of a replication's time.

The arrays of a large trial are too large for the C library to keep; the system hands their pages out again one by
one, each wiped.
"""

import ctypes
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Names of mallopt(3)."""
_KEPT_BYTES, _LARGEST_KEPT_BYTES = 1 << 29, 1 << 25
"""The second is the most that glibc takes."""


@cache
def keep_memory() -> bool:
    """Once in a process; False where the C library has no such setting, and nothing is changed."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(_TRIM_THRESHOLD, _KEPT_BYTES) and mallopt(_MMAP_THRESHOLD, _LARGEST_KEPT_BYTES))
