"""What the labels of kits and parcels show, in print and in their codes, as the study sets it."""

from typing import Annotated

from pydantic import Field

from irt.study.part import Code, Part

Gtin = Annotated[str, Field(pattern=r"^[0-9]{14}$")]
Gln = Annotated[str, Field(pattern=r"^[0-9]{13}$")]
CompanyPrefix = Annotated[str, Field(pattern=r"^[0-9]{4,12}$")]


class LabelSettings(Part):
    """Kits without an item number (GTIN) carry the plain kit number as their code."""

    protocol_in_code: bool = Field(default=True, description="the protocol number in the code of the kit")
    lot_in_code: bool = Field(default=False, description="the blinded lot in the code")
    expiry_in_code: bool = Field(
        default=False, description="expiry in the code, which a relabelled kit then needs anew"
    )
    lot_printed: bool = Field(
        default=True, description="the blinded lot in print, where no label master is approved"
    )
    expiry_printed: bool = Field(default=False, description="expiry in print where no master is approved")
    just_in_time: bool | tuple[Code, ...] = Field(
        default=False,
        description="kits without the label of a country get it at the depot before they leave: for every country, "
        "or for these",
    )
    company_prefix: CompanyPrefix | None = Field(
        default=None, description="the sponsor's GS1 company prefix; parcels then carry an SSCC"
    )

    locations: dict[Code, Gln] = Field(
        default={}, description="GLN of depots by code and of sites by number; events of kits then name them so"
    )

    def just_in_time_for(self, country: str) -> bool:
        """Whether kits that go to this country are labelled at the depot."""
        return self.just_in_time if isinstance(self.just_in_time, bool) else country in self.just_in_time
