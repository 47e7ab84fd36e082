"""`irt simulate gate STUDY`: a gate of a study on a live database, kept with its run as on the pages."""

from collections.abc import Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.commands import clock
from irt.commands.named import mode_of
from irt.commands.options import open_store
from irt.commands.session import installation, new_key, signed_in
from irt.errors import BadInput
from irt.reads.gates import gate_of_version
from irt.reads.named import study_named
from irt.reads.unblinded_gates import gate_matter, gate_run_shown
from irt.services.define_gate import DefineGate, GateDefinedAlready, define_gate
from irt.services.gate_runs import GateRunOpen, gate_run_asked, open_gate_run
from irt.services.store import Store
from irt.services.unit_of_work import perform
from simulation.gate.reading import parse_gate
from simulation.replication import EngineName
from simulation.run.executor import Progress, Watch
from simulation.run.run import Means
from web.commands.simulate_options import watched
from web.gates.asking import gate_run_to_start, gate_to_define
from web.gates.courses import keep_courses
from web.gates.run import GateBench, work_out_gate

TOLD_TO_ALL = (
    "format", "protocol", "mode", "version", "gate", "gate_id", "version_hash", "verdict",
    "false_pass", "false_fail", "engine", "software", "release",
)  # fmt: skip
"""What a record tells whoever is not known to know kit types."""


@dataclass(frozen=True, slots=True)
class LiveGate:
    """A study by its protocol number, the gate's file where it is to be defined, and who runs it."""

    protocol: str
    mode: str | None
    version: int | None
    file: Path | None
    reason: str
    engine: EngineName
    means: Means
    acting: str | None
    code: str | None
    database_url: str


@dataclass(frozen=True, slots=True)
class _Desk:
    store: Store
    actor: Actor
    study_id: int


def hold_live(asked: LiveGate) -> dict[str, Any]:
    """Defines the gate where a file is given, runs it here, and gives its record with number, run and hash.

    Raises: Stopped.
    """
    with closing(open_store(asked.database_url)) as store:
        with store.reading() as connection:
            found = study_named(connection, asked.protocol, mode_of(asked.mode))
        who = nullcontext() if asked.acting is None else signed_in(store, asked.acting, asked.code)
        with who as person:
            actor = installation(store, Role.SUPPLY_MANAGER) if person is None else person.actor
            desk = _Desk(store, actor, found.id)
            with store.reading() as connection:
                matter = gate_matter(connection, found.id, asked.version)
            number = _gate(desk, asked, matter.version)
            told = _run(desk, asked, number)
        return told if person is not None or not matter.definition.blinded else _blinded(told)


def _gate(desk: _Desk, asked: LiveGate, version: int) -> int:
    """The number of the gate to run: that of the file, defined now if it is another; the newest without one."""
    if asked.file is not None:
        with desk.store.reading() as connection:
            texts = scenario_texts(asked.file)
            agreement = asked.file.read_text(encoding="utf-8")
            ask = gate_to_define(connection, desk.study_id, agreement, texts, asked.reason, version)
        return _defined(desk, ask)
    with desk.store.reading() as connection:
        line = gate_of_version(connection, desk.study_id, version)
    if line is None:
        raise BadInput(f"Version {version} has no go-live gate. Nothing was run. Define one with --file.")
    return line.number


def _defined(desk: _Desk, ask: DefineGate) -> int:
    try:
        return perform(desk.store, desk.actor, clock.now(), define_gate, ask, new_key(desk.store)).gate
    except GateDefinedAlready as known:
        return known.number


def scenario_texts(file: Path) -> dict[str, str]:
    """The texts of the scenarios that a gate's file names, from its folder; BadInput where one is not there."""
    try:
        agreement = parse_gate(file.read_text(encoding="utf-8"), str(file))
        return {name: (file.parent / name).read_text(encoding="utf-8") for name in agreement.scenarios}
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInput(f"{file}: {getattr(fault, 'strerror', None) or fault}. Nothing was defined.") from None


def _run(desk: _Desk, asked: LiveGate, gate: int) -> dict[str, Any]:
    key = new_key(desk.store)
    start = gate_run_to_start(desk.study_id, gate, asked.engine)
    opened = perform(desk.store, desk.actor, clock.now(), open_gate_run, start, key)
    with desk.store.reading() as connection:
        run = gate_run_asked(connection, desk.study_id, gate, opened.run)
    if run is None:
        raise BadInput(f"Run {opened.run} of gate {gate} has ended already. Nothing was run.")
    kept = _watched_run(desk, asked, run, key)
    with desk.store.reading() as connection:
        record = gate_run_shown(connection, desk.study_id, gate, run.number).record
    return {**(record or {}), "run": run.number, "record_hash": kept}


def _watched_run(desk: _Desk, asked: LiveGate, run: GateRunOpen, key: str) -> str:
    """The record's hash, with courses beside it; a bar on standard error meanwhile."""
    with watched(f"Holding gate {run.gate}", 1) as watch:
        kept = work_out_gate(_bench(desk, asked, key, watch), run).hash
    with watched("Playing some again for the plots", 1) as watch:
        keep_courses(_bench(desk, asked, key, watch), run)
    return kept


def _bench(desk: _Desk, asked: LiveGate, key: str, watch: Watch) -> GateBench:
    def tell(done: int, of: int) -> None:
        watch(Progress(done, of))

    return GateBench(desk.store, desk.actor, clock.now, key, asked.means, tell)


def _blinded(told: Mapping[str, Any]) -> dict[str, Any]:
    """Nobody signed in: verdicts and hashes, and no line."""
    replications = sum(each["replications"] for each in told["scenarios"])
    facts = {name: told[name] for name in (*TOLD_TO_ALL, "run", "record_hash")}
    return facts | {"replications": replications}
