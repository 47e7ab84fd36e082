"""The desk of an unblinded page: treatment is seen in the studies where the person is unblinded, only there."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from litestar import Request
from litestar.di import NamedDependency

from irt.blinding.eyes import case_eyes, open_eyes
from irt.services.store import Store
from web.blinded.desk import Desk, desk_of
from web.session import Who


def open_desk_of(
    request: Request[Any, Any, Any],
    who: NamedDependency[Who],
    store: NamedDependency[Store],
    now: NamedDependency[datetime],
) -> Desk:
    """The desk of one request; of a person who is blinded everywhere it is behind the same wall as any other."""
    return replace(desk_of(request, who, store, now), store=store.seen_with(open_eyes(who.actor)))


def case_desk_of(
    request: Request[Any, Any, Any],
    who: NamedDependency[Who],
    store: NamedDependency[Store],
    now: NamedDependency[datetime],
) -> Desk:
    """The same for pages that the safety desk reads too."""
    return replace(desk_of(request, who, store, now), store=store.seen_with(case_eyes(who.actor)))
