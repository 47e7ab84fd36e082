"""Small studies that ask for much of the supply chain, as variations of the one that comes with the program."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from irt.study.definition import StudyDefinition
from irt.study.delivery import HomeDelivery
from irt.study.dispensing import NonSerializedItem
from irt.study.labels import LabelSettings
from irt.study.network import ImportLicence, Lot, Site, Size
from irt.study.preparation import Preparation
from irt.study.release import ReleaseRoute
from irt.study.resupply import MinMax
from tests.builders_supply import the_lipid_study

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LEVELS = {pen: MinMax(minimum=20, maximum=40) for pen in ("PEN-A", "PEN-P")}
SITES = (("1001", "GB"), ("1002", "NL"), ("1003", "US"))


def lots(kits: int = 200) -> tuple[Lot, ...]:
    """One blinded lot over both pens, all in the Netherlands."""
    facts: dict[str, Any] = {"blinded_lot": "L1", "kits": kits, "depot": "NLD", "released": date(2026, 1, 1)}
    return (
        Lot(lot="A1", kit_type="PEN-A", expiry=date(2028, 1, 31), **facts),
        Lot(lot="P1", kit_type="PEN-P", expiry=date(2028, 4, 30), **facts),
    )


def a_small_study(**changes: Any) -> StudyDefinition:
    """Three countries, a site in each; all kits begin in the Netherlands, and go on to America from there."""
    lipid = the_lipid_study()
    codes = {country for _, country in SITES}
    size = Size(planned_subjects=12, lots=lots())
    facts = {
        "sites": tuple(Site(number=number, name=f"Site {number}", country=country) for number, country in SITES),
        "countries": tuple(country for country in lipid.countries if country.code in codes),
        "depots": tuple(depot for depot in lipid.depots if depot.code in ("NLD", "USA")),
        "lanes": tuple(lane for lane in lipid.lanes if lane.target in {*codes, "USA"}),
        "resupply": lipid.resupply.model_copy(update={"depots": {"USA": LEVELS}}),
        "sizes": {"small": size, "full": size},
    }
    return lipid.model_copy(update=facts | changes)


def by_every_step() -> StudyDefinition:
    """Lots on routes, labels put on at the depot, a regional depot with levels, items that ride along."""
    small = a_small_study()
    own = {code: {"label_group": code} for code in ("GB", "NL")}
    return small.model_copy(
        update={
            "countries": tuple(each.model_copy(update=own.get(each.code, {})) for each in small.countries),
            "release_routes": (
                ReleaseRoute(code="uk", countries=("GB",)),
                ReleaseRoute(code="eu", regions=("EU",)),
                ReleaseRoute(code="us", countries=("US",)),
            ),
            "labels": LabelSettings(just_in_time=True),
            "items": (
                NonSerializedItem(code="BOX", name="Sharps box", minimum=2, maximum=6),
                NonSerializedItem(code="ICE", name="Cooling bag", storage="2-8C", minimum=2, maximum=6),
            ),
        }
    )


def with_strict_drugs() -> StudyDefinition:
    """Controlled drugs under licence and before witnesses, licensed imports, kits made ready and then given."""
    small = a_small_study()
    (pen,) = small.blinding_groups
    ready = Preparation(contents=Decimal(1), thaw_hours_min=Decimal("0.5"), in_use_hours=Decimal(4))
    strict = pen.model_copy(update={"schedules": {"GB": "2", "NL": "I", "US": "II"}, "preparation": ready})
    licence = ImportLicence(
        country="GB", number="IMP-7", valid_from=date(2026, 1, 1), valid_until=date(2027, 1, 1), kits={"PEN": 5000}
    )
    return small.model_copy(update={"blinding_groups": (strict,), "import_licences": (licence,)})


def from_the_site() -> StudyDefinition:
    """After Day 1 the sites send kits to homes from their own stock."""
    return a_small_study(
        delivery=HomeDelivery(visits=("W4", "W12"), sent_from="site", released_by="pharmacist"),
    )
