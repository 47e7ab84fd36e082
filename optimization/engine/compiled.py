"""Arithmetic compiled to machine code when it is first called; the compiled form is kept beside its file."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

NEVER = 1e15
"""The cost of what cannot be done: above every sum of costs, and small enough to add to."""


def compiled(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """The same function in machine code: numbers, arrays and loops only. Several threads may run it at once."""
    return cast("Callable[Arguments, Answer]", njit(cache=True, nogil=True)(function))
