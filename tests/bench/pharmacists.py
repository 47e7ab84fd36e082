"""Sixteen pharmacists at once over HTTP on one uvicorn, beside the health page asked by as many."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr
from sqlalchemy import text

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission, Role
from irt.commands.study_files import read_study
from irt.enrolment.demo import Demo, run_demo
from irt.enrolment.staff import acting
from irt.services.accounts import CreateAccount, create_account
from irt.services.bootstrap import system_actor
from irt.services.grant_role import GrantRole, grant_role
from irt.services.issue_token import IssueToken, issue_token
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.study.resupply import MinMax as Level
from irt.supply.resupply import MinMax
from tests.bench.figures import Figure
from tests.bench.stores import SEAL_KEY

PHARMACISTS = 16
SUBJECTS_EACH = 10
SCOPES = [Permission.SCREEN, Permission.RANDOMIZE, Permission.DISPENSE]
CREATED = 201
TIMES_HEALTH = 50
WAIT_MAX_SECONDS = 1.0


@dataclass(frozen=True)
class Desk:
    """One pharmacist's site and token."""

    site: str
    token: str


def pharmacists(name: str, store: Store) -> list[Figure]:
    """Latency of commands by sixteen at once, and of the health page by sixteen at once, on the same server."""
    study_id, desks = _open_desks(store)
    today = datetime.now(UTC).date()
    with _server(store) as address:
        health = _together(lambda _: _ask_health(address))
        commands = _together(lambda number: _work(address, study_id, desks[number], today.isoformat()))
    ours, theirs = _percentile(commands, 95), _percentile(health, 95)
    return [
        Figure(
            f"{len(commands)} commands by {PHARMACISTS} pharmacists over HTTP, p95, {name}",
            f"{ours * 1000:.0f} ms (median {_percentile(commands, 50) * 1000:.0f} ms)",
            f"{theirs * 1000:.1f} ms for the health page, p95",
            f"below {TIMES_HEALTH} times",
            ours < TIMES_HEALTH * theirs,
        ),
        Figure(
            f"longest wait, {name}",
            f"{max(commands):.2f} s",
            f"{max(health):.3f} s for the health page",
            "no wait above 1 s" if store.is_sqlite else "",
            max(commands) <= WAIT_MAX_SECONDS if store.is_sqlite else None,
        ),
    ]


def _open_desks(store: Store) -> tuple[int, list[Desk]]:
    """A blinded study without orders and run-in, sixteen stocked sites, and a pharmacist with a token at each."""
    definition = read_study("fourier")
    levels = {kit_type.code: Level(minimum=60, maximum=80) for kit_type in definition.kit_types}
    definition = definition.model_copy(
        update={
            "screening": definition.screening.model_copy(update={"run_in_days": 0}),
            "conduct": definition.conduct.model_copy(update={"order_required": False}),
            "resupply": definition.resupply.model_copy(update={"study": levels, "countries": {}, "sites": {}}),
        }
    )
    now = datetime.now(UTC)
    demo = Demo(definition, PHARMACISTS * 2, now - timedelta(hours=1), MinMax(), PHARMACISTS)
    study_id, sites, _ = run_demo(store, demo, lambda done, words: None)
    with store.reading() as connection:
        administrator = system_actor(connection, Role.ADMINISTRATOR)
    return study_id, [_desk(store, administrator, study_id, site, now) for site in sites[:PHARMACISTS]]


def _desk(store: Store, administrator: Actor, study_id: int, site: str, now: datetime) -> Desk:
    with store.reading() as connection:
        find = text("SELECT id FROM site WHERE study_id = :study_id AND number = :number")
        site_id = connection.execute(find, {"study_id": study_id, "number": site}).scalar_one()
    person = CreateAccount(
        username=f"desk.{site}", printed_name=f"Desk {site}", password=SecretStr("set by the office"), trained=True
    )
    made = perform(store, administrator, now, create_account, person, f"desk {site}")
    grant = GrantRole(
        account_id=made.account_id, role=Role.PHARMACIST, study_id=study_id, site_id=site_id, reason="desk"
    )
    perform(store, administrator, now, grant_role, grant, f"grant {site}")
    ask = IssueToken(scopes=SCOPES, expires_at=now + timedelta(days=1))
    pharmacist = acting(made.account_id, person.printed_name, Role.PHARMACIST)
    issued = perform(store, pharmacist, now, issue_token, ask, f"token {site}")
    if issued.token is None:
        raise RuntimeError("no token was told")
    return Desk(site, issued.token.get_secret_value())


@contextmanager
def _server(store: Store) -> Iterator[str]:
    """One uvicorn in a process of its own, on this machine only."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = store.url.set(drivername=store.url.get_backend_name()).render_as_string(hide_password=False)
    irt = str(Path(sys.executable).parent / "irt")
    process = subprocess.Popen(
        [irt, "serve", "--plain-http", "--port", str(port), "--database", url],
        env={**os.environ, "IRT_SEAL_KEY": SEAL_KEY.decode()},
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"{address}/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _together(work: Callable[[int], list[float]]) -> list[float]:
    """What sixteen threads measured; the first fault of any of them is raised."""
    measured: list[float] = []
    faults: list[BaseException] = []

    def run(number: int) -> None:
        try:
            measured.extend(work(number))
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(PHARMACISTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return measured


def _ask_health(address: str) -> list[float]:
    with httpx.Client(base_url=address) as client:
        return [_timed(lambda: client.get("/health").raise_for_status()) for _ in range(40)]


def _work(address: str, study_id: int, desk: Desk, today: str) -> list[float]:
    """Screens, randomizes, assigns and hands over for each subject; every answer must be a success."""
    waits: list[float] = []
    with httpx.Client(base_url=f"{address}/api/v1", timeout=30) as client:
        client.headers["Authorization"] = f"Bearer {desk.token}"

        def command(path: str, number: int, **ask: object) -> dict[str, object]:
            key = f"{desk.site}-{number}-{path.replace('/', '.')}"
            answers: list[httpx.Response] = []
            body = {"study_id": study_id, **ask}
            waits.append(
                _timed(lambda: answers.append(client.post(path, json=body, headers={"Idempotency-Key": key})))
            )
            if answers[0].status_code not in (200, CREATED):
                raise RuntimeError(f"{path}: {answers[0].status_code} {answers[0].text}")
            found: dict[str, object] = answers[0].json()
            return found

        for number in range(SUBJECTS_EACH):
            subject = command("/subjects/screen", number, site=desk.site, on_day=today)["subject"]
            command(
                "/subjects/randomize",
                number,
                subject=subject,
                levels={"ldl": ("LT85", "GE85")[number % 2]},
                dose_level="Q2W",
                on_day=today,
            )
            assigned = command("/dispensings/assign", number, subject=subject, visit="D1", on_day=today)
            kits = assigned["kits"]
            scanned = [kit["number"] for kit in kits] if isinstance(kits, list) else []
            command("/dispensings/hand-over", number, dispensing_id=assigned["dispensing_id"], scanned=scanned)
    return waits


def _timed(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
