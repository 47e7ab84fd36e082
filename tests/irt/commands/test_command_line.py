"""The one command: assembled from what is installed, and never a traceback for bad input."""

from importlib.metadata import EntryPoint

import click
import pytest

from irt import command_line
from irt.errors import IntegrityFault, NotAllowed
from tests.irt.commands.running import Terminal


def register(monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    """Makes `irt broken` a command that ends with this fault."""

    @click.command()
    def broken() -> None:
        raise fault

    class Registered(EntryPoint):
        def load(self) -> click.Command:
            return broken

    point = Registered("broken", "somewhere:broken", "irt.commands")
    monkeypatch.setattr(command_line, "_registered", lambda: {"broken": point})


def test_it_says_its_version(terminal: Terminal) -> None:
    """`irt --version`."""
    ran = terminal.irt("--version")
    assert (ran.exit_code, ran.err) == (0, "")
    assert ran.out.startswith("irt, version 0.")


def test_it_lists_every_registered_command(terminal: Terminal) -> None:
    """`irt --help` shows the commands of all installed packages, with an example."""
    ran = terminal.irt("--help")
    assert ran.exit_code == 0
    assert "Example:" in ran.out
    for name in command_line._registered():
        assert f"\n  {name} " in ran.out


def test_alone_it_helps(terminal: Terminal) -> None:
    """`irt` without anything shows the help on standard error, and has done nothing."""
    ran = terminal.irt()
    assert (ran.exit_code, ran.out) == (2, "")
    assert "Commands:" in ran.err


@pytest.mark.parametrize(
    ("fault", "exit_code", "line"),
    [
        (NotAllowed("Your role cannot do this."), 1, "irt: Your role cannot do this."),
        (IntegrityFault("two heads"), 1, "irt: Stored records contradict each other: two heads"),
        (click.ClickException("No\nsuch thing."), 1, "irt: No such thing."),
        (click.UsageError("What?"), 2, "irt: What?"),
        (FileNotFoundError(2, "No such file", "a.yaml"), 1, "irt: [Errno 2] No such file: 'a.yaml'"),
        (KeyboardInterrupt(), 130, "irt: Stopped."),
    ],
)
def test_what_goes_wrong_is_one_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, fault: BaseException, exit_code: int, line: str
) -> None:
    """One line on standard error, nothing on standard output, and an exit that scripts can see."""
    register(monkeypatch, fault)
    ran = terminal.irt("broken")
    assert (ran.exit_code, ran.out, ran.err.strip()) == (exit_code, "", line)


def test_a_fault_of_the_program_is_not_hidden(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is nobody's input error keeps its traceback."""
    register(monkeypatch, ZeroDivisionError("at work"))
    monkeypatch.setattr("sys.argv", ["irt", "broken"])
    with pytest.raises(ZeroDivisionError):
        command_line.main()


def test_a_command_of_a_missing_package_says_so(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever follows the command's name, the answer is which package it needs."""
    point = EntryPoint("optimize", "not_installed.commands:optimize", "irt.commands")
    monkeypatch.setattr(command_line, "_registered", lambda: {"optimize": point})
    ran = terminal.irt("optimize", "--study", "LIP-301")
    assert ran.exit_code == 1
    assert ran.err.strip() == "irt: 'irt optimize' is not available here: No module named 'not_installed'."
    assert "not available: needs not_installed.commands" in terminal.irt("--help").out


@pytest.mark.parametrize("words", [("nonsense",), ("audit", "verify", "--what"), ("database", "migrate", "more")])
def test_unknown_words_are_refused(terminal: Terminal, words: tuple[str, ...]) -> None:
    """Unknown commands, options and arguments."""
    ran = terminal.irt(*words)
    assert (ran.exit_code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
