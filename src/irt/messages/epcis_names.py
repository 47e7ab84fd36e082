"""What things and places are called in EPCIS: GS1 Digital Links where the study has their keys, else our URNs."""

from dataclasses import dataclass
from urllib.parse import quote

from irt.gs1.digital_link import link
from irt.gs1.elements import element
from irt.messages.shipment_story import Place, PlaceKind, Story, StoryItem, StoryKit
from irt.states.records import Mode

STEM = "https://id.gs1.org"


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one study. GS1 keys are used in production alone: nobody takes a test's kits for real ones."""

    protocol: str
    mode: Mode

    def kit(self, kit: StoryKit) -> str:
        """GTIN and serial number, or the kit number."""
        if kit.gtin and self._real:
            return link([element("01", kit.gtin), element("21", kit.number)], STEM)
        return self.of("kit", kit.number)

    def item_lot(self, item: StoryItem) -> str:
        """A lot of what has no number, by its code and what people call the lot."""
        return f"{self.of('item', item.code)}:{quote(item.lot, safe='')}"

    def parcel(self, story: Story) -> str:
        """The SSCC, or the shipment's number."""
        if story.sscc and self._real:
            return link([element("00", story.sscc)], STEM)
        return self.of("parcel", f"{story.number}-1")

    def place(self, place: Place) -> str:
        """The GLN, or the code. Homes have none."""
        if place.gln and self._real:
            return link([element("414", place.gln)], STEM)
        return self.of(str(place.kind), "" if place.kind is PlaceKind.HOME else place.code)

    def of(self, kind: str, code: str) -> str:
        """A URN of the study."""
        parts = [self.mode, quote(self.protocol, safe=""), kind, quote(code, safe="")]
        return ":".join(["urn:irt", *(part for part in parts if part)])

    @property
    def _real(self) -> bool:
        return self.mode is Mode.PRODUCTION
