"""Whose page an address is, and which pages are opened."""

from web.leaks.collect import Numbers, Owner, addresses

NUMBERS = Numbers(
    study_id=4,
    subjects=["1001-0001", "1001-0002"],
    kits=["10007"],
    shipments=["S-1"],
    sites=["1001"],
    depots=["NLD"],
    groups=["PEN"],
)


def test_addresses_are_filled_with_everything_there_is() -> None:
    """Subjects, kits, parcels, sites, depots and groups; the API is asked for long pages."""
    assert [*addresses("/studies/{study_id:int}/subjects/{number:str}/returns", NUMBERS)] == [
        ("/studies/4/subjects/1001-0001/returns", Owner("subject", "1001-0001")),
        ("/studies/4/subjects/1001-0002/returns", Owner("subject", "1001-0002")),
    ]
    assert [*addresses("/api/v1/studies/{study_id:int}/kits/{number:str}", NUMBERS)] == [
        ("/api/v1/studies/4/kits/10007?limit=200", Owner("kit", "10007"))
    ]
    assert [each.address for each in addresses("/shipments/{study_id:int}/{number:str}", NUMBERS)] == [
        "/shipments/4/S-1"
    ]
    assert [each.address for each in addresses("/x/{study_id:int}/sites/{site:str}", NUMBERS)] == [
        "/x/4/sites/1001"
    ]
    assert [each.address for each in addresses("/gates/{number:int}", NUMBERS)] == ["/gates/1"]
    assert [each.address for each in addresses("/stock", NUMBERS)] == ["/stock"]


def test_what_nobody_can_number_is_left_out() -> None:
    """The report says so."""
    assert [*addresses("/holds/{study_id:int}/{number:str}", NUMBERS)] == []
    assert [*addresses("/x/{path:str}/{number:str}", NUMBERS)] == []
