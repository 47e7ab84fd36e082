"""The bar before activation: where a study asks for it, a site opens under a version with a signed gate only."""

from irt.errors import Refusal
from irt.reads.gates import gate_asked_of, gate_of_version, overrides_of
from irt.services.work import Work
from irt.states.gate import GateStanding


class GateMissing(Refusal):
    """No signed go-live gate holds for the version now, and nobody overrode it."""

    def __init__(self, version: int, why: str) -> None:
        super().__init__(
            f"Version {version} has no go-live gate that holds. Nothing was activated. {why} "
            "Subjects under treatment, dispensing and shipments go on as they are."
        )


def require_gate(work: Work, study_id: int, version: int) -> None:
    """GateMissing unless the version may go live now. Only activation asks; dispensing and supply never do."""
    if not gate_asked_of(work.connection, study_id, version):
        return
    gate = gate_of_version(work.connection, study_id, version)
    if gate is not None and gate.standing == GateStanding.SIGNED:
        return
    today = work.at.date()
    overrides = overrides_of(work.connection, study_id)
    if any(each.version == version and each.ends_on >= today for each in overrides):
        return
    if gate is None:
        raise GateMissing(version, "None was defined for it.")
    raise GateMissing(version, f"Gate {gate.number}: {gate.why}")
