"""One use case, one transaction, at least one audit entry, committed in one place: `perform`."""

import hashlib
import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel

from irt.audit.chain import canonical
from irt.blinding.actor import Actor
from irt.errors import BadInput, IntegrityFault, Refusal
from irt.services.audit import write_audit
from irt.services.refusals import leaves_records, write_refusal
from irt.services.store import Store
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.record import Command

Ask = TypeVar("Ask", bound=SQLModel)
Answer = TypeVar("Answer", bound=SQLModel)


def perform(
    store: Store,
    actor: Actor,
    at: datetime,
    service: Callable[[Work, Ask], Answer],
    ask: Ask,
    key: str,
) -> Answer:
    """Carries out one use case, once: a second call with the same key gives the first answer.

    The second call is not looked for beforehand: a rule refuses it, or the key, which is unique; either way it is
    rolled back. So the first, which is nearly every one, pays nothing for it.

    Without an audit entry nothing is committed, and no setting changes that (E6-29).

    A refusal rolls everything back; where it concerns a record it is then written down in a transaction of its
    own. BadInput where the key was used for another command.

    Of transactions that wait for each other the database gives one up. It has left nothing, so it is done again.
    """
    for pause_seconds in _PAUSES_SECONDS:
        try:
            return _perform_once(store, actor, at, service, ask, key)
        except DBAPIError as fault:
            if getattr(fault.orig, "sqlstate", None) not in _GIVEN_UP:
                raise
            _LOG.warning("the database gave %s up for another transaction; it is done again", service.__name__)
            time.sleep(pause_seconds)
    return _perform_once(store, actor, at, service, ask, key)


_LOG = logging.getLogger("irt.services")
# The other one shall have what it waited for before this one asks again.
_PAUSES_SECONDS = (0.05, 0.2)
_GIVEN_UP = frozenset({"40P01", "40001"})
"""What PostgreSQL says of a deadlock, and of a transaction that cannot be put in order with others."""


def _perform_once(
    store: Store, actor: Actor, at: datetime, service: Callable[[Work, Ask], Answer], ask: Ask, key: str
) -> Answer:
    try:
        with store.writing() as connection:
            work = Work(store, connection, actor, at)
            answer = service(work, ask)
            _remember(work, service, ask, key, answer)
            if not work.drafts:
                raise IntegrityFault(f"{service.__name__} left no audit entry")
            write_audit(work)
    except (Refusal, IntegrityError) as fault:
        with store.reading_past_wall() as connection:
            earlier = _earlier_answer(Work(store, connection, actor, at), service, ask, key)
        if earlier is not None:
            return earlier
        if isinstance(fault, Refusal) and leaves_records(fault):
            with store.writing() as connection:
                write_refusal(Work(store, connection, actor, at), fault)
        raise
    return answer


_COMMANDS = table_of(Command)
_EARLIER = select(_COMMANDS.c.name, _COMMANDS.c.asked_hash, _COMMANDS.c.answer).where(
    _COMMANDS.c.account_id == bindparam("account_id"), _COMMANDS.c.key == bindparam("key")
)


def _earlier_answer(work: Work, service: Callable[[Work, Ask], Answer], ask: Ask, key: str) -> Answer | None:
    earlier = work.row(_EARLIER, account_id=work.actor.account_id, key=key)
    if earlier is None:
        return None
    if earlier["name"] != service.__name__ or earlier["asked_hash"] != _hash(ask):
        raise BadInput("This key was already used for another request. Nothing was booked. Reload the page.")
    answer_type: type[Answer] = service.__annotations__["return"]
    return answer_type.model_validate(earlier["answer"])


def _remember(work: Work, service: Callable[[Work, Ask], Answer], ask: Ask, key: str, answer: Answer) -> None:
    work.append(
        Command,
        account_id=work.actor.account_id,
        key=key,
        name=service.__name__,
        asked_hash=_hash(ask),
        answer=answer.model_dump(mode="json"),
        at=work.at,
    )


def _hash(ask: SQLModel) -> str:
    return hashlib.sha256(canonical(ask.model_dump(mode="json")).encode()).hexdigest()
