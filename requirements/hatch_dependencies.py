"""Reads what the project depends on from requirements/*.in, so that it is named once."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

EXTRAS = ("dask", "ray")


class RuntimeDependencies(MetadataHookInterface):
    """Fills `dependencies`, and `optional-dependencies` with the clusters a simulation may run on."""

    def update(self, metadata: dict[str, Any]) -> None:
        """One file of requirements for the product, one for each extra."""
        metadata["dependencies"] = self._named("runtime")
        metadata["optional-dependencies"] = {extra: self._named(extra) for extra in EXTRAS}

    def _named(self, room: str) -> list[str]:
        """One dependency per line that is neither empty, nor a comment, nor an option of pip."""
        lines = (Path(self.root) / f"requirements/{room}.in").read_text().splitlines()
        return [line for line in lines if line and not line.startswith(("#", "-"))]
