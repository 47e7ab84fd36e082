"""A depot's system in a house of supply: it sends messages and fetches those for it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import count
from typing import Any

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.messages.catalogue import MESSAGES, made
from irt.messages.formats import Format, written
from irt.services.deliver_message import deliver_message
from irt.services.store import Store
from irt.services.take_message import MessageTaken, TakeMessage
from irt.tables.kit import BlindedLot, Kit
from irt.tables.shipment import ShipmentKit
from irt.tables.study import Depot
from irt.tables.vendor import InterfaceOpening
from tests.builders_supply import SupplyHouse
from tests.rows import put

SHIPMENT = "S-10001"


def open_by_hand(store: Store, study_id: int, depot_id: int) -> None:
    """The depot's interface as it stands after its test was signed and supply has opened it."""
    put(
        store,
        InterfaceOpening,
        sponsor_id=1,
        study_id=study_id,
        depot_id=depot_id,
        digest="0" * 64,
        account_id=1,
        at=datetime(2026, 3, 1, tzinfo=UTC),
    )


@dataclass
class Vendor:
    """The depot's system; its messages count from 1 on."""

    house: SupplyHouse
    depot: str = "NLD"
    numbers: Any = field(default_factory=lambda: count(1))

    opened: bool = True

    def __post_init__(self) -> None:
        """Its interface is open, unless a test says otherwise."""
        if self.opened:
            open_by_hand(self.house.store, self.house.study_id, self.depot_id)

    @property
    def depot_id(self) -> int:
        """The depot's row."""
        return int(self.house.rows(Depot, code=self.depot)[0]["id"])

    @property
    def actor(self) -> Actor:
        """An account that works at this depot alone."""
        return self.house.actor(Role.DEPOT, depot_id=self.depot_id)

    @property
    def now(self) -> datetime:
        """Noon of the house's day."""
        return datetime.combine(self.house.day, time(12), UTC)

    def kits(self) -> list[str]:
        """Numbers of the shipment's kits."""
        numbers = {row["id"]: row["number"] for row in self.house.rows(Kit)}
        return sorted(numbers[row["kit_id"]] for row in self.house.rows(ShipmentKit))

    def facts(self, kind: str, **changes: Any) -> dict[str, Any]:
        """What a message of that kind says of the shipment."""
        sequence = next(self.numbers)
        told: dict[str, dict[str, Any]] = {
            "acknowledgement": {"acknowledged_at": self.now},
            "rejection": {"reason": "No shipper"},
            "dispatch": {
                "dispatched_at": self.now,
                "waybill": "W-1",
                "monitors": ["T-8", "T-9"],
                "kits": [{"number": number} for number in self.kits()],
            },
            "receipt": {"received_at": self.now, "temperature": "no_alarm", "kits": []},
            "short_pick": {"kits": [{"number": self.kits()[0], "why": "damaged"}]},
            "heartbeat": {},
            "inbound_receipt": {
                "consignment": "C-1",
                "depot": self.depot,
                "received_at": self.now,
                "temperature": "no_alarm",
                "kits": [],
            },
            "stock_snapshot": {"depot": self.depot, "counted_at": self.now, "kits": self.shelf()},
            "stock_count": {"depot": self.depot, "counted_at": self.now, "kits": self.piles()},
        }
        envelope = {
            "message_id": f"{self.depot}-{sequence}",
            "sender": self.depot,
            "study": self.house.definition.study.protocol,
            "environment": "production",
            "sequence": sequence,
            "made_at": self.now,
            **({} if "depot" in told[kind] or kind == "heartbeat" else {"shipment": SHIPMENT}),
        }
        return {**envelope, **told[kind], **changes}

    def shelf(self) -> list[dict[str, Any]]:
        """Every kit at the depot as the ledger has it."""
        lots = {row["id"]: row["number"] for row in self.house.rows(BlindedLot)}
        return [
            {
                "number": row["number"],
                "lot": lots[row["blinded_lot_id"]],
                "expiry": row["expiry"],
                "state": "available" if row["assignment"] == "free" else "reserved",
            }
            for row in self.house.rows(Kit, custody="depot", place_id=self.depot_id)
        ]

    def piles(self) -> list[dict[str, Any]]:
        """The same, counted by lot and by how the kits lie."""
        alike = Counter((kit["lot"], kit["expiry"], kit["state"]) for kit in self.shelf())
        return [
            {"number": f"B{place}", "lot": lot, "expiry": expiry, "state": state, "quantity": kits}
            for place, ((lot, expiry, state), kits) in enumerate(sorted(alike.items()), start=1)
        ]

    def sends(self, kind: str, spelling: Format = Format.JSON, **changes: Any) -> MessageTaken:
        """Sends a message of that kind."""
        message = made(MESSAGES[kind], self.facts(kind, **changes))
        return self.posts(written(message, spelling).decode(), spelling)

    def posts(self, content: str, spelling: Format = Format.JSON, **changes: Any) -> MessageTaken:
        """Sends whatever it is."""
        ask = TakeMessage(study_id=self.house.study_id, spelling=spelling, content=content, **changes)
        return deliver_message(self.house.store, self.actor, self.now, ask, f"vendor-{next(self.house.keys)}")
