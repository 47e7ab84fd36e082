"""Label masters: a text, its proof, another person's signature; versions follow each other and stay as written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from irt.audit.sentences import sentence
from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.services.label_masters import (
    DecideLabelMaster,
    LabelMasterWritten,
    LabelNotWhole,
    LabelTellsTooMuch,
    OwnLabelMaster,
    ProofLabelMaster,
    ProofOutOfDate,
    WriteLabelMaster,
    decide_label_master,
    proof_label_master,
    write_label_master,
)
from irt.services.store import Store
from irt.states.label_master import LabelMasterStatus
from irt.states.table import TransitionRefused
from irt.tables.columns import table_of
from irt.tables.label import LabelMaster, LabelMasterStep
from irt.tables.record import AuditEntry, Signature
from tests.builders_supply import SupplyHouse, a_house, with_kits
from tests.cast import signing
from tests.irt.labels.builders import WHOLE


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SupplyHouse]:
    """A blinded study with kits of two arms in one blinding group."""
    with a_house(with_kits, tmp_path) as made:
        yield made


def written(house: SupplyHouse, **changes: Any) -> LabelMasterWritten:
    """The next version for the Dutch, in their language."""
    facts = {"study_id": house.study_id, "country": "NL", "language": "nl", "blinding_group": "PEN"}
    ask = WriteLabelMaster.model_validate({**facts, "particulars": WHOLE, **changes})
    return house.do(Role.SUPPLY_MANAGER, write_label_master, ask)


def proofed(house: SupplyHouse, of: LabelMasterWritten) -> str:
    """Its proof is drawn; the hash."""
    ask = ProofLabelMaster(study_id=house.study_id, number=of.number, version=of.version)
    return house.do(Role.SUPPLY_MANAGER, proof_label_master, ask).proof_hash


def decided(
    house: SupplyHouse, of: LabelMasterWritten, who: Role | Actor = Role.QUALITY, reason: str | None = None
) -> LabelMasterStatus:
    """Somebody signs it, or refuses it with a reason."""
    facts = {"study_id": house.study_id, "number": of.number, "version": of.version, "granted": reason is None}
    ask = DecideLabelMaster(**facts, reason=reason, signing=signing())
    return house.do(who, decide_label_master, ask).status


def standing(house: SupplyHouse) -> list[str]:
    """Where each version stands, in order of writing."""
    latest = {step["label_master_id"]: step["status"] for step in house.rows(LabelMasterStep)}
    return [latest[row["id"]] for row in house.rows(LabelMaster)]


def test_from_the_text_to_the_next_version(store: Store) -> None:
    """On both databases: approved by another person; the next one supersedes it when it is approved, not before."""
    house = SupplyHouse.of(store)
    first = written(house)
    assert (first.number, first.version, first.problems) == ("LM-001", 1, [])
    proofed(house, first)
    assert decided(house, first) == LabelMasterStatus.APPROVED
    second = written(house, particulars={**WHOLE, "storage": "Keep in a refrigerator"})
    assert (second.number, second.version) == ("LM-001", 2)
    assert standing(house) == ["approved", "draft"]
    proofed(house, second)
    decided(house, second)
    assert standing(house) == ["superseded", "approved"]
    assert written(house, language="en").number == "LM-002"
    told = ("act", "record_kind", "record", "old", "new", "reason")
    lines = [row for row in house.rows(AuditEntry) if row["act"].startswith("label_")]
    assert [sentence(person="Quinn", **{name: row[name] for name in told}) for row in lines][:3] == [
        "Quinn wrote label master LM-001, version 1: NL, nl.",
        "Quinn drew the proof of label master LM-001, version 1.",
        "Quinn approved label master LM-001, version 1.",
    ]
    masters = table_of(LabelMaster)
    with pytest.raises(DatabaseError, match="stay as they were written"), store.writing() as connection:
        connection.execute(update(masters).values(language="fr"))


def test_what_is_missing_is_named_and_gets_no_proof(house: SupplyHouse) -> None:
    """A draft may lack something; the proof may not."""
    lacking = {code: said for code, said in WHOLE.items() if code != "use_by"}
    draft = written(house, particulars=lacking)
    assert draft.problems == ["Period of use is missing (Regulation (EU) 536/2014, Annex VI A.1 (1)(k))."]
    with pytest.raises(LabelNotWhole, match="Period of use is missing"):
        proofed(house, draft)
    long = written(house, particulars={**WHOLE, "directions": "Take one pen. " * 80})
    assert "a label holds 23" in long.problems[0]
    assert standing(house) == ["superseded", "draft"]
    with pytest.raises(TransitionRefused):
        decided(house, long)


def test_nobody_approves_their_own_label(house: SupplyHouse) -> None:
    """Under another role neither; a supply manager not at all; nor is it signed before its proof."""
    draft = written(house)
    proofed(house, draft)
    author = house.actor(Role.SUPPLY_MANAGER)
    as_quality = Actor(author.account_id, "author", house.actor(Role.QUALITY).grants)
    with pytest.raises(OwnLabelMaster):
        decided(house, draft, as_quality)
    for role in (Role.SUPPLY_MANAGER, Role.SUPPLY_PLANNER, Role.DEPOT):
        with pytest.raises(NotAllowed):
            decided(house, draft, role)
    assert [row for row in house.rows(Signature) if row["record_kind"] == "label master"] == []


def test_a_refused_proof_stays_refused(house: SupplyHouse) -> None:
    """With its reason; the next version starts again."""
    draft = written(house)
    proofed(house, draft)
    with pytest.raises(BadInput, match="reason"):
        decided(house, draft, reason=" ")
    assert decided(house, draft, reason="The telephone number is wrong") == LabelMasterStatus.REJECTED
    with pytest.raises(TransitionRefused):
        decided(house, draft)
    assert written(house).version == 2
    assert standing(house) == ["rejected", "draft"]


def test_a_label_tells_no_arm(house: SupplyHouse) -> None:
    """Neither a kit type nor a bulk lot, in no place and no letter case; the refusal says the same for each."""
    said = set()
    for word in ("PEN-A", "pen-p", "a1"):
        with pytest.raises(LabelTellsTooMuch) as refused:
            written(house, particulars={**WHOLE, "product": f"Lumirex ({word}) or placebo"})
        said.add(refused.value.sentence)
    assert len(said) == 1
    with pytest.raises(LabelTellsTooMuch):
        written(house, omitted={"children": "Kits of PEN-A stay in hospital"})
    assert house.rows(LabelMaster) == []


def test_where_and_for_what(house: SupplyHouse) -> None:
    """A country and a blinding group of the study, a language as its two letters."""
    for changes in ({"country": "XX"}, {"blinding_group": "PEN-A"}):
        with pytest.raises(BadInput, match="of this study"):
            written(house, **changes)
    with pytest.raises(BadInput, match="not a language"):
        written(house, language="Dutch")
    with pytest.raises(BadInput, match="cannot be printed"):
        written(house, particulars={**WHOLE, "storage": "Cold\x07"})


def test_a_study_that_changed_needs_another_proof(house: SupplyHouse) -> None:
    """What is signed is what is printed: an amended telephone number is on the label."""
    draft = written(house)
    proofed(house, draft)
    identity = house.definition.study.model_copy(update={"help_phone": "+31 20 555 0000"})
    house.amend(house.definition.model_copy(update={"study": identity}))
    with pytest.raises(ProofOutOfDate):
        decided(house, draft)
    assert standing(house) == ["proof"]
