"""What happened, as a service says it before it is chained."""

from dataclasses import dataclass
from typing import Any, Self

from irt.audit.entry import INSTALLATION, study_chain
from irt.errors import Refusal


@dataclass(frozen=True, slots=True)
class AuditDraft:
    """What happened, before it is chained. `secret` goes to the second chain, pointing to this entry."""

    act: str
    record_kind: str
    record: str
    study_id: int | None = None
    site_id: int | None = None
    zone: str = "UTC"
    old: dict[str, Any] | None = None
    new: dict[str, Any] | None = None
    reason: str | None = None
    secret: dict[str, Any] | None = None

    @property
    def chain(self) -> str:
        """The chain this entry belongs to: one a study, one for the installation."""
        return INSTALLATION if self.study_id is None else study_chain(self.study_id)

    @classmethod
    def of_refusal(cls, refusal: Refusal) -> Self:
        """A refused command: the neutral sentence here, the full voice in the second chain.

        The second chain always gets an entry, so that its presence tells nothing.
        """
        about = refusal.about
        if about is None:
            raise ValueError("the refusal concerns no record")
        return cls(
            act=f"{about.act}_refused",
            record_kind=about.record_kind,
            record=about.record,
            study_id=about.study_id,
            site_id=about.site_id,
            zone=about.zone,
            new={"refusal": refusal.name, "sentence": refusal.sentence},
            secret={"trace": refusal.trace, "candidates": refusal.candidates or {}},
        )
