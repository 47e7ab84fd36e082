"""Go-live gates as services: defined, run, signed, overridden, void by any change; and what activation asks."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from irt.blinding.roles import Role
from irt.blinding.two_persons import SamePerson
from irt.errors import BadInput, IntegrityFault, NotAllowed, NotFound, Refusal
from irt.reads.gates import gates_of
from irt.reads.unblinded_gates import gate_matter, gate_results, gate_run_shown, gate_shown
from irt.services.activate_site import ChangeSite, change_site
from irt.services.adopt_version import AdoptVersion, adopt_version
from irt.services.define_gate import GateDefinedAlready, GateOfAnotherStudy, define_gate
from irt.services.gate_runs import (
    CancelGateRun,
    EndGateRun,
    GateRunEnded,
    GateRunUnderWay,
    StartGateRun,
    cancel_gate_run,
    end_gate_run,
    start_gate_run,
)
from irt.services.gates import GateVoid
from irt.services.keep_gate import GateRecordKept, keep_gate_record
from irt.services.override_gate import DAYS_MAX, OverrideGate, override_gate
from irt.services.propose_changes import ProposeSiteDetails
from irt.services.require_gate import GateMissing
from irt.services.sign_gate import AnotherRecord, GateNotPassed, GateSignedAlready, SignGate, sign_gate
from irt.services.sign_record import SigningRefused
from irt.services.store import Store
from irt.states.gate import GateStanding, GateVerdict
from irt.states.plan import RunStatus
from irt.states.records import JobKind, JobStatus, Mode, SiteEvent
from irt.tables.columns import table_of
from irt.tables.gate import GateSignature, GoLiveGate
from irt.tables.record import AuditEntry, Job
from irt.tables.secret import GateContent, GateRecord, GateResults, SecretAuditEntry
from irt.tables.study import Site, Study
from tests.builders_gate import (
    a_record,
    a_run_open,
    changes_of_supply,
    gate_of,
    handed_in,
    judged,
    manager,
    quality,
    sign,
    the_gated_house,
    the_gated_study,
)
from tests.builders_supply import SupplyHouse
from tests.builders_trial import Trial, the_trial_study
from tests.cast import signing


@pytest.fixture
def house(sqlite_store: Store) -> SupplyHouse:
    """The study that asks for a gate, approved; no site is open."""
    return the_gated_house(sqlite_store)


def open_site(house: SupplyHouse, site: str = "1001") -> None:
    """Somebody presses Activate."""
    house.do(Role.SUPPLY_MANAGER, change_site, ChangeSite(study_id=house.study_id, site=site))


def in_queue(house: SupplyHouse, gate: int) -> Any:
    """A run that waits for a worker."""
    ask = StartGateRun(study_id=house.study_id, gate=gate, engine="reference", software="abacus 1")
    return house.do(manager(house), start_gate_run, ask)


def test_a_gate_goes_from_its_agreement_to_an_open_site(store: Store) -> None:
    """Defined, run, signed by another person; what it says of kit types stands in secret rows alone."""
    house = the_gated_house(store)
    with pytest.raises(GateMissing, match="None was defined"):
        open_site(house)
    kept = judged(house)
    with pytest.raises(GateMissing, match="waits for a signature"):
        open_site(house)
    signed = sign(house, kept)
    assert gate_of(house, kept.gate).runs[0].signed_by == "quality"
    open_site(house)
    assert [row["status"] for row in house.rows(Site, number="1001")] == ["active"]
    assert not any("miss of A" in str(row) or kept.hash in str(row) for row in house.rows(AuditEntry))
    (told,) = (row["body"] for row in house.rows(SecretAuditEntry, act="gate_signed"))
    assert (signed.version, told["record_hash"]) == (1, kept.hash)
    with store.reading() as connection:
        shown = gate_run_shown(connection, house.study_id, kept.gate, kept.run)
        assert gate_results(connection, house.study_id, kept.gate, kept.run, "steady") == b"forty rows"
    assert (shown.record_hash, shown.line.verdict, shown.steps[0].done) == (kept.hash, GateVerdict.PASS, 40)
    for fixed in (GoLiveGate, GateSignature, GateContent, GateRecord, GateResults):
        with pytest.raises(IntegrityError), store.writing() as connection:
            connection.execute(update(table_of(fixed)).values(study_id=2))


def with_other_limits(house: SupplyHouse) -> None:
    """Another agreement for the same version."""
    house.do(manager(house), define_gate, handed_in(house, identity="j"))


def test_any_change_of_an_input_voids_it(house: SupplyHouse) -> None:
    """From the moment it is decided, signed or not; what nobody is supplied by voids nothing."""
    for what, ask in changes_of_supply(house).items():
        kept = judged(house, identity=what)
        assert gate_of(house, kept.gate).standing == GateStanding.UNSIGNED, what
        house.agree(ask)
        assert gate_of(house, kept.gate).standing == GateStanding.VOID, what
        with pytest.raises(GateVoid, match="is void"):
            sign(house, kept)
    kept = judged(house)
    house.agree(ProposeSiteDetails(study_id=house.study_id, site="1001", name="Other words", reason="spelling"))
    assert gate_of(house, kept.gate).standing == GateStanding.UNSIGNED
    with_other_limits(house)
    assert gate_of(house, kept.gate).standing == GateStanding.VOID


def test_what_was_decided_is_what_is_played(house: SupplyHouse) -> None:
    """The sites that there are, their stops and further ways stand in the study that a gate's scenarios play."""
    for what, ask in changes_of_supply(house).items():
        if what != "its end":
            house.agree(ask)
    with house.store.reading() as connection:
        played = gate_matter(connection, house.study_id).definition
    assert [site.number for site in played.sites] == ["1001", "1002", "1003", "1004", "1999"]
    assert (set(played.resupply.stops.sites), set(played.resupply.stops.countries)) == ({"1002"}, {"GB"})
    assert [way.code for way in played.resupply.planning.ways] == ["FAST"]


