"""What the ledger says of a shipment: its places, its lots, and what happened to its kits. Nothing of treatment."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from irt.states.records import Mode


class Act(StrEnum):
    """What happened."""

    PACKED = "packed"
    SHIPPED = "shipped"
    RECEIVED = "received"
    RECEIVED_HELD = "received_held"
    RECEIVED_DAMAGED = "received_damaged"
    DISPENSED = "dispensed"
    TAKEN_BACK = "taken_back"
    RETURNED = "returned"
    DESTROYED = "destroyed"


class PlaceKind(StrEnum):
    """What kind of place."""

    DEPOT = "depot"
    SITE = "site"
    HOME = "home"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class Place:
    """A place by the code it is known by, with its clock."""

    kind: PlaceKind
    code: str
    name: str
    country: str
    zone: str
    gln: str = ""


@dataclass(frozen=True, slots=True)
class StoryKit:
    """A kit by what stands on its label."""

    number: str
    lot: str
    expiry: date
    gtin: str = ""


@dataclass(frozen=True, slots=True)
class StoryItem:
    """So many of one lot of what has no number."""

    code: str
    lot: str
    expiry: date
    quantity: int


@dataclass(frozen=True, slots=True)
class Lot:
    """A blinded lot with the moment its first kit was released, one for all of its kits, and where."""

    number: str
    since: datetime
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened at one moment and place to some kits, by number."""

    act: Act
    at: datetime
    place: Place
    kits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemsMoved:
    """Items that went into a parcel, or came out of it whole or damaged, at one moment and place."""

    act: Act
    at: datetime
    place: Place
    items: tuple[StoryItem, ...]


@dataclass(frozen=True, slots=True)
class LoggerRecord:
    """What a temperature logger measured on the way, in degrees Celsius; `sha256` is that of its file."""

    device: str
    started_at: datetime
    ended_at: datetime
    minimum: float
    maximum: float
    mean: float
    outside: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class Story:
    """A shipment from the release of its lots on, as far as the ledger goes."""

    protocol: str
    mode: Mode
    number: str
    version: int
    status: str
    origin: Place | None
    destination: Place
    ship_to: tuple[str, ...]
    storage: str
    handling: str
    dispatch_on: date | None
    expected_on: date | None
    waybill: str
    monitor: str
    temperature: str
    kits: tuple[StoryKit, ...]
    lots: tuple[Lot, ...]
    happenings: tuple[Happening, ...]
    sscc: str = ""
    loggers: tuple[LoggerRecord, ...] = ()
    items: tuple[StoryItem, ...] = ()
    items_moved: tuple[ItemsMoved, ...] = ()


@dataclass(frozen=True, slots=True)
class Chronicle:
    """What happened to some kits of a study: the parcels they travelled in, and what befell each kit by itself."""

    protocol: str
    mode: Mode
    kits: tuple[StoryKit, ...]
    lots: tuple[Lot, ...]
    parcels: tuple[Story, ...]
    happenings: tuple[Happening, ...]


_AFTER_RECEIPT = (Act.DISPENSED, Act.TAKEN_BACK, Act.RETURNED, Act.DESTROYED)


def parcel_alone(story: Story) -> Story:
    """The story as depots and carriers may know it: what became of the kits at the site is the site's."""
    return replace(story, happenings=tuple(each for each in story.happenings if each.act not in _AFTER_RECEIPT))
