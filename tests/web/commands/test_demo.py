"""The command irt demo on a database that holds something already."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from irt.commands.study_files import study_text
from irt.services import passwords
from irt.services.passwords import PasswordRule
from irt.services.store import Store
from tests.builders import SEAL_KEY, a_store
from tests.cast import Office
from tests.irt.commands.office import with_few_kits
from web.commands import demo as command
from web.commands.demo import NotADemonstration, demo

COUNTED = "SELECT (SELECT count(*) FROM subject), (SELECT count(*) FROM study)"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The databases that would have been served."""
    found: list[str] = []
    monkeypatch.setenv("IRT_SEAL_KEY", SEAL_KEY.decode())
    monkeypatch.setattr(command, "run_server", lambda settings, host, port, url: found.append(url))
    monkeypatch.setattr(passwords, "RULE", PasswordRule(time_cost=1, memory_kib=8, lanes=1))
    return found


def test_a_second_demonstration_goes_on_with_the_first(
    served: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What somebody did yesterday is still there today; nothing is filled twice, and it is said."""
    monkeypatch.setattr(command, "COMPANION_SUBJECTS", 2)
    url = f"sqlite:///{tmp_path / 'demo.sqlite'}"
    file = tmp_path / "few.yaml"
    file.write_text(with_few_kits(study_text("fourier")))
    words = ["--database", url, "--study", str(file), "--subjects", "3"]
    first = CliRunner().invoke(demo, words)
    assert (first.exit_code, served) == (0, [url])
    before = _counts(url)
    second = CliRunner().invoke(demo, words)
    assert (second.exit_code, served) == (0, [url, url])
    assert "it goes on where it was left" in second.stderr
    assert _counts(url) == before


def test_a_demonstration_that_was_broken_off_is_refused(
    served: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of it would only puzzle."""

    def broken_off(*asked: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run_demo", broken_off)
    words = ["--database", f"sqlite:///{tmp_path / 'demo.sqlite'}"]
    CliRunner().invoke(demo, words)
    assert isinstance(CliRunner().invoke(demo, words).exception, NotADemonstration)
    assert served == []


def _counts(url: str) -> tuple[int, ...]:
    store = a_store(url)
    try:
        with store.reading() as connection:
            return tuple(connection.execute(text(COUNTED)).one())
    finally:
        store.close()


def test_a_database_of_others_is_left_alone(served: list[str], sqlite_store: Store) -> None:
    """Neither filled nor served; without a screen it is refused in the same words."""
    Office.founded(sqlite_store).now = datetime(2026, 3, 2, tzinfo=UTC)
    url = sqlite_store.url.render_as_string()
    for words in ([], ["--headless", "--json"]):
        ran = CliRunner().invoke(demo, ["--database", url, *words])
        assert isinstance(ran.exception, NotADemonstration)
        assert "Nothing was changed." in str(ran.exception)
    assert served == []
