"""Single rows for tests, where no service is the subject of the test."""

from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel

from irt.services.store import Store
from irt.tables.columns import table_of


def put(store: Store, model: type[SQLModel], **values: Any) -> int:
    """Writes one row, with the model's defaults, and gives its id."""
    table = table_of(model)
    defaults = {
        name: info.get_default(call_default_factory=True)
        for name, info in model.model_fields.items()
        if name != "id" and not info.is_required()
    }
    with store.writing() as connection:
        done = connection.execute(insert(table), {**defaults, **values})
        return int(done.inserted_primary_key[0])  # type: ignore[index]  # an insert of one row always has a key
