"""What the labels of kits and parcels show, in print and in their codes, as the study sets it."""

from typing import Annotated

from pydantic import Field

from irt.study.part import Part

Gtin = Annotated[str, Field(pattern=r"^[0-9]{14}$")]
CompanyPrefix = Annotated[str, Field(pattern=r"^[0-9]{4,12}$")]


class LabelSettings(Part):
    """Kits without an item number (GTIN) carry the plain kit number as their code."""

    protocol_in_code: bool = Field(default=True, description="the protocol number in the code of the kit")
    lot_in_code: bool = Field(default=False, description="the blinded lot in the code")
    expiry_in_code: bool = Field(
        default=False, description="expiry in the code, which a relabelled kit then needs anew"
    )
    lot_printed: bool = Field(default=True, description="the blinded lot in print")
    expiry_printed: bool = Field(default=False, description="expiry in print")
    company_prefix: CompanyPrefix | None = Field(
        default=None, description="the sponsor's GS1 company prefix; parcels then carry an SSCC"
    )
