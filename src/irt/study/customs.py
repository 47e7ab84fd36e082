"""What customs are told of a study's kits and items: neutral goods at one value, whatever is inside."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from irt.study.part import Code, Part

CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Money = Annotated[Decimal, Field(gt=0, max_digits=11, decimal_places=2)]


class Goods(Part):
    """One kind of goods as customs are told of it."""

    words: str = Field(
        default="Medicinal products for a clinical trial, no commercial value",
        min_length=1,
        max_length=120,
        description="on the invoice; never a product or a placebo",
    )
    hs_code: Annotated[str, Field(pattern=r"^[0-9]{6,10}$")] = Field(description="harmonized system, digits alone")
    origin: CountryCode = Field(description="where the goods were made; ISO 3166")
    value: Money = Field(description="for customs, of one kit or piece; the same for every arm")
    net_grams: int = Field(ge=1, description="weight of one piece, or of what is in one kit")
    gross_grams: int = Field(ge=1, description="the same with its packing")


class Commodity(Goods):
    """The goods that kits of one blinding group are to customs. There is no place for a kit type in it."""

    blinding_group: Code


class ItemGoods(Goods):
    """The goods that one item without kit numbers is to customs."""

    item: Code


class Customs(Part):
    """The pro-forma invoice of parcels that cross a border, which the customs broker alone sees."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(description="ISO 4217, as EUR")
    incoterm: Literal["EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP"] = Field(description="Incoterms 2020")
    consignor: tuple[str, ...] = Field(
        default=(), description="who exports, a line each; the depot by its name where left out"
    )
    commodities: tuple[Commodity, ...] = Field(min_length=1, description="one for each blinding group")
    item_goods: tuple[ItemGoods, ...] = Field(default=(), description="one for each item that crosses a border")
