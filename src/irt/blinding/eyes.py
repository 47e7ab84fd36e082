"""Whose eyes a question is asked with: the studies they reach, and those in which they may see treatment."""

from dataclasses import dataclass

from irt.blinding.actor import Actor
from irt.blinding.roles import UNBLINDED_ROLES, Role


@dataclass(frozen=True, slots=True)
class Eyes:
    """Studies by id; None: every study of the installation."""

    studies: frozenset[int] | None
    unblinded: frozenset[int] | None = frozenset()

    @property
    def blinded(self) -> bool:
        """Whether they see treatment nowhere."""
        return self.unblinded == frozenset()


def blinded_eyes(actor: Actor) -> Eyes:
    """A person on a page for everybody: blinded, whatever else they may see elsewhere."""
    return Eyes(_studies(actor, frozenset(grant.role for grant in actor.grants)))


def open_eyes(actor: Actor) -> Eyes:
    """A person on a page for unblinded people: open in the studies where they are one, and nowhere else."""
    return Eyes(blinded_eyes(actor).studies, _studies(actor, UNBLINDED_ROLES))


def case_eyes(actor: Actor) -> Eyes:
    """A person on a page of safety cases or of the whole log: open also where they are of the safety desk."""
    return Eyes(blinded_eyes(actor).studies, _studies(actor, UNBLINDED_ROLES | {Role.SAFETY}))


def _studies(actor: Actor, roles: frozenset[object]) -> frozenset[int] | None:
    found = {grant.study_id for grant in actor.grants if grant.role in roles}
    return None if None in found else frozenset(study for study in found if study is not None)
