"""What those who guess passwords try first: words that everybody uses, rows of keys, sequences, years, repetition.

Lists of passwords known from breaches hold little else of twelve characters and more. What is left of a password
once all of it is taken away is what a guesser would have to find.
"""

import re

OWN_CHARACTERS_MIN = 5
"""So many characters must be left."""
_WORDS = """
administrator superuser password passwort passwd welcome letmein changeme iloveyou sunshine princess
football baseball basketball superman batman starwars pokemon michael jordan jennifer charlie thomas
jessica ashley monkey dragon master shadow killer hunter soccer hockey ranger buster pepper ginger
cookie banana cheese computer internet samsung google microsoft windows linkedin facebook trustno
mustang corvette ferrari mercedes secret hello admin login guest user test demo temp pass love baby
angel lovely forever flower freedom whatever spring summer autumn winter january february march april
may june july august september october november december monday tuesday wednesday thursday friday
saturday sunday london paris berlin america england clinical trial study hospital pharmacy pharmacist
investigator coordinator monitor placebo treatment random patient subject doctor nurse medicine
research science irt rtsm this that the and you your my is it me for
"""
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qazwsxedcrfvtgbyhnujm",
    "!@#$%^&*()",
)
_RUN_MIN = 3
_LOOKS_LIKE = str.maketrans(
    {"@": "a", "0": "o", "3": "e", "4": "a", "5": "s", "$": "s", "7": "t", "!": "i", "1": "i"}
)
_ANY_WORD = re.compile("|".join(sorted(_WORDS.split(), key=len, reverse=True)))
_YEAR = re.compile(r"(?:19|20)\d\d")
_REPEATED = re.compile(r"(.+?)\1{2,}")


def own_characters(password: str) -> int:
    """How many letters and digits are left once everything that is guessed first is taken away."""
    plain = _YEAR.sub("", password.casefold())
    return min(_left_of(plain), _left_of(plain.translate(_LOOKS_LIKE)))


def is_guessed_first(password: str) -> bool:
    """Whether too little of the password is its owner's."""
    return own_characters(password) < OWN_CHARACTERS_MIN


def _left_of(text: str) -> int:
    left = _REPEATED.sub(r"\1", text)
    for row in _ROWS:
        left = _without_runs(_without_runs(left, row), row[::-1])
    return len(re.sub(r"[\W_]", "", _ANY_WORD.sub("", left)))


def _without_runs(text: str, row: str) -> str:
    """The text without stretches of the row of three keys and more, the longest first."""
    place, kept = 0, ""
    while place < len(text):
        run = next((size for size in range(len(row), _RUN_MIN - 1, -1) if _is_run(text, place, size, row)), 0)
        kept, place = (kept, place + run) if run else (kept + text[place], place + 1)
    return kept


def _is_run(text: str, place: int, size: int, row: str) -> bool:
    stretch = text[place : place + size]
    return len(stretch) == size and stretch in row
