"""What changes while the trial runs: an amendment, a site that goes on, the network; a drill; a failed logger."""

import json
from base64 import b64encode
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from irt.blinding.roles import Role
from irt.services.assess_case import AssessCase, assess_case
from irt.services.change_expiry import ChangeExpiry, change_expiry
from irt.services.keep_leak_report import keep_leak_report
from irt.services.label_masters import (
    ProofLabelMaster,
    WriteLabelMaster,
    proof_label_master,
    write_label_master,
)
from irt.services.plan_unblinding import PlanUnblinding, plan_unblinding
from irt.services.propose_levels import ProposeLevels, propose_levels
from irt.services.take_unblinded_list import TakeUnblindedList, take_unblinded_list
from irt.study.definition import StudyDefinition
from tests.blinding.variation import ONE
from tests.blinding.worlds import WITNESS, OneWorld
from tests.builders_leaks import a_leak_report, keeping
from tests.cast import PASSWORD, signing
from tests.irt.labels.builders import WHOLE
from tests.web.api.system import SIGNING
from tests.web.parcels import house_of

SEES_IT = {"username": WITNESS, "password": PASSWORD}
CONTACT = {"receiver": "Trial pharmacy", "address": "1 High Street\nLeeds", "phone": "+44 113 496 0000"}


def amend(world: OneWorld) -> None:
    """Version 2 has one more limit and other days before expiry; the first site alone has it, and an approval."""
    definition = _definition(world)
    definition["caps"].append({"scope": "country", "key": "NL", "subjects": 40})
    for kit_type in definition["kit_types"]:
        kit_type["windows"]["dns_days"] += 1
    loaded = world.does("configurator.all", "/studies/amend", definition=definition)
    approval = {"version": loaded["version"], "signing": SIGNING}
    world.does("study_team.all", "/studies/approve-version", **approval)
    adoption = {"site": world.sites[0][0], "version": loaded["version"], "reason": "Ethics committee agreed"}
    world.does("supply_planner.all", "/sites/adopt-version", **adoption)
    definition["screening"]["rescreenings_max"] += 1
    drafted = world.does("configurator.all", "/studies/amend", definition=definition)["version"]
    _accept(world, drafted)
    approved = {"kind": "ethics_committee", "site": world.sites[0][0], "granted_on": "2026-02-20"}
    world.does("study_team.all", "/site-approvals/record", **approved, reference="EC 7", document_hash="ab" * 32)


def _accept(world: OneWorld, version: int) -> None:
    told = world.system("study_team.all").asks_study(f"/versions/{version}/acceptance").json()
    facts = {"version": version, "scripts_hash": told["scripts_hash"]}
    run = world.does("configurator.all", "/acceptance/keep", **facts)["run"]
    seen = {"script": told["scripts"][0]["code"], "passed": True, "evidence": "As expected"}
    world.does("study_team.all", "/acceptance/sign", run=run, **seen, signing=SIGNING)


def change_network(world: OneWorld) -> None:
    """A contact is approved, a lane refused, another lane and the levels of one kit type wait."""
    site, today = world.sites[0][0], world.now.date().isoformat()
    from_today = {"effective_from": today, "reason": "As agreed"}
    for ask, granted in (("/sites/contact/propose", True), ("/lanes/propose", False), ("/lanes/propose", None)):
        lane = {"origin": "NLD", "target": "GB", "lead_time_days": 7 if granted is None else 8}
        facts: dict[str, Any] = {"site": site, "contact": CONTACT} if granted else {"lane": lane}
        proposed = world.does("supply_planner.all", ask, **facts, **from_today)
        if granted is not None:
            decision = {"change_id": proposed["change_id"], "seen": proposed["seen"], "granted": granted}
            world.does("administrator.all", "/changes/decide", **decision, reason="Looked at", signing=SIGNING)
    _propose_levels(world)


