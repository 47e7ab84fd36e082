"""What is guessed first is no password, however long; a sentence of one's own is."""

import pytest

from irt.blinding.guessed_first import is_guessed_first

TRIED_FIRST = """
password1234 123456789012 qwertyuiop123 1q2w3e4r5t6y qwertzuiop12 aaaaaaaaaaaa abcabcabcabc
iloveyou1234 administrator P@ssw0rd2026! Summer2026!!! welcome123456 zaq12wsxcde3 000000000000
passwordpassword letmein123456 abcdefghijkl 987654321098 qwerty123456 Clinicaltrial1 footballfootball
1qaz2wsx3edc asdfghjkl1234 superman12345 november2026! changeme1234 q1w2e3r4t5y6 trustno1trustno1
adminadmin12 hospital2026
"""
ONES_OWN = (
    "a stone in the river",
    "given by the office",
    "try everything 2026",
    "a boat on the lake",
    "my pharmacy smells of lilac",
    "Tr4ub&dor-ziggurat",
    "kV9#mQ2$xL7pWz",
    "7#9!2@4$8%1A",
)


@pytest.mark.parametrize("password", TRIED_FIRST.split())
def test_what_everybody_tries_is_none(password: str) -> None:
    """Words in common use, rows of keys, sequences, years and repetition, alone or together."""
    assert is_guessed_first(password)


@pytest.mark.parametrize("password", ONES_OWN)
def test_ones_own_words_are(password: str) -> None:
    """A sentence, or what a program drew."""
    assert not is_guessed_first(password)
