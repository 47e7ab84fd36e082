"""A check, and the parts of the file it must find whole before it can judge."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from irt.study.draft import Draft
from irt.study.problems import Finding


class Check(NamedTuple):
    """`find` runs only where none of the sections in `whole` is broken; its paths are those of the draft."""

    find: Callable[[Draft], Iterator[Finding]]
    whole: frozenset[str]


def check(find: Callable[[Draft], Iterator[Finding]], *whole: str) -> Check:
    """A check with the sections it needs whole."""
    return Check(find, frozenset(whole))
