"""Advice beside a plan, as services: apart from its job, answered once, for planners alone; on both databases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from irt.blinding.roles import Role
from irt.errors import IntegrityFault, NotAllowed, NotFound
from irt.reads.unblinded_advice import advice_lines, advice_of
from irt.services.store import Store
from irt.services.supply_advice import AskAdvice, KeepAdvice, ask_advice, keep_advice
from irt.states.plan import AdviceKind
from irt.states.records import JobKind
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry, Job
from irt.tables.secret import SecretAuditEntry, SupplyAdvice
from tests.builders_plan import a_leg, a_plan, planner, stocked
from tests.builders_supply import SupplyHouse, a_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """The lipid study with kits at its depot and two empty sites."""
    with a_house(stocked, tmp_path) as made:
        yield made


def question(house: SupplyHouse, plan: int, **changes: Any) -> AskAdvice:
    """What dearer journeys would change."""
    facts = {"kind": AdviceKind.WHAT_IF, "title": "What if: dear PEN-A", "asked": {"cases": []}}
    return AskAdvice.model_validate({"study_id": house.study_id, "plan": plan, **facts, **changes})


def test_a_question_goes_to_its_answer(store: Store) -> None:
    """Asked, found by its job, answered once; what is asked stands in secret rows alone."""
    house = SupplyHouse.of(store)
    stocked(house)
    plan = a_plan(house, [a_leg(house)])
    asked = house.do(planner(house), ask_advice, question(house, plan))
    (job,) = house.rows(Job)
    assert (job["id"], job["kind"], job["asked"]) == (asked.job_id, JobKind.ADVICE, {"advice": asked.advice})
    assert not any("PEN-A" in str(row) for row in house.rows(AuditEntry)[-1:])
    assert house.rows(SecretAuditEntry)[-1]["body"]["title"] == "What if: dear PEN-A"
    with store.reading() as connection:
        (line,) = advice_lines(connection, house.study_id)
        assert (line.number, line.plan, line.kind) == (asked.advice, plan, AdviceKind.WHAT_IF)
        assert advice_of(connection, house.study_id, asked.advice).result is None
    keep = KeepAdvice(study_id=house.study_id, advice=asked.advice, result={"cost": 1})
    house.do(planner(house), keep_advice, keep)
    with store.reading() as connection:
        assert advice_of(connection, house.study_id, asked.advice).result == {"cost": 1}
    with pytest.raises(IntegrityFault, match="is finished"):
        house.do(planner(house), keep_advice, keep)
    with pytest.raises(IntegrityError), store.writing() as connection:
        connection.execute(table_of(SupplyAdvice).update().values(result={}))


@pytest.mark.parametrize("role", [Role.SUPPLY_PLANNER, Role.PHARMACIST])
def test_others_may_none_of_it(house: SupplyHouse, role: Role) -> None:
    """Blinded planners included: advice names kit types."""
    plan = a_plan(house, [a_leg(house)])
    with pytest.raises(NotAllowed):
        house.do(role, ask_advice, question(house, plan))
    with pytest.raises(NotAllowed):
        house.do(role, keep_advice, KeepAdvice(study_id=house.study_id, advice=1, result={}))


def test_unknown_numbers_are_not_found(house: SupplyHouse) -> None:
    """Of plans and of advice."""
    with pytest.raises(NotFound):
        house.do(planner(house), ask_advice, question(house, 9))
    with pytest.raises(NotFound), house.store.reading() as connection:
        advice_of(connection, house.study_id, 9)
