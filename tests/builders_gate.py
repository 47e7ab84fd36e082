"""A small blinded study that asks for a go-live gate, and gates of it as people hand them in."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.reads.gates import GateLine, gate_line, release
from irt.reads.unblinded_gates import gate_matter, gate_shown
from irt.services.define_gate import DefineGate, define_gate
from irt.services.gate_runs import StartGateRun, gate_run_asked, open_gate_run
from irt.services.keep_gate import GateRecordKept, KeepGateRecord, ScenarioResults, keep_gate_record
from irt.services.propose_changes import ProposeLane, ProposeSite
from irt.services.propose_imports import ProposeImportLicence, ProposeShipper
from irt.services.propose_levels import ProposeLevels
from irt.services.propose_stop import ProposeStop
from irt.services.propose_ways import ProposeWay
from irt.services.sign_gate import GateSigned, SignGate, sign_gate
from irt.services.store import Store
from irt.states.gate import GateVerdict
from irt.study.definition import StudyDefinition
from irt.study.kit_types import Windows
from irt.study.network import ImportLicence, Lane, Shipper
from irt.study.network import Site as ASite
from irt.study.planning import Way
from irt.study.resupply import MinMax, Resupply
from simulation.run.run import Means
from simulation.spec.small_study import SmallCountry, SmallKitType, SmallStudy
from tests.builders_supply import SupplyHouse
from tests.cast import signing
from web.gates.asking import gate_run_to_start, gate_to_define
from web.gates.run import GateBench, work_out_gate

SCENARIO = """
name: steady
study: version
horizon_days: 60
enrolment: {screened_per_site_month: 4}
supply:
  lots:
    - {lot: A1, kit_type: A, depot: C0, kits: 200, expiry_day: 400}
    - {lot: P1, kit_type: P, depot: C0, kits: 200, expiry_day: 400}
"""
AGREEMENT = """
name: opening
title: Two months at four sites
scenarios: [steady.yaml]
looks: [20, 40]
seed: 7
limits:
  - {name: any visit missed, figure: any, measure: missed, below: 0.9}
"""


@cache
def the_gated_study() -> StudyDefinition:
    """Two arms, a kit each, one depot, four sites; sites open in production with a signed gate only."""
    windows = Windows(dnd_days=7, dnc_days=7, dns_days=7)
    level = MinMax(minimum=6, maximum=12)
    small = SmallStudy(
        blinded=True,
        arms={"A": 1, "P": 1},
        kit_types=tuple(SmallKitType(code=code, windows=windows) for code in ("A", "P")),
        countries=(SmallCountry(code="GB", sites=4),),
        lead_time_days=2,
        resupply=Resupply(seeding={"A": 6, "P": 6}, study={"A": level, "P": level}),
    )
    return small.definition()


def the_gated_house(store: Store) -> SupplyHouse:
    """The study, loaded in production, its version approved."""
    return SupplyHouse.of(store, the_gated_study(), size="full")


def manager(house: SupplyHouse) -> Actor:
    """Who defines and runs."""
    return house.actor(Role.SUPPLY_MANAGER)


def quality(house: SupplyHouse) -> Actor:
    """Who signs."""
    return house.actor(Role.QUALITY)


def noon(house: SupplyHouse) -> datetime:
    """Of the house's day."""
    return datetime.combine(house.day, time(12), UTC)


def a_gate(
    house: SupplyHouse, agreement: str = AGREEMENT, scenarios: Mapping[str, str] | None = None, version: int = 1
) -> int:
    """A gate's number."""
    with house.store.reading() as connection:
        texts = scenarios or {"steady.yaml": SCENARIO}
        ask = gate_to_define(connection, house.study_id, agreement, texts, "before we open", version)
    return house.do(manager(house), define_gate, ask).gate


def a_run_of(house: SupplyHouse, gate: int) -> GateRecordKept:
    """A run of the gate, carried out here to its end."""
    started = house.do(manager(house), open_gate_run, gate_run_to_start(house.study_id, gate))
    with house.store.reading() as connection:
        run = gate_run_asked(connection, house.study_id, gate, started.run)
    assert run is not None
    return work_out_gate(bench(house, f"run:{gate}:{started.run}"), run)


def bench(house: SupplyHouse, key: str, tell: Callable[[int, int], None] = lambda done, of: None) -> GateBench:
    """Where runs are worked on by this process itself."""
    return GateBench(house.store, manager(house), lambda: noon(house), key, Means(), tell)


