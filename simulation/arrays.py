"""Arrays by what is in them."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = NDArray[np.uint64]
"""Numbers of 32 bits, held in 64; where four are at each address, they are the first axis."""
