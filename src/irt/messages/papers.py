"""Every way in which the manifest of a shipment is written, by name."""

from collections.abc import Callable
from datetime import datetime

from irt.messages.desadv import desadv_of
from irt.messages.epcis import epcis_of
from irt.messages.formats import Format, written
from irt.messages.manifest import manifest_of
from irt.messages.packing_list import packing_list_of
from irt.messages.shipment_story import Story

PAPERS: dict[str, Callable[[Story, datetime], bytes]] = {
    "json": lambda story, at: written(manifest_of(story, at), Format.JSON),
    "csv": lambda story, at: written(manifest_of(story, at), Format.CSV),
    "xml": lambda story, at: written(manifest_of(story, at), Format.XML),
    "epcis": epcis_of,
    "pdf": lambda story, at: packing_list_of(manifest_of(story, at)),
    "desadv": lambda story, at: desadv_of(manifest_of(story, at)),
}
"""Name of the format -> what writes it; the moment is that of the writing."""
