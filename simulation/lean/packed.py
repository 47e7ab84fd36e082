"""What befalls a person at a visit, put into one number in one go."""

import numpy as np

from simulation.arrays import Flags, Floats, Ints, Words
from simulation.inputs.compiled import compiled
from simulation.lean.columns import HELD, LOSES_A_KIT, MINUTE_FROM, OFF_DAYS_FROM, QUITS


@compiled
def in_one_number(
    off_days: Ints, minute: Ints, titration: Words, quits: Flags, held: Flags, replaced_after: Floats
) -> Ints:
    """All of them [person, visit]; bits are told apart in `simulation.lean.columns`."""
    told = np.empty(off_days.shape, np.int64)
    for person in range(len(off_days)):
        for visit in range(len(off_days[0])):
            number = off_days[person, visit] << OFF_DAYS_FROM | minute[person, visit] << MINUTE_FROM
            number |= np.int64(titration[person, visit])
            number |= QUITS if quits[person, visit] else 0
            number |= HELD if held[person, visit] else 0
            number |= LOSES_A_KIT if replaced_after[person, visit] >= 0 else 0
            told[person, visit] = number
    return told
