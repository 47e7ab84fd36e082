"""A whole world: the trial runs, then everybody who is blinded looks at everything there is."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import text

from tests.blinding.crawl import PAGES_MAX, crawl, kind_of
from tests.blinding.evidence import Evidence
from tests.blinding.story import enrol, foresee, plan_ahead, press, prove, stock_items, supply, verify
from tests.blinding.story_of_change import (
    amend,
    change_network,
    destroy_kit,
    extend_lot,
    go_on_paper,
    lint,
    note_incident,
    practise_recall,
    unblind,
    warm_parcel,
    write_label,
)
from tests.blinding.variation import Variation
from tests.blinding.worlds import SITE_PEOPLE, STUDY_ROLES, OneWorld, world_in
from web.api.gate import SHOWS
from web.api.room import every_operation

NUMBERED = re.compile(r"\{(?:\w+_id|plan|run|advice|gate|forecast|twin|version|number):int\}")
"""A record that an address names by its id, or by a number counted from 1."""
NAMED = re.compile(r"\{(number|site|depot):str\}")
"""A record that an address names as people do."""
AMENDMENT = "/versions/{version:int}/impact"
"""Asked of the second version: the first changes nothing."""
THOROUGH = ("pharmacist.0",)
"""Who opens every page; the others open the first few of those that differ in a number only."""
ALIKE_MAX = 2
NEAR = {
    "ada": ("/accounts", "/accounts/3", "/invitations", "/sign-in-attempts"),
    "quality.all": (
        "/approvals",
        "/calendar",
        "/duties",
        "/studies/{study_id}/quality",
        "/studies/{study_id}/holds",
        "/studies/{study_id}/holds/H-0001",
        "/studies/{study_id}/excursions/X-0001",
        "/studies/{study_id}/destruction",
        "/studies/{study_id}/deviations",
        "/studies/{study_id}/release",
        "/studies/{study_id}/label-masters",
        "/studies/{study_id}/label-masters/LM-001",
        "/studies/{study_id}/label-masters/LM-001/proof",
    ),
}
"""People whose own pages are blinded ones, and what only they ask: they manage accounts, or decide on quality."""

UNBLINDED_PAGES = ("/fields",)
"""How addresses end that quality, who are unblinded, come to from blinded pages: the fields of a leak report."""


def run_world(variation: Variation, template: Path, folder: Path) -> Evidence:
    """The whole trial, then everything that blinded people can get at its end."""
    with world_in(variation, template, folder) as world, _listening() as lines:
        live(world)
        world.evidence.routes = sorted(world.routes)
        _look(world)
        world.evidence.keep_log(lines)
        world.evidence.keep_tables(world.store)
        world.keep_secrets()
        return world.evidence


def live_alone(variation: Variation, template: Path, folder: Path) -> Evidence:
    """The whole trial, and nobody looks: what the test alone may know of it."""
    with world_in(variation, template, folder) as world:
        live(world)
        world.keep_secrets()
        return world.evidence


def live(world: OneWorld) -> None:
    """The whole trial."""
    for act in (
        *(supply, plan_ahead, stock_items, verify, enrol, press, amend, change_network, practise_recall),
        *(
            warm_parcel,
            note_incident,
            extend_lot,
            write_label,
            destroy_kit,
            go_on_paper,
            unblind,
            foresee,
            prove,
            lint,
        ),
    ):
        act(world)


def _look(world: OneWorld) -> None:
    """Everybody who is blinded looks at everything."""
    doors = [route for route in world.evidence.routes if "{" not in route]
    people = [*(f"{role}.0" for role in SITE_PEOPLE), "pharmacist.1", *(f"{role}.all" for role in STUDY_ROLES)]
    for username in people:
        alike_max = PAGES_MAX if username in THOROUGH else ALIKE_MAX
        browser = world.signed_in(username)
        crawl(browser, username, world.evidence, doors, alike_max)
        ask_everything(world, username, alike_max)
    for username, paths in NEAR.items():
        crawl(world.signed_in(username), username, world.evidence, ["/"], ALIKE_MAX, UNBLINDED_PAGES)
        ask(world, username, [f"/api/v1{path}".replace("{study_id}", str(world.study_id)) for path in paths])


def ask_everything(world: OneWorld, username: str, alike_max: int) -> None:
    """Every question of the API about every study, site, subject, kit and shipment; every guarded command."""
    ask(world, username, questions(world, alike_max))
    order(world, username, guarded_commands())


def ask(world: OneWorld, username: str, addresses: Iterable[str]) -> None:
    """These questions of the API; each answer is kept. What was refused twice is not asked of every number."""
    system, refused = world.system(username), Counter[str]()
    world.wait(minutes=2)  # so that the API's limit on requests is no matter here
    for address in addresses:
        kind = kind_of(address)
        if refused[kind] >= ALIKE_MAX:
            continue
        answer = system.client.get(address, headers=system.header)
        world.evidence.keep(f"{username} API {address}", answer)
        refused[kind] += answer.status_code == HTTPStatus.FORBIDDEN
        if answer.status_code < 400:
            world.evidence.reached.add(address.partition("?")[0])


def order(world: OneWorld, username: str, addresses: Iterable[str]) -> None:
    """These commands of the API, each with an empty body; each answer is kept."""
    system = world.system(username)
    for address in addresses:
        headers = {**system.header, "Idempotency-Key": "two-worlds"}
        answer = system.client.post(address, json={"study_id": world.study_id}, headers=headers)
        world.evidence.keep(f"{username} API {address}", answer)


def guarded_commands() -> list[str]:
    """Addresses of the commands that only those may send who see more than blinded people."""
    guarded = [each for each in every_operation() if SHOWS in each.opt and "POST" in each.http_methods]
    return sorted(f"/api/v1{path}" for operation in guarded for path in operation.paths)


NOUNS = ("subject", "outage-pack", "kit", "shipment", "return", "depot", "vendor-interface", "controlled/site")
BY_CODE = {"depot": ["NLD"], "vendor-interface": ["NLD"], "controlled/site": ["1004"]}
"""What the API asks for by a code; the site is in the country where kits are controlled."""
ALSO_ASKED = {
    "/supply/order-preview": "?site=1001&blinding_group=PEN",
    "/time-machine": "?person=pharmacist.0",
}
"""What a question needs besides its address."""


def questions(world: OneWorld, alike_max: int) -> list[str]:
    """Addresses of the API's questions, with every number there is."""
    asked = []
    with world.store.reading() as connection:
        known = {
            noun: [str(row[0]) for row in connection.execute(text(f"SELECT number FROM {noun} ORDER BY number"))]
            for noun in ("subject", "kit", "shipment", "site", "outage_pack")
        } | BY_CODE
        known["outage-pack"] = known.pop("outage_pack")
        known["return"] = [number for number in known["shipment"] if number.startswith("R-")]
        known["shipment"] = [number for number in known["shipment"] if number.startswith("S-")]
    for path in world.routes:
        if path.startswith("/api/v1/studies"):
            address = path.replace("{study_id:int}", str(world.study_id))
            address = NUMBERED.sub("1", address.replace(AMENDMENT, "/versions/2/impact"))
            address = address.replace("{group:str}", "PEN").replace("{report:str}", "deviations")
            noun = next((each for each in NOUNS if f"{each}s/{{" in address), "site")
            also = next((more for end, more in ALSO_ASKED.items() if address.endswith(end)), "")
            for number in known[noun][:alike_max] if "{" in address else [""]:
                asked.append(NAMED.sub(number, address) + also)
    return asked


@contextmanager
def _listening() -> Iterator[list[str]]:
    """The lines that the program logs."""
    lines: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.name} {record.levelname} {record.getMessage()}")

    ear, logger = Ear(), logging.getLogger("irt")
    level = logger.level
    logger.addHandler(ear)
    logger.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        logger.setLevel(level)
        logger.removeHandler(ear)
