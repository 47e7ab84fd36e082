"""A small supply chain under random acts: whatever people do, in whatever order, the records agree."""

from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from irt.blinding.roles import Permission, Role
from irt.errors import Refusal
from irt.reads.blinded_accountability import accountability_of
from irt.reads.blinded_sites import sites_reached
from irt.reads.ledger import ledger_discrepancies
from irt.reads.stock_books import reconcile_stock
from irt.services import fulfil_shipment as steps
from irt.services.count_stock import CountStock, count_stock
from irt.services.decide_quality import DecideQuality, decide_quality
from irt.services.fulfil_shipment import StepShipment
from irt.services.propose_levels import ProposeLevels
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.services.receive_shipment import ReceiveShipment, receive_shipment
from irt.services.report_kit import Report, ReportKit, report_kit
from irt.services.return_shipments import (
    CancelReturn,
    PackReturn,
    ReceiveReturn,
    SendReturn,
    cancel_return,
    pack_return,
    receive_return,
    send_return,
)
from irt.services.verify_kits import VerifyKits, monitor_returns, verify_returns
from irt.states.shipment import OPEN, ShipmentStatus
from irt.tables.kit import Kit
from irt.tables.returning import ReturnShipment
from irt.tables.shipment import Shipment, ShipmentKit
from tests.builders_supply import SupplyHouse, a_house, a_lot
from tests.cast import signing

UNDERWAY = {*OPEN, ShipmentStatus.RECEIVED_PARTLY}
STEPS = {
    Role.DEPOT: (
        steps.acknowledge_shipment,
        steps.pick_shipment,
        steps.pack_shipment,
        steps.dispatch_shipment,
        steps.deliver_shipment,
        steps.hold_at_customs,
        steps.clear_customs,
        steps.reject_shipment,
    ),
    Role.SUPPLY_MANAGER: (
        steps.cancel_shipment,
        steps.lose_shipment,
        steps.return_shipment,
        steps.close_shipment,
    ),
}


def a_small_chain(house: SupplyHouse) -> None:
    """Sixteen kits of each pen, two active sites that hold two to four of each."""
    house.load([a_lot(kits=16), a_lot(lot="P1", kit_type="PEN-P", kits=16)])
    house.sites(2)
    for kit_type in ("PEN-A", "PEN-P"):
        ask = ProposeLevels(
            study_id=house.study_id,
            kit_type=kit_type,
            minimum=2,
            maximum=4,
            effective_from=house.day,
            reason="Small study",
        )
        house.agree(ask)


