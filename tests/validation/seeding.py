"""Seeding faults: each in a process of its own, in memory, so that no file of the project is ever touched."""

import importlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from tests.validation.fault import Fault
from tests.validation.faults import adaptive, drawing, restricted

ENGINE = Path(__file__).parents[2] / "src" / "irt" / "randomization"
FAULTS: tuple[Fault, ...] = restricted.FAULTS + adaptive.FAULTS + drawing.FAULTS
CPU_SECONDS_MAX = 20
SECONDS_MAX = 300
LOADED_ANEW = ("irt.randomization", "tests.validation", "tests.irt.randomization")


class NotSeeded(Exception):
    """A fault whose words do not stand in the file exactly once, or that leaves no engine to check."""


class Trial(NamedTuple):
    """What the checks made of a fault: the names of those that noticed it, and what the first one said."""

    caught_by: tuple[str, ...]
    said: str


def seeded_text(fault: Fault) -> str:
    """The file with the fault in it; NotSeeded where its words do not stand there exactly once."""
    text = (ENGINE / fault.file).read_text()
    if text.count(fault.old) != 1:
        raise NotSeeded(f"{fault.code}: its words stand {text.count(fault.old)} times in the file")
    return text.replace(fault.old, fault.new)


def try_fault(fault: Fault) -> Trial:
    """Runs the checks of the fault's subjects over an engine with the fault; NotSeeded where it does not load.

    An engine that finds no end within twenty seconds of computing is noticed by that.
    """
    text = seeded_text(fault)
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        _answer(fault, text, writer)
    os.close(writer)
    with open(reader, "rb") as told:
        answer = told.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
        return Trial(("time limit",), f"no end after {CPU_SECONDS_MAX} seconds")
    if not answer:
        raise NotSeeded(f"{fault.code}: the engine cannot be loaded, or its process ended")
    caught_by, said = json.loads(answer)
    return Trial(tuple(caught_by), said)


def _answer(fault: Fault, text: str, writer: int) -> None:
    """In the child: nothing of it comes back but the answer."""
    try:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS_MAX)
        # A process that waits instead of computing has not noticed anything: it ends without an answer.
        signal.alarm(SECONDS_MAX)
        sys.meta_path.insert(0, _Seeded(fault.module, ENGINE / fault.file, text))
        for name in [name for name in sys.modules if name.startswith(LOADED_ANEW)]:
            del sys.modules[name]
        caught = list(_caught(fault))
        said = caught[0][1] if caught else ""
        os.write(writer, json.dumps([[name for name, _ in caught], said[:400]]).encode())
    finally:
        os._exit(0)


def _caught(fault: Fault) -> Iterator[tuple[str, str]]:
    pack = importlib.import_module("tests.validation.pack")
    for check in pack.checks_of(fault.subjects):
        try:
            check.run()
        except Exception as noticed:
            yield check.name, f"{type(noticed).__name__}: {noticed}".splitlines()[0]


class _Seeded(MetaPathFinder):
    """Finds one module, and gives it another text than its file has."""

    def __init__(self, module: str, path: Path, text: str) -> None:
        self._module, self._path, self._text = module, path, text

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        """The module with the fault; None for all others."""
        if name != self._module:
            return None
        return spec_from_loader(name, _Loader(name, str(self._path), self._text))


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        """Compiled anew, never from a cache."""
        return compile(self._text, self.path, "exec")
