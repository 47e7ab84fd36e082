"""Operational data: what is changed while a study runs, from a day on, without a new protocol version."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from irt.study.part import Code, Part

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""One line of text that says something."""
Loose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)]
"""Text that may be left empty, of some lines at most."""
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
"""Some lines, and at least one."""


class ChangeKind(StrEnum):
    """What is changed."""

    LANE = "lane"
    NEW_SITE = "new_site"
    SITE_DETAILS = "site_details"
    SITE_CONTACT = "site_contact"
    LEVELS = "resupply_levels"
    SUPPLY_STOP = "supply_stop"
    VENDOR_CODE = "vendor_code"
    VENDOR_SKU = "vendor_sku"
    IMPORT_LICENCE = "import_licence"
    SHIPPER = "shipper"
    PLAN_WAY = "plan_way"
    LEVEL_SET = "resupply_level_set"
    CONTROLLED_LICENCE = "controlled_licence"


class CodeOf(StrEnum):
    """Whose code a vendor has in its own system. A product is a blinding group: what a blinded vendor knows."""

    SITE = "site"
    DEPOT = "depot"
    PRODUCT = "product"


class Contact(Part):
    """Where goods for a site are handed over, and who is called when nobody opens."""

    receiver: Line = Field(description="person or department on the parcel")
    address: Address = Field(description="the delivery address, a line each")
    phone: Line
    email: Loose = ""
    hours: Loose = Field(default="", description="when goods are taken in, in words")


class SiteDetails(Part):
    """What a site is called, which clock it goes by, and which depot serves it."""

    name: Line
    zone: Line = Field(description="IANA time zone")
    depot: Code
