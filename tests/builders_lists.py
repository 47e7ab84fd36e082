"""Trials whose subjects take the positions of an approved list."""

from typing import Any

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.randomization.lists.read_list import read_list
from irt.services.approvals import DecideApproval, decide_approval
from irt.services.load_randomization_list import (
    LoadRandomizationList,
    RandomizationListLoaded,
    load_randomization_list,
)
from irt.services.randomization_lists import AskRandomizationList, ask_randomization_list
from irt.services.store import Store
from irt.states.records import Mode
from irt.tables.secret import ApprovalMatter
from tests.builders_designs import DesignedTrial, a_study, without_stock
from tests.cast import signing

LISTED = {"method": "listed", "params": {"block_sizes": [2, 4]}, "strata": ["ldl"], "positions": 6}
FIRST, SECOND = (Actor(id_, name, (Grant(Role.UNBLINDED_STATISTICIAN),)) for id_, name in ((1, "Stan"), (2, "Una")))


def a_listed_trial(store: Store, **plan: Any) -> DesignedTrial:
    """Two active sites and no list yet."""
    return without_stock(store, a_study({**LISTED, **plan}))


def asked(trial: DesignedTrial, **changes: Any) -> int:
    """The first statistician asks for approval; its id."""
    facts = {"study_id": trial.study_id, "mode": Mode.PRODUCTION, **changes}
    approval = trial.do(FIRST, ask_randomization_list, AskRandomizationList(**facts))
    return int(approval.approval_id)


def matter(trial: DesignedTrial, approval_id: int) -> dict[str, Any]:
    """What is to be approved, as the second person reads it."""
    content: dict[str, Any] = trial.rows(ApprovalMatter, approval_id=approval_id)[0]["content"]
    return content


def decided(
    trial: DesignedTrial, approval_id: int, record_hash: str, granted: bool = True, who: Actor = SECOND
) -> None:
    """The second statistician decides and signs."""
    decision = DecideApproval(
        approval_id=approval_id,
        granted=granted,
        record_hash=record_hash,
        reason=None if granted else "The strata are wrong.",
        signing=signing(),
    )
    trial.do(who, decide_approval, decision)


def loading(trial: DesignedTrial, approval_id: int) -> LoadRandomizationList:
    """The loading of what was approved."""
    return LoadRandomizationList(study_id=trial.study_id, approval_id=approval_id)


def loaded(trial: DesignedTrial, **changes: Any) -> RandomizationListLoaded:
    """A list asked for, approved by another person, and loaded."""
    approval_id = asked(trial, **changes)
    decided(trial, approval_id, sha_of(matter(trial, approval_id)["csv"]))
    done: RandomizationListLoaded = trial.do(FIRST, load_randomization_list, loading(trial, approval_id))
    return done


def sha_of(csv: str) -> str:
    """The hash of a list's text."""
    return read_list(csv).sha256