class SupplyLife(RuleBasedStateMachine):
    """People of a depot, two sites, supply and quality, each acting as they please."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.opened = a_house(a_small_chain, Path(self.folder.name))
        self.house = self.opened.__enter__()
        self.ask: dict[str, Any] = {"study_id": self.house.study_id, "reason": "As it happened"}

    def teardown(self) -> None:
        """The house is given back."""
        self.opened.__exit__(None, None, None)
        self.folder.cleanup()

    @initialize()
    def first_supply(self) -> None:
        """Both sites are supplied for the first time."""
        assert len(self.house.resupply().shipments) == 2

    @rule()
    def a_night(self) -> None:
        """A day passes and the planner runs."""
        self.house.later(1)
        self.house.resupply()

    @rule()
    def a_good_day(self) -> None:
        """Depots, carriers and sites do what is due."""
        self.house.later(1)
        self.house.carry()

    @rule(data=st.data())
    def a_step(self, data: st.DataObject) -> None:
        """Somebody takes some shipment a step."""
        shipment = data.draw(st.sampled_from(self.house.rows(Shipment)))
        role = data.draw(st.sampled_from(sorted(STEPS)))
        step = data.draw(st.sampled_from(STEPS[role]))
        self._try(role, step, StepShipment.model_validate({**self.ask, "number": shipment["number"]}))

    @rule(data=st.data())
    def a_receipt(self, data: st.DataObject) -> None:
        """A pharmacist books some of a parcel's kits, each in some way."""
        shipment = data.draw(st.sampled_from(self.house.rows(Shipment)))
        kits = self._kits_of(shipment["id"])
        ways = data.draw(st.lists(st.sampled_from("rrrrdm-"), min_size=len(kits), max_size=len(kits)))
        named = {way: [k for k, w in zip(kits, ways, strict=True) if w == way] for way in "rdm"}
        asked = {
            **self.ask,
            "number": shipment["number"],
            "received": named["r"],
            "damaged": named["d"],
            "missing": named["m"],
            "temperature": data.draw(st.sampled_from(["no_alarm", "no_alarm", "alarm", "no_data"])),
        }
        self._try(Role.PHARMACIST, receive_shipment, ReceiveShipment.model_validate(asked))

    @rule(data=st.data())
    def a_report(self, data: st.DataObject) -> None:
        """A pharmacist reports some kit damaged, missing or found."""
        kit = data.draw(st.sampled_from(self.house.rows(Kit)))
        site = data.draw(st.sampled_from(self.house.active_sites()))
        report = data.draw(st.sampled_from(list(Report)))
        asked = {**self.ask, "site": site["number"], "kit": kit["number"], "report": report}
        self._try(Role.PHARMACIST, report_kit, ReportKit.model_validate(asked))

    @rule(data=st.data())
    def a_quality_matter(self, data: st.DataObject) -> None:
        """Quality sets kits apart, accepts or rejects them."""
        kits = data.draw(st.lists(st.sampled_from(self.house.rows(Kit)), min_size=1, max_size=4))
        numbers = sorted({kit["number"] for kit in kits})
        act = data.draw(st.sampled_from(["quarantine", "accept", "reject"]))
        if act == "quarantine":
            ask = QuarantineKits.model_validate({**self.ask, "kits": numbers})
            self._try(Role.QUALITY, quarantine_kits, ask)
        else:
            ruling = DecideQuality.model_validate({**self.ask, act: numbers, "signing": signing()})
            self._try(Role.QUALITY, decide_quality, ruling)

    @rule(data=st.data())
    def kits_verified(self, data: st.DataObject) -> None:
        """A site signs for kits that nobody may use, and a monitor after it."""
        site = data.draw(st.sampled_from(self.house.active_sites()))
        barred = self.house.rows(Kit, custody="site", place_id=site["id"], quality="rejected")
        if not barred:
            return
        ask = {"study_id": self.house.study_id, "site": site["number"], "signing": signing()}
        kits = VerifyKits.model_validate({**ask, "kits": [row["number"] for row in barred]})
        self._try(Role.PHARMACIST, verify_returns, kits)
        self._try(Role.MONITOR, monitor_returns, kits)

    @rule(data=st.data())
    def a_return_packed(self, data: st.DataObject) -> None:
        """A pharmacist packs some kit, verified or not, for a depot."""
        site = data.draw(st.sampled_from(self.house.active_sites()))
        here = self.house.rows(Kit, custody="site", place_id=site["id"])
        ready = [row for row in here if row["accountability"] in ("verified_by_monitor", "return_shipped")]
        if here:
            kit = data.draw(st.sampled_from(ready or here))
            box = {"seal": "SEAL-1", "kits": [kit["number"]]}
            ask = {"study_id": self.house.study_id, "site": site["number"], "depot": "NLD", "boxes": [box]}
            self._try(Role.PHARMACIST, pack_return, PackReturn.model_validate(ask))

    @rule(data=st.data())
    def a_return_goes_on(self, data: st.DataObject) -> None:
        """It leaves, is unpacked again, or is received whole, a kit short, or with a kit that turned up."""
        returns = self.house.rows(ReturnShipment)
        if not returns:
            return
        shipment_id = data.draw(st.sampled_from(returns))["shipment_id"]
        number = self.house.rows(Shipment, id=shipment_id)[0]["number"]
        ask = {**self.ask, "number": number}
        way = data.draw(st.sampled_from(["send", "send", "cancel", "received", "missing"]))
        if way == "send":
            facts = SendReturn(study_id=self.house.study_id, number=number)
            self._try(Role.PHARMACIST, send_return, facts)
        elif way == "cancel":
            self._try(Role.PHARMACIST, cancel_return, CancelReturn.model_validate(ask))
        else:
            found = {way: self._kits_of(shipment_id)}
            self._try(Role.DEPOT, receive_return, ReceiveReturn.model_validate({**ask, **found}))

    @rule(data=st.data())
    def a_count(self, data: st.DataObject) -> None:
        """A pharmacist counts a shelf that may lack a kit and hold a stranger."""
        site = data.draw(st.sampled_from(self.house.active_sites()))
        here = [row["number"] for row in self.house.rows(Kit, custody="site", place_id=site["id"])]
        strangers = data.draw(st.lists(st.sampled_from(self.house.rows(Kit)), max_size=1))
        scanned = {*here[data.draw(st.integers(0, 1)) :], *(kit["number"] for kit in strangers)}
        asked = {
            "study_id": self.house.study_id,
            "site": site["number"],
            "scanned": sorted(scanned),
            "reasons": {row["number"]: "Counted twice" for row in self.house.rows(Kit)},
        }
        self._try(Role.PHARMACIST, count_stock, CountStock.model_validate(asked))

    @invariant()
    def the_ledger_is_the_stock(self) -> None:
        """Every movement is allowed, and the last one is what is written on the kit."""
        with self.house.store.reading() as connection:
            assert ledger_discrepancies(connection, self.house.study_id) == []
            assert reconcile_stock(connection, self.house.study_id).faults == []

    @invariant()
    def every_site_accounts_for_its_kits(self) -> None:
        """Lot by lot, what came is somewhere, and no record of it disagrees."""
        reader = self.house.actor(Role.INSPECTOR)
        with self.house.store.reading() as connection:
            for site in sites_reached(connection, reader, Permission.VIEW_STOCK):
                assert accountability_of(connection, site).adds_up

    @invariant()
    def a_kit_is_in_one_parcel_at_most(self) -> None:
        """Awaited kits are in one shipment, in its custody once it left, and reserved for nobody else."""
        shipments = {row["id"]: row for row in self.house.rows(Shipment)}
        awaited = [
            row
            for row in self.house.rows(ShipmentKit)
            if row["outcome"] is None and shipments[row["shipment_id"]]["status"] in UNDERWAY
        ]
        assert all(times == 1 for times in Counter(row["kit_id"] for row in awaited).values())
        kits = {row["id"]: row for row in self.house.rows(Kit)}
        back = {row["shipment_id"] for row in self.house.rows(ReturnShipment)}
        awaited = [row for row in awaited if row["shipment_id"] not in back]
        for row in awaited:
            kit = kits[row["kit_id"]]
            left = shipments[row["shipment_id"]]["dispatched_at"] is not None
            assert kit["assignment"] == "reserved"
            assert (kit["custody"], kit["place_id"] == row["shipment_id"]) == ("shipment", True) or not left
        reserved = {kit_id for kit_id, kit in kits.items() if kit["assignment"] == "reserved"}
        assert reserved == {row["kit_id"] for row in awaited}

    @invariant()
    def no_kit_is_lost_from_the_books(self) -> None:
        """Every kit ever loaded is still somewhere, or known to be missing."""
        assert sum(self.house.stock().values()) == 32

    def _kits_of(self, shipment_id: int) -> list[str]:
        inside = {row["kit_id"] for row in self.house.rows(ShipmentKit, shipment_id=shipment_id)}
        return [row["number"] for row in self.house.rows(Kit) if row["id"] in inside]

    def _try(self, role: Role, service: Any, ask: Any) -> None:
        """People may be refused; nothing is then booked, which the invariants see."""
        with suppress(Refusal):
            self.house.do(role, service, ask)


BOUNDED = settings(
    max_examples=6,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestSupplyLife = SupplyLife.TestCase
TestSupplyLife.settings = BOUNDED


@pytest.mark.slow
def test_many_lives_of_supply() -> None:
    """The same, many times."""
    run_state_machine_as_test(SupplyLife, settings=settings(BOUNDED, max_examples=50))
