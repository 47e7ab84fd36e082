"""A plugin of pytest: writes each test's sentence, its cases and how many passed into a JSON file."""

import inspect
import json
from pathlib import Path
from typing import Any


def pytest_addoption(parser: Any) -> None:
    """Where to write."""
    parser.addoption("--told", type=Path, help="a JSON file for what every test shows")


def pytest_configure(config: Any) -> None:
    """Collects for as long as pytest runs."""
    config.pluginmanager.register(_Collected(config.getoption("--told")))


class _Collected:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: dict[str, tuple[str, str, str]] = {}
        self._passed: dict[tuple[str, str, str], list[bool]] = {}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Each case's file, function and sentence."""
        for item in items:
            sentence = " ".join((inspect.getdoc(item.function) or "").split())
            self._keys[item.nodeid] = (item.nodeid.partition("::")[0], item.originalname, sentence)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Each case's outcome; one that could not begin has not passed."""
        if report.when == "call" or (report.when == "setup" and not report.passed):
            self._passed.setdefault(self._keys[report.nodeid], []).append(report.passed)

    def pytest_sessionfinish(self) -> None:
        """One row a test: file, name, sentence, cases, passed."""
        rows = [[*key, len(passed), sum(passed)] for key, passed in self._passed.items()]
        self._path.write_text(json.dumps(rows))
