"""Why a run of replications cannot be begun, resumed or finished."""

from irt.errors import Refusal


class UnusableRun(Refusal):
    """The directory holds another run, more of this one than was asked for, or nothing that can be read."""


class RunBusy(Refusal):
    """Another process writes into the directory."""


class ReplicationFailed(Refusal):
    """One replication could not be carried out; its index is named, for it can be replayed."""


class WorkersKeepDying(Refusal):
    """Workers were lost again and again without a chunk done in between."""


class NoSuchBackend(Refusal):
    """The backend's package is not installed, or its cluster cannot be reached."""

    status_code = 400
