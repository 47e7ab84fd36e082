"""A fault's reference: short letters on the screen, and the same letters beside the trace in the log."""

import secrets

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def new_reference(letters: int = 6) -> str:
    """A reference that can be read out over the telephone: no letter looks like a digit."""
    return "".join(secrets.choice(_LETTERS) for _ in range(letters))
