"""Whole studies run through the services: each asks for much at once, and the books add up at its end."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from irt.enrolment.demo import Demo, run_demo
from irt.enrolment.synthetic import Pace
from irt.reads.stock_books import reconcile_stock
from irt.services import passwords
from irt.services.store import Store
from irt.study.definition import StudyDefinition
from irt.supply.resupply import MinMax
from tests.irt.enrolment.whole_studies import NOW, by_every_step, from_the_site, with_strict_drugs

PACE = Pace(days=40, still_screening=0, first_site_share=None)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords of a run need not be dear."""
    monkeypatch.setattr(passwords, "RULE", passwords.PasswordRule(time_cost=1, memory_kib=8, lanes=1))


def ran(store: Store, study: StudyDefinition, subjects: int = 6) -> dict[str, Any]:
    """The study run to its last night: every check holds and the ledger adds up."""
    demo = Demo(study, subjects, NOW, MinMax(), pace=PACE, left_open=False)
    study_id, _, figures = run_demo(store, demo, lambda done, words: None)
    assert set(figures["checks"].values()) == {True}
    with store.reading() as connection:
        assert reconcile_stock(connection, study_id).faults == []
    assert figures["kits_dispensed"] > figures["subjects"] > 0
    return figures


def counted(store: Store, asked: str) -> Counter[str]:
    """Rows of a question, its first column, counted."""
    with store.reading() as connection:
        return Counter(str(row[0]) for row in connection.execute(text(asked)))


def test_routes_labels_depots_and_items_work_together(sqlite_store: Store) -> None:
    """Lots are signed in step by step, every kit is labelled and checked, America has its own depot."""
    ran(sqlite_store, by_every_step())
    steps = counted(sqlite_store, "SELECT kind || ' ' || coalesce(country, route) FROM release_step ORDER BY id")
    assert steps["qp_certification eu"] == steps["qp_certification uk"] == steps["quality_release us"] == 1
    assert steps["release_to_trial GB"] == steps["release_to_trial NL"] == steps["release_to_trial US"] == 1
    signers = counted(sqlite_store, "SELECT account_id || ' ' || kind FROM release_step")
    assert len({each.split()[0] for each in signers}) == len({each.split()[1] for each in signers})
    labelled = "SELECT country FROM relabelling JOIN relabelled_kit ON relabelling_id = relabelling.id"
    at_sites = (
        "SELECT site.country FROM shipment_kit JOIN shipment ON shipment.id = shipment_id"
        " JOIN site ON site.id = shipment.site_id WHERE outcome = 'received'"
    )
    put_on, arrived = counted(sqlite_store, labelled), counted(sqlite_store, at_sites)
    assert set(arrived) == {"GB", "NL", "US"}
    assert all(put_on[country] >= arrived[country] for country in arrived)
    to_depots = "SELECT status FROM shipment WHERE target_depot_id IS NOT NULL"
    assert counted(sqlite_store, to_depots)["received"] > 0
    items = counted(sqlite_store, "SELECT act FROM item_movement")
    assert min(items["receive"], items["send"], items["arrive"], items["hand_out"]) > 0


def test_controlled_drugs_are_licensed_witnessed_and_prepared(sqlite_store: Store) -> None:
    """No parcel without licences and an approval, no change of hands without a witness, no kit given unprepared."""
    figures = ran(sqlite_store, with_strict_drugs())
    places = counted(sqlite_store, "SELECT coalesce(site_id, -depot_id) FROM controlled_licence")
    assert len(places) == 5
    seen = counted(sqlite_store, "SELECT event FROM witnessed_kit")
    assert seen["hand_over"] == figures["kits_dispensed"]
    assert seen["receive"] > 0
    prepared = counted(sqlite_store, "SELECT kit_id FROM prepared_kit")
    assert len(prepared) == figures["kits_dispensed"]
    waited = counted(sqlite_store, "SELECT shipment_id FROM shipment_step WHERE event = 'send_for_approval'")
    raised = counted(sqlite_store, "SELECT id FROM shipment")
    assert set(waited) == set(raised)


def test_sites_send_kits_to_homes(sqlite_store: Store) -> None:
    """Sites pack from their own shelf; what nobody takes comes back to it."""
    ran(sqlite_store, from_the_site())
    homes = counted(sqlite_store, "SELECT origin_depot_id FROM shipment WHERE subject_id IS NOT NULL")
    assert set(homes) == {"None"}
    ended = counted(sqlite_store, "SELECT status FROM home_delivery")
    assert ended["delivered"] > 0
    given = counted(sqlite_store, "SELECT event FROM movement")
    assert given["deliver"] > 0
    assert given["hand_over"] > 0
