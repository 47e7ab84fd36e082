"""The transaction of one use case, as services hold it: read, append, audit. It never commits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, insert
from sqlalchemy.sql import Executable
from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.errors import NotFound
from irt.services.audit_draft import AuditDraft
from irt.services.store import Store
from irt.tables.columns import table_of


@dataclass(slots=True)
class Work:
    """The transaction of one use case: who asks, at what time, and what has been recorded so far."""

    store: Store
    connection: Connection
    actor: Actor
    at: datetime
    drafts: list[AuditDraft] = field(default_factory=list)

    def run(self, statement: Executable, parameters: Any = None) -> None:
        """Executes a statement whose answer is not needed, once for each row of parameters."""
        alone = isinstance(parameters, list) and len(parameters) == 1
        self.connection.execute(statement, parameters[0] if alone else parameters)

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

    def append(self, model: type[SQLModel], **values: Any) -> None:
        """Appends one row; nobody waits for its id."""
        statement, defaults = _inserting(model)
        self.connection.execute(statement, {**defaults, **values})

    def record(self, model: type[SQLModel], **values: Any) -> int:
        """Appends one row and gives its id."""
        statement, defaults = _inserting(model, told=True)
        done = self.connection.execute(statement, {**defaults, **values})
        return int(done.inserted_primary_key[0])  # type: ignore[index]  # an insert of one row always has a key

    def record_all(self, model: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
        """Appends many rows at once."""
        statement, defaults = _inserting(model)
        if filled := [{**defaults, **row} for row in rows]:
            self.run(statement, filled)

    def audit(self, draft: AuditDraft) -> None:
        """Adds a line to the audit trail of this transaction."""
        self.drafts.append(draft)


_INSERTS: dict[tuple[type[SQLModel], bool], tuple[Any, dict[str, Any]]] = {}


def _inserting(model: type[SQLModel], *, told: bool = False) -> tuple[Any, dict[str, Any]]:
    """The insert statement of a table and the values of columns that have a default; `told`: it gives the id."""
    if (model, told) not in _INSERTS:
        table: Table = table_of(model)
        defaults = {
            name: info.get_default(call_default_factory=True)
            for name, info in model.model_fields.items()
            if name != "id" and not info.is_required() and name in table.c
        }
        statement = insert(table) if told else insert(table).inline()
        _INSERTS[model, told] = (statement, {name: value for name, value in defaults.items() if _plain(value)})
    return _INSERTS[model, told]


def _plain(default: object) -> bool:
    return default is None or isinstance(default, bool | int | str | dict | list)