def handed_in(house: SupplyHouse, **changes: Any) -> DefineGate:
    """A gate whose scenario nobody reads, for what services do with any."""
    with house.store.reading() as connection:
        matter = gate_matter(connection, house.study_id)
    facts = {
        "study_id": house.study_id,
        "version": matter.version,
        "name": "opening",
        "agreement": "at most one miss of A",
        "scenarios": [{"file": "steady.yaml", "name": "steady", "text": "study: version", "hash": "s"}],
        "looks": [20, 40],
        "identity": "i",
        "version_hash": matter.version_hash,
        "configuration": matter.configuration.plain(),
        "configuration_hash": matter.configuration.hash,
        "reason": "before we open",
    }
    return DefineGate.model_validate(facts | changes)


def a_run_open(house: SupplyHouse, gate: int) -> int:
    """The number of a run that somebody carries out by command."""
    ask = StartGateRun(study_id=house.study_id, gate=gate, engine="reference", software="abacus 1")
    return house.do(manager(house), open_gate_run, ask).run


def a_record(house: SupplyHouse, gate: int, run: int, verdict: GateVerdict = GateVerdict.PASS) -> KeepGateRecord:
    """What comes of a run, as somebody who carried it out would hand it in."""
    with house.store.reading() as connection:
        shown = gate_shown(connection, house.study_id, gate)
    table = b"forty rows"
    digest = hashlib.sha256(table).hexdigest()
    told = {
        "gate_id": shown.identity,
        "version_hash": shown.version_hash,
        "configuration_hash": shown.configuration_hash,
        "engine": "reference",
        "software": "abacus 1",
        "release": release(),
        "verdict": verdict,
        "scenarios": [{"scenario": "steady", "replications": 40, "results_sha256": digest}],
    }
    results = [ScenarioResults(scenario="steady", replications=40, sha256=digest, content=table)]
    return KeepGateRecord(study_id=house.study_id, gate=gate, run=run, record=told, results=results)


def judged(house: SupplyHouse, verdict: GateVerdict = GateVerdict.PASS, **changes: Any) -> GateRecordKept:
    """A gate with a run of that verdict, invented."""
    gate = house.do(manager(house), define_gate, handed_in(house, **changes)).gate
    return house.do(manager(house), keep_gate_record, a_record(house, gate, a_run_open(house, gate), verdict))


def sign(house: SupplyHouse, kept: GateRecordKept, who: Actor | None = None) -> GateSigned:
    """The signature under a run's record."""
    ask = SignGate(study_id=house.study_id, gate=kept.gate, run=kept.run, hash=kept.hash, signing=signing())
    return house.do(who or quality(house), sign_gate, ask)


def gate_of(house: SupplyHouse, number: int) -> GateLine:
    """The gate as everybody sees it."""
    with house.store.reading() as connection:
        return gate_line(connection, house.study_id, number)


def changes_of_supply(house: SupplyHouse) -> dict[str, SQLModel]:
    """All that two people may decide of supply, each for a day to come where it has one."""
    day = house.day + timedelta(days=30)
    said = {"study_id": house.study_id, "reason": "as it happened"}
    since = {**said, "effective_from": day}
    lane = Lane(origin="C0", target="GB", lead_time_days=3)
    licence = ImportLicence(country="GB", number="I-1", valid_from=day, valid_until=day)
    return {
        "a level": ProposeLevels(**since, kit_type="A", minimum=6, maximum=13),
        "a level of one site": ProposeLevels(**since, kit_type="A", site="1001", minimum=2, maximum=3),
        "a slower lane": ProposeLane(**since, lane=lane),
        "a holiday": ProposeLane(**since, lane=lane.model_copy(update={"holidays": (day,)})),
        "a new site": ProposeSite(**said, site=ASite(number="1999", name="New", country="GB")),
        "a stop at a site": ProposeStop(**said, site="1002", stops_on=day),
        "its end": ProposeStop(**said, site="1002"),
        "a stop in a country": ProposeStop(**said, country="GB", stops_on=day),
        "a further way": ProposeWay(**since, way=Way(code="FAST", origin="C0", target="GB", lead_time_days=1)),
        "an import licence": ProposeImportLicence(**since, licence=licence),
        "a shipper": ProposeShipper(**since, shipper=Shipper(code="BOX", name="Box", hold_hours={"2-8C": 72})),
    }
