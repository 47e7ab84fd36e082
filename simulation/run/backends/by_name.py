"""Backends by the name the option has; a cluster's package is loaded when it is asked for."""

from importlib import import_module
from importlib.util import find_spec
from typing import Literal

from simulation.run.backends.backend import Backend
from simulation.run.backends.loky import Loky
from simulation.run.refusals import NoSuchBackend

BackendName = Literal["loky", "dask", "ray"]
BACKENDS: tuple[BackendName, ...] = ("loky", "dask", "ray")
PACKAGES = {"dask": "distributed", "ray": "ray"}


def backend_named(name: BackendName, workers: int, cluster: str | None = None) -> Backend:
    """The backend with so many workers; NoSuchBackend where its package is missing."""
    if name == "loky":
        if cluster is not None:
            raise NoSuchBackend(
                "Processes of this machine have no address. Leave --cluster out, or name a cluster's backend."
            )
        return Loky(workers)
    if find_spec(PACKAGES[name]) is None:
        raise NoSuchBackend(f"{name.capitalize()} is not installed. Run `make {name}`, or name loky.")
    room = import_module(f"simulation.run.backends.{name}")
    backend: Backend = getattr(room, name.capitalize())(workers, cluster)
    return backend