def _propose_levels(world: OneWorld) -> None:
    """By supply, who are unblinded: what blinded people see of it names no kit type."""
    with world.store.reading() as connection:
        kit_type = connection.execute(text("SELECT kit_type FROM secret_kit_content ORDER BY id")).scalar()
    levels = {"kit_type": kit_type, "minimum": 3, "maximum": 6, "country": "GB", "reason": "As agreed"}
    house = house_of(world)
    ask = ProposeLevels.model_validate({"study_id": world.study_id, "effective_from": world.now.date(), **levels})
    house.do(Role.SUPPLY_MANAGER, propose_levels, ask)


def practise_recall(world: OneWorld) -> None:
    """Quality names a bulk lot of one arm: what blinded people see is its whole blinded lot, and no reason."""
    with world.store.reading() as connection:
        lot = connection.execute(text("SELECT number FROM secret_manufacturing_lot ORDER BY id")).scalar()
    drill = {"kind": "drill", "lot": lot, "reason": f"Drill over {lot}", "signing": SIGNING}
    world.does("quality.all", "/holds/open", **drill)


def warm_parcel(world: OneWorld) -> None:
    """The logger of the first site's parcel turns out to have failed: its kits wait for quality."""
    with world.store.reading() as connection:
        parcel = connection.execute(
            text("SELECT number FROM shipment WHERE received_at IS NOT NULL ORDER BY id")
        ).scalar()
    unit = {"site": world.sites[0][0], "name": "Fridge 1", "storage": "2-8C"}
    world.does("pharmacist.0", "/quality/storage-unit", **unit)
    file = {"name": "logger.csv", "content": b64encode(b"no data").decode(), "faulty": True}
    world.does("quality.all", "/quality/logger-file", shipment=parcel, **file)


def note_incident(world: OneWorld) -> None:
    """Quality notes what went wrong at the first site, and that it was no serious breach."""
    told = {"what": "A refrigerator stood open.", "known_at": world.now.isoformat(), "sites": [world.sites[0][0]]}
    world.does("quality.all", "/incidents/note", **told)
    found = {"number": "I-0001", "event": "assess_not_serious", "said": "No kit was in it."}
    world.does("quality.all", "/incidents/write", **found)


def extend_lot(world: OneWorld) -> None:
    """A later date for the lot of all arms: one kit of the first site has its label and waits for its check."""
    with world.store.reading() as connection:
        lot, old = connection.execute(text("SELECT number, expiry FROM blinded_lot ORDER BY id LIMIT 1")).one()
        countries = sorted(connection.execute(text("SELECT DISTINCT country FROM site")).scalars())
    later = date.fromisoformat(str(old)) + timedelta(days=180)
    facts = {"study_id": world.study_id, "lot": lot, "expiry": later, "countries": countries, "reason": "Re-test"}
    ask = ChangeExpiry.model_validate({**facts, "signing": signing()})
    house_of(world).do(Role.QUALIFIED_PERSON, change_expiry, ask)
    waiting = world.system("pharmacist.0").asks_study("/relabelling").json()["kits"]
    here = f"Site {world.sites[0][0]}"
    kit = next(each["number"] for each in waiting if each["place"] == here)
    put_on = {"change": "E-0001", "site": world.sites[0][0], "kits": [kit], "labels_issued": 1}
    world.does("pharmacist.0", "/kits/relabel", **put_on)


def write_label(world: OneWorld) -> None:
    """Supply writes a label for the whole blinding group; its proof waits for quality."""
    house = house_of(world)
    place = {"country": "GB", "language": "en", "blinding_group": "PEN", "particulars": WHOLE}
    ask = WriteLabelMaster.model_validate({"study_id": world.study_id, **place})
    written = house.do(Role.SUPPLY_MANAGER, write_label_master, ask)
    proof = ProofLabelMaster(study_id=world.study_id, number=written.number, version=written.version)
    house.do(Role.SUPPLY_MANAGER, proof_label_master, proof)


