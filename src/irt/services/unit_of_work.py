"""One use case, one transaction, at least one audit entry, committed in one place: `perform`."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Table, bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import Executable
from sqlmodel import SQLModel

from irt.audit.chain import canonical
from irt.blinding.actor import Actor
from irt.errors import BadInput, IntegrityFault, NotFound, Refusal
from irt.services.audit import AuditDraft, write_audit
from irt.services.store import Store
from irt.tables.columns import table_of
from irt.tables.record import Command

Ask = TypeVar("Ask", bound=SQLModel)
Answer = TypeVar("Answer", bound=SQLModel)


@dataclass(slots=True)
class Work:
    """The transaction of one use case: who asks, at what time, and what has been recorded so far."""

    store: Store
    connection: Connection
    actor: Actor
    at: datetime
    drafts: list[AuditDraft] = field(default_factory=list)

    def run(self, statement: Executable, parameters: Any = None) -> None:
        """Executes a statement whose answer is not needed."""
        self.connection.execute(statement, parameters)

    def rows(self, statement: Executable, **parameters: Any) -> Sequence[RowMapping]:
        """All rows of an answer, by column name."""
        return self.connection.execute(statement, parameters).mappings().all()

    def row(self, statement: Executable, **parameters: Any) -> RowMapping | None:
        """The first row of an answer, if any."""
        return self.connection.execute(statement, parameters).mappings().first()

    def one(self, what: str, statement: Executable, **parameters: Any) -> RowMapping:
        """The row of an answer; NotFound, naming `what`, where there is none."""
        found = self.row(statement, **parameters)
        if found is None:
            raise NotFound(f"No such {what}. Check the number, or ask the study coordinator.")
        return found

    def record(self, model: type[SQLModel], **values: Any) -> int:
        """Appends one row and gives its id."""
        statement, defaults = _inserting(model)
        done = self.connection.execute(statement, {**defaults, **values})
        return int(done.inserted_primary_key[0])  # type: ignore[index]  # an insert of one row always has a key

    def record_all(self, model: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
        """Appends many rows at once."""
        statement, defaults = _inserting(model)
        if filled := [{**defaults, **row} for row in rows]:
            self.connection.execute(statement, filled)

    def audit(self, draft: AuditDraft) -> None:
        """Adds a line to the audit trail of this transaction."""
        self.drafts.append(draft)


_INSERTS: dict[type[SQLModel], tuple[Any, dict[str, Any]]] = {}


def _inserting(model: type[SQLModel]) -> tuple[Any, dict[str, Any]]:
    """The insert statement of a table and the values of columns that have a default."""
    if model not in _INSERTS:
        table: Table = table_of(model)
        defaults = {
            name: info.get_default(call_default_factory=True)
            for name, info in model.model_fields.items()
            if name != "id" and not info.is_required() and name in table.c
        }
        _INSERTS[model] = (insert(table), {name: value for name, value in defaults.items() if _plain(value)})
    return _INSERTS[model]


def _plain(default: object) -> bool:
    return default is None or isinstance(default, bool | int | str | dict | list)


class RecordedRefusal(Refusal):
    """A refusal that leaves records of its own: a wrong password counts although nothing else was booked."""

    def record(self, work: Work) -> None:
        """Writes them, in the transaction after the one that was rolled back."""
        raise NotImplementedError


def perform(
    store: Store,
    actor: Actor,
    at: datetime,
    service: Callable[[Work, Ask], Answer],
    ask: Ask,
    key: str,
) -> Answer:
    """Carries out one use case, once: a second call with the same key gives the first answer.

    A refusal rolls everything back; where it concerns a record it is then written down in a transaction of its
    own. BadInput where the key was used for another command.
    """
    try:
        with store.writing() as connection:
            work = Work(store, connection, actor, at)
            earlier = _earlier_answer(work, service, ask, key)
            if earlier is not None:
                return earlier
            answer = service(work, ask)
            _remember(work, service, ask, key, answer)
            if not work.drafts:
                raise IntegrityFault(f"{service.__name__} left no audit entry")
            write_audit(work)
    except (Refusal, IntegrityError) as fault:
        twin = _answer_of_twin(store, actor, at, service, ask, key)
        if twin is not None:
            return twin
        if isinstance(fault, RecordedRefusal) or (isinstance(fault, Refusal) and fault.about is not None):
            _write_refusal(store, actor, at, fault)
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


def _answer_of_twin(
    store: Store, actor: Actor, at: datetime, service: Callable[[Work, Ask], Answer], ask: Ask, key: str
) -> Answer | None:
    """The answer of the same request that arrived together with this one and was faster.

    The second is refused, by a rule or by the key's uniqueness, and rolled back: it books nothing.
    """
    with store.reading() as connection:
        return _earlier_answer(Work(store, connection, actor, at), service, ask, key)


def _remember(work: Work, service: Callable[[Work, Ask], Answer], ask: Ask, key: str, answer: Answer) -> None:
    work.record(
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


def _write_refusal(store: Store, actor: Actor, at: datetime, refusal: Refusal) -> None:
    with store.writing() as connection:
        work = Work(store, connection, actor, at)
        if isinstance(refusal, RecordedRefusal):
            refusal.record(work)
        if refusal.about is not None:
            work.audit(AuditDraft.of_refusal(refusal))
        write_audit(work)