def test_a_void_gate_stands_before_no_patient(sqlite_store: Store) -> None:
    """An open site screens, randomizes, dispenses and is supplied as ever; only the next site does not open."""
    study = the_trial_study()
    asked = study.model_copy(update={"conduct": study.conduct.model_copy(update={"go_live_gate": True})})
    house = SupplyHouse.of(sqlite_store, asked)
    house.load()
    sign(house, judged(house))
    house.sites(2)
    house.resupply()
    house.carry()
    house.later(9)
    house.carry()
    with_other_limits(house)
    with pytest.raises(GateMissing):
        open_site(house, "1003")
    trial = Trial(sqlite_store, house.study_id, asked, house.day, house.keys)
    _, kits = trial.treated("1001")
    assert kits
    for event in (SiteEvent.HOLD, SiteEvent.RESUME):
        house.do(Role.SUPPLY_MANAGER, change_site, ChangeSite(study_id=house.study_id, site="1001", event=event))
    house.later(1)
    assert house.resupply().sites_considered == 2


def test_a_release_that_is_not_the_one_that_ran_voids_it(
    house: SupplyHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules that run in production are those that were proved."""
    kept = judged(house)
    sign(house, kept)
    monkeypatch.setattr("irt.reads.gates.version", lambda _: "9.9")
    assert gate_of(house, kept.gate).standing == GateStanding.VOID
    with pytest.raises(GateMissing, match=r"9\.9 is installed"):
        open_site(house)


def test_another_version_needs_its_own(house: SupplyHouse) -> None:
    """An amendment is adopted at an open site with a signed gate of its own."""
    sign(house, judged(house))
    open_site(house)
    study = the_gated_study()
    house.amend(study.model_copy(update={"study": study.study.model_copy(update={"title": "Amended"})}))
    ask = AdoptVersion(study_id=house.study_id, site="1001", version=2, reason="approved")
    with pytest.raises(GateMissing, match="Version 2"):
        house.do(Role.SUPPLY_MANAGER, adopt_version, ask)
    kept = judged(house)
    sign(house, kept)
    assert house.do(Role.SUPPLY_MANAGER, adopt_version, ask).version == 2
    assert [gate_of(house, number).version for number in (1, 2)] == [1, 2]


@pytest.mark.parametrize("verdict", [GateVerdict.FAIL, GateVerdict.INCONCLUSIVE])
def test_only_a_pass_is_signed(house: SupplyHouse, verdict: GateVerdict) -> None:
    """Nothing passes by default."""
    kept = judged(house, verdict)
    with pytest.raises(GateNotPassed):
        sign(house, kept)
    with pytest.raises(GateMissing):
        open_site(house)


def test_who_may_sign(house: SupplyHouse) -> None:
    """Neither who ran it, nor who may not know kit types, nor whose password is wrong; and once only."""
    kept = judged(house)
    both = house.actor(Role.SUPPLY_MANAGER, Role.QUALITY)
    with pytest.raises(SamePerson):
        sign(house, kept, both)
    for role in (Role.STUDY_TEAM, Role.SUPPLY_PLANNER, Role.SUPPLY_MANAGER):
        with pytest.raises(NotAllowed):
            sign(house, kept, house.actor(role))
    wrong = SignGate(study_id=house.study_id, gate=kept.gate, run=kept.run, hash=kept.hash, signing=signing("no"))
    with pytest.raises(SigningRefused):
        house.do(quality(house), sign_gate, wrong)
    with pytest.raises(AnotherRecord):
        sign(house, kept.model_copy(update={"hash": "another"}))
    sign(house, kept)
    with pytest.raises(GateSignedAlready):
        sign(house, kept)
    assert len(house.rows(GateSignature)) == 1


def test_two_signatures_at_one_moment(store: Store) -> None:
    """One stands, the other is told so."""
    house = the_gated_house(store)
    kept = judged(house)

    def press(_: int) -> str:
        try:
            return type(sign(house, kept)).__name__
        except Refusal as refusal:
            return refusal.name

    with ThreadPoolExecutor(2) as people:
        answers = sorted(people.map(press, range(2)))
    assert answers == ["GateSigned", "GateSignedAlready"]
    assert len(house.rows(GateSignature)) == 1


@pytest.mark.parametrize("role", [Role.SUPPLY_PLANNER, Role.QUALITY, Role.STATISTICIAN, Role.PHARMACIST])
def test_others_neither_define_nor_run(house: SupplyHouse, role: Role) -> None:
    """Blinded planners included: scenarios name kit types."""
    kept = judged(house)
    for service, ask in (
        (define_gate, handed_in(house, identity="j")),
        (start_gate_run, StartGateRun(study_id=house.study_id, gate=kept.gate, engine="e", software="s")),
        (cancel_gate_run, CancelGateRun(study_id=house.study_id, gate=kept.gate, run=kept.run)),
    ):
        with pytest.raises(NotAllowed):
            house.do(role, service, ask)


def test_what_changed_while_it_was_read_is_not_defined(house: SupplyHouse) -> None:
    """Nor what is there already, word for word; nor a version that nobody approved."""
    read = handed_in(house)
    house.agree(changes_of_supply(house)["a level"])
    with pytest.raises(GateOfAnotherStudy):
        house.do(manager(house), define_gate, read)
    house.do(manager(house), define_gate, handed_in(house))
    with pytest.raises(GateDefinedAlready):
        house.do(manager(house), define_gate, handed_in(house))
    with pytest.raises(Refusal, match="not approved"):
        house.do(manager(house), define_gate, handed_in(house, version=2))
    with pytest.raises(BadInput, match="reason"):
        house.do(manager(house), define_gate, handed_in(house, reason=" "))


def test_one_run_at_a_time(house: SupplyHouse) -> None:
    """A second start is refused while one waits or runs; cancelled while it waits, it is over at once."""
    gate = house.do(manager(house), define_gate, handed_in(house)).gate
    first = in_queue(house, gate)
    (job,) = house.rows(Job)
    assert (job["kind"], job["asked"]) == (JobKind.GATE, {"gate": gate, "run": first.run})
    with pytest.raises(GateRunUnderWay, match="Run 1"):
        in_queue(house, gate)
    assert gate_of(house, gate).standing == GateStanding.RUNNING
    cancel = CancelGateRun(study_id=house.study_id, gate=gate, run=first.run)
    assert house.do(manager(house), cancel_gate_run, cancel).status == RunStatus.CANCELLED
    with pytest.raises(GateRunEnded):
        house.do(manager(house), cancel_gate_run, cancel)
    assert in_queue(house, gate).run == 2
    with house.store.writing() as connection:
        connection.execute(update(table_of(Job)).values(status=JobStatus.FAILED))
    assert [run.status for run in gate_of(house, gate).runs] == [RunStatus.FAILED, RunStatus.CANCELLED]
    assert in_queue(house, gate).run == 3


def test_a_run_left_open_by_a_command_is_taken_up(house: SupplyHouse) -> None:
    """The same command goes on with it; a worker is told that it is under way."""
    gate = house.do(manager(house), define_gate, handed_in(house)).gate
    assert (a_run_open(house, gate), a_run_open(house, gate)) == (1, 1)
    with pytest.raises(GateRunUnderWay):
        in_queue(house, gate)
    words = "Kit type A is not there."
    ask = EndGateRun(study_id=house.study_id, gate=gate, run=1, words=words)
    assert house.do(manager(house), end_gate_run, ask).status == RunStatus.FAILED
    with house.store.reading() as connection:
        assert gate_run_shown(connection, house.study_id, gate, 1).words == words
    assert not any(words in str(row) for row in house.rows(AuditEntry))


@pytest.mark.parametrize("name", ["gate_id", "version_hash", "configuration_hash", "engine", "software", "release"])
def test_a_record_of_something_else_is_not_kept(house: SupplyHouse, name: str) -> None:
    """It is held against the gate and against its tables."""
    gate = house.do(manager(house), define_gate, handed_in(house)).gate
    ask = a_record(house, gate, a_run_open(house, gate))
    other = ask.model_copy(update={"record": {**ask.record, name: "another"}})
    with pytest.raises(IntegrityFault, match=name):
        house.do(manager(house), keep_gate_record, other)
    results = [ask.results[0].model_copy(update={"content": b"thirty-nine rows"})]
    with pytest.raises(IntegrityFault, match="tables"):
        house.do(manager(house), keep_gate_record, ask.model_copy(update={"results": results}))
    assert isinstance(house.do(manager(house), keep_gate_record, ask), GateRecordKept)


def test_an_override_opens_sites_until_its_day(house: SupplyHouse) -> None:
    """Signed by the sponsor's own people, who need not know kit types; for some days, and for one version."""
    facts = {"study_id": house.study_id, "version": 1, "reason": "a dose was unsafe", "signing": signing()}
    ask = OverrideGate(**facts, ends_on=house.day + timedelta(days=3))
    for role in (Role.SUPPLY_MANAGER, Role.SUPPLY_PLANNER, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            house.do(role, override_gate, ask)
    for days in (-1, DAYS_MAX + 1):
        late = OverrideGate(**facts, ends_on=house.day + timedelta(days=days))
        with pytest.raises(BadInput):
            house.do(Role.STUDY_TEAM, override_gate, late)
    house.do(Role.STUDY_TEAM, override_gate, ask)
    house.later(3)
    open_site(house)
    house.later(1)
    with pytest.raises(GateMissing):
        open_site(house, "1002")
    with house.store.reading() as connection:
        found = gates_of(connection, house.study_id)
    assert (found.asked, found.lines) == (True, ())
    assert [(each.version, each.reason) for each in found.overrides] == [(1, "a dose was unsafe")]


@pytest.mark.parametrize(("why", "opens"), [(None, False), (" ", False), ("Stock is bought", True)])
def test_production_asks_unless_the_file_says_why_not(sqlite_store: Store, why: str | None, opens: bool) -> None:
    """Nothing said is a gate asked for; so is a no without a reason."""
    study = the_gated_study()
    assert study.conduct.go_live_gate
    conduct = study.conduct.model_copy(update={"go_live_gate": False, "no_gate_because": why})
    house = SupplyHouse.of(sqlite_store, study.model_copy(update={"conduct": conduct}), size="full")
    with nullcontext() if opens else pytest.raises(GateMissing):
        open_site(house)


def test_a_copy_for_training_opens_as_ever(house: SupplyHouse) -> None:
    """Nothing there is real."""
    with house.store.writing() as connection:
        connection.execute(update(table_of(Study)).values(mode=Mode.TRAINING))
    open_site(house)


def test_unknown_numbers_are_not_found(house: SupplyHouse) -> None:
    """Of gates, runs and tables."""
    kept = judged(house)
    with pytest.raises(NotFound), house.store.reading() as connection:
        gate_shown(connection, house.study_id, 9)
    with pytest.raises(NotFound), house.store.reading() as connection:
        gate_run_shown(connection, house.study_id, kept.gate, 9)
    with pytest.raises(NotFound), house.store.reading() as connection:
        gate_results(connection, house.study_id, kept.gate, kept.run, "unsteady")
    with pytest.raises(NotFound):
        a_run_open(house, 9)
