"""What tests of services on people share: cheap password hashes, and an office."""

import pytest

from irt.services import passwords
from irt.services.passwords import PasswordRule
from irt.services.store import Store
from tests.cast import Office

CHEAP = PasswordRule(time_cost=1, memory_kib=8, lanes=1)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guessing need not be dear in a test."""
    monkeypatch.setattr(passwords, "RULE", CHEAP)


@pytest.fixture
def office(store: Store) -> Office:
    """An installation with its administrator, on each database."""
    return Office.founded(store)