def destroy_kit(world: OneWorld) -> None:
    """The first kit that waits at the first site is verified by both, sent back in a sealed box, and destroyed."""
    (here, *_) = world.system("pharmacist.0").asks_study("/verification").json()["items"]
    kit = here["for_site"][0]["number"]
    looked_at = {"site": world.sites[0][0], "kits": [kit], "signing": SIGNING}
    world.does("pharmacist.0", "/returns/verify", **looked_at)
    world.does("monitor.0", "/returns/monitor", **looked_at)
    box = {"seal": "SEAL-1", "kits": [kit]}
    packed = world.does("pharmacist.0", "/returns/pack", site=world.sites[0][0], depot="NLD", boxes=[box])
    world.does("pharmacist.0", "/returns/send", number=packed["number"])
    world.does("depot.all", "/returns/receive", number=packed["number"], received=[kit])
    paper = {"certificate": "C-77", "destroyer": "Remex", "file_name": "c.pdf", "paper": "JVBERi0xLjcK"}
    day = {"on_day": world.now.date().isoformat(), "signing": SIGNING}
    world.does("quality.all", "/returns/destroy", kits=[kit], witness=SEES_IT, **paper, **day)


def go_on_paper(world: OneWorld) -> None:
    """The second site has a pack for an outage; its first code was broken with a seal, still to be compared."""
    site = world.sites[1][0]
    world.does("pharmacist.1", "/outage/issue", site=site, days=1, signing=SIGNING)
    now = world.now.isoformat()
    broken = {"seal": 1, "reason": "overdose", "opened_by": "Dr Ek", "outage_from": now, "happened_at": now}
    world.does("investigator.1", "/outage/enter-code-break", pack="K-0001", **broken)


def unblind(world: OneWorld) -> None:
    """A practice, an accident, a case that is unblinded and one that is not, and a list that is taken."""
    with world.store.reading() as connection:
        subjects = connection.execute(
            text("SELECT s.number FROM subject s JOIN randomization r ON r.subject_id = s.id ORDER BY r.id LIMIT 2")
        ).scalars()
        first, second = subjects.all()
    site, house = world.sites[0][0], house_of(world)
    world.does("investigator.0", "/code-breaks/practise", site=site, reason="other", signing=SIGNING)
    seen = {"learner": "coordinator.0", "how": "paper_or_label", "told": "not_sure"}
    words = "A note lay open in the ward."
    seen |= {"learned_at": world.now.isoformat(), "words": words, "subject": first}
    world.does("coordinator.0", "/accidental-unblindings", **seen)
    for number, subject, expected in (("C-1", first, False), ("C-2", second, True)):
        answers = {"serious": True, "suspected": True, "expected": expected, "reason": "Reported."}
        facts = {"study_id": world.study_id, "number": number, "subject": subject, "signing": signing()}
        house.do(Role.SAFETY, assess_case, AssessCase.model_validate({**answers, **facts}))
    plan = {"purpose": "interim_analysis", "scope": "subjects", "values": [second], "reason": "First look."}
    who = {
        "recipients": [{"name": "Dr Lund", "organisation": "DMC"}],
        "stays_blinded": "All.",
        "safeguards": "None.",
    }
    asked = PlanUnblinding.model_validate({"study_id": world.study_id, **plan, **who, "signing": signing()})
    number = house.do(Role.UNBLINDED_STATISTICIAN, plan_unblinding, asked).number
    world.does("study_team.all", "/planned-unblindings/decide", number=number, granted=True, signing=SIGNING)
    take = TakeUnblindedList(study_id=world.study_id, number=number, again=number, signing=signing())
    house.do(Role.UNBLINDED_STATISTICIAN, take_unblinded_list, take)


def lint(world: OneWorld) -> None:
    """A leak report of the newest version is kept: the field that it names says a word of treatment."""
    newest = StudyDefinition.model_validate(_definition(world, "DESC"))
    ask = keeping(world.study_id, newest, a_leak_report("fail", (f"planner /stock | {ONE}",)))
    house_of(world).do(Role.SUPPLY_MANAGER, keep_leak_report, ask)


def _definition(world: OneWorld, order: str = "ASC") -> dict[str, Any]:
    asked = text(f"SELECT definition FROM secret_restricted_part ORDER BY id {order}")
    with world.store.reading() as connection:
        stored = connection.execute(asked).scalar()
    found: dict[str, Any] = json.loads(stored) if isinstance(stored, str) else stored
    return found
