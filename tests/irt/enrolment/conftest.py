"""The terminal of the command line's own tests."""

from tests.irt.commands.conftest import terminal

__all__ = ["terminal"]
