"""Pressing a button: one use case, carried out once however often it is pressed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from litestar import Response
from sqlmodel import SQLModel

from irt.errors import BadInput, Refusal
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.services.work import Work
from web.session import Who

Ask = TypeVar("Ask", bound=SQLModel)
Answer = TypeVar("Answer", bound=SQLModel)
Booked = TypeVar("Booked")

_KEY_BYTES = 16
_KEY_LENGTH_MAX = 200


def new_key(store: Store) -> str:
    """A fresh key for one rendered form; the form's second press carries the same key."""
    return store.entropy(_KEY_BYTES).hex()


def press(
    store: Store, who: Who, now: datetime, service: Callable[[Work, Ask], Answer], ask: Ask, key: str
) -> Answer:
    """Carries out a use case for the person signed in; BadInput where the form carried no key."""
    if not key or len(key) > _KEY_LENGTH_MAX:
        raise BadInput("The form was not complete. Nothing was booked. Reload the page and try again.")
    return perform(store, who.actor, now, service, ask, key)


def answered(
    act: Callable[[], Booked],
    onward: Callable[[Booked], Response[Any]],
    refused: Callable[[Refusal], Response[Any]],
) -> Response[Any]:
    """Presses and goes onward with what was booked; a refusal is shown where it was pressed."""
    try:
        booked = act()
    except Refusal as refusal:
        return refused(refusal)
    return onward(booked)
