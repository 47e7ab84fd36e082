"""Reads the runtime dependencies from requirements/runtime.in, so that they are named once."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class RuntimeDependencies(MetadataHookInterface):
    """Fills `dependencies` in the project's metadata."""

    def update(self, metadata: dict[str, Any]) -> None:
        """One dependency per line that is neither empty nor a comment."""
        lines = (Path(self.root) / "requirements/runtime.in").read_text().splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith("#")]
