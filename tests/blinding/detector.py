"""What gives a treatment away wherever it stands: words that mean one, and numbers that a leak alone would tell."""

import re

from tests.blinding.variation import ASSIGNED_BEFORE, BLOCK_SIZES, PLAIN, SEQUENCES_FROM

WORDS = sorted({*PLAIN.values(), "secret_"})
"""Arms, kit types and their lots, in words that occur nowhere else; how the tables of treatment are named."""
NUMBERS = re.compile(
    rf"\b({'|'.join(map(str, BLOCK_SIZES))}|{SEQUENCES_FROM // 1000}\d\d\d|{ASSIGNED_BEFORE // 1000}\d\d\d)\b"
)
"""Block sizes, places in the warehouse's order and assignment numbers."""


def words_in(told: str) -> list[str]:
    """The words of treatment that stand in it."""
    return [word for word in WORDS if word in told]


def numbers_in(told: str) -> list[str]:
    """The secret numbers that stand in it."""
    return NUMBERS.findall(told)
