"""What tests of pages share: a small blinded study behind real pages, a fresh copy for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from irt.services import passwords
from irt.services.passwords import PasswordRule
from tests.builders_visits import the_visits_study
from tests.web.world import Grounds, World, lay_grounds, world_on

CHEAP = PasswordRule(time_cost=1, memory_kib=8, lanes=1)


@pytest.fixture(scope="session")
def grounds(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Grounds:
    """The study, its stock and its people, to copy from."""
    file = tmp_path_factory.mktemp("grounds") / "grounds.sqlite"
    shutil.copyfile(sqlite_template, file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "RULE", CHEAP)
        return lay_grounds(file)


@pytest.fixture
def world(grounds: Grounds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world of its own; guessing need not be dear in it."""
    monkeypatch.setattr(passwords, "RULE", CHEAP)
    with world_on(grounds, tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def visits_grounds(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Grounds:
    """The same with the study of every kind of visit."""
    file = tmp_path_factory.mktemp("visits-grounds") / "grounds.sqlite"
    shutil.copyfile(sqlite_template, file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "RULE", CHEAP)
        return lay_grounds(file, the_visits_study())


@pytest.fixture
def visits_world(visits_grounds: Grounds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world with a run-in, a phone call, and a dose by weight that two people type."""
    monkeypatch.setattr(passwords, "RULE", CHEAP)
    with world_on(visits_grounds, tmp_path) as made:
        yield made
