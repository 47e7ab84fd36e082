"""A lot on its route, on both databases: signed step by step, usable where the last one stands, and no longer."""

from typing import Any

import pytest

from irt.audit.sentences import sentence
from irt.audit.signature import Meaning
from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound, Refusal
from irt.services.fulfil_shipment import StepShipment, cancel_shipment
from irt.services.release_lot import LotExpired, ReleaseLot, RouteToFollow, release_lot
from irt.services.release_steps import NoRoutes, ReleaseStepSigned, SignReleaseStep, sign_release_step
from irt.services.sign_record import SigningRefused
from irt.services.store import Store
from irt.states.release import ReleaseStepKind, StepOutcome
from irt.study.release import ReleaseRoute
from irt.supply.release_route import AnotherPersonNeeded, StepDoesNotStand, StepOutOfOrder, StepStandsAlready
from irt.tables.kit import BlindedLot, LotApproval, Movement
from irt.tables.record import AuditEntry, Signature
from irt.tables.release import ReleaseStep
from irt.tables.secret import ReleaseReason
from irt.tables.shipment import ShipmentKit
from tests.builders_supply import SupplyHouse, the_lipid_study
from tests.cast import signing

K = ReleaseStepKind
QP, QA, SUPPLY = Role.QUALIFIED_PERSON, Role.QUALITY, Role.SUPPLY_MANAGER
ROUTES = (
    ReleaseRoute(code="uk", countries=("GB",)),
    ReleaseRoute(code="eu", regions=("EU",)),
    ReleaseRoute(code="us", regions=("NA", "LA", "AP")),
)


@pytest.fixture
def house(store: Store) -> SupplyHouse:
    """A blinded lot of 200 kits at a Dutch depot, in a study with routes; one British site."""
    study = the_lipid_study().model_copy(update={"release_routes": ROUTES})
    house = SupplyHouse.of(store, study)
    house.load(release=False)
    house.sites(1)
    return house


def _step(house: SupplyHouse, who: Role, kind: ReleaseStepKind, **changes: Any) -> ReleaseStepSigned:
    facts: dict[str, Any] = {"study_id": house.study_id, "lot": "L1", "kind": kind, "signing": signing()}
    return house.do(who, sign_release_step, SignReleaseStep(**{**facts, **changes}))


def _walk_to_britain(house: SupplyHouse) -> ReleaseStepSigned:
    _step(house, QP, K.QP_CERTIFICATION, route="uk")
    _step(house, QA, K.COUNTRY_APPROVAL, countries=["GB"])
    return _step(house, SUPPLY, K.RELEASE_TO_TRIAL, countries=["GB"])


def test_kits_are_usable_where_the_last_step_stands(house: SupplyHouse) -> None:
    """Nothing is sent before it; then to Britain alone. Kits become released with the first country."""
    _step(house, QP, K.QP_CERTIFICATION, route="uk")
    _step(house, QA, K.COUNTRY_APPROVAL, countries=["GB"])
    assert house.resupply().shipments == []
    assert {key[2] for key in house.stock()} == {"unreleased"}
    done = _step(house, SUPPLY, K.RELEASE_TO_TRIAL, countries=["GB"])
    assert (done.opened, done.closed, done.kits) == (["GB"], [], 200)
    assert len(house.rows(Movement, event="release")) == 200
    assert house.rows(BlindedLot)[0]["released_on"] == house.day
    assert [row["country"] for row in house.rows(LotApproval)] == ["GB"]
    assert len(house.resupply().shipments) == 1


def test_a_withdrawn_certificate_closes_the_country_at_once(house: SupplyHouse) -> None:
    """Tonight nothing leaves; signed anew, every later step is asked for anew."""
    _walk_to_britain(house)
    (parcel,) = house.resupply().shipments
    back = _step(
        house, QP, K.QP_CERTIFICATION, route="uk", outcome=StepOutcome.WITHDRAWN, reason="Deviation in filling"
    )
    assert (back.opened, back.closed, back.taken_out) == ([], ["GB"], 60)
    assert {key[3] for key in house.stock()} == {"free"}
    assert {row["outcome"] for row in house.rows(ShipmentKit)} == {"left_at_depot"}
    cancel = StepShipment(study_id=house.study_id, number=parcel, reason="Nothing is left in it")
    house.do(Role.SUPPLY_MANAGER, cancel_shipment, cancel)
    assert house.resupply().shipments == []
    _step(house, QP, K.QP_CERTIFICATION, route="uk")
    with pytest.raises(StepOutOfOrder):
        _step(house, SUPPLY, K.RELEASE_TO_TRIAL, countries=["GB"])
    _step(house, QA, K.COUNTRY_APPROVAL, countries=["GB"])
    again = _step(house, SUPPLY, K.RELEASE_TO_TRIAL, countries=["GB"])
    assert (again.opened, again.kits) == (["GB"], 0)
    ended = [row["ended_by_id"] is not None for row in house.rows(LotApproval, country="GB")]
    assert ended == [True, False]
    assert len(house.resupply().shipments) == 1


def test_a_refused_step_stops_the_route_until_it_is_signed(house: SupplyHouse) -> None:
    """The reason is kept apart from what blinded people read."""
    _step(house, QP, K.QP_CERTIFICATION, route="eu")
    _step(house, QA, K.COUNTRY_APPROVAL, countries=["FR"], outcome=StepOutcome.REFUSED, reason="Import licence")
    with pytest.raises(StepOutOfOrder):
        _step(house, SUPPLY, K.RELEASE_TO_TRIAL, countries=["FR"])
    _step(house, QA, K.COUNTRY_APPROVAL, countries=["DE", "FR"])
    done = _step(house, SUPPLY, K.RELEASE_TO_TRIAL, countries=["FR"])
    assert done.opened == ["FR"]
    assert [row["reason"] for row in house.rows(ReleaseReason)] == ["Import licence"]
    assert "Import licence" not in str(house.rows(AuditEntry))
    assert [row["outcome"] for row in house.rows(ReleaseStep, country="FR")] == ["refused", "signed", "signed"]


def test_every_refusal_has_a_name_and_writes_nothing(house: SupplyHouse) -> None:
    """Out of order, by the wrong role, by the same person, for a strange country or route, without a reason."""
    refused: list[tuple[Role, ReleaseStepKind, dict[str, Any], type[Refusal]]] = [
        (QA, K.COUNTRY_APPROVAL, {"countries": ["GB"]}, StepOutOfOrder),
        (SUPPLY, K.QP_CERTIFICATION, {"route": "uk"}, NotAllowed),
        (QP, K.RELEASE_TO_TRIAL, {"countries": ["GB"]}, NotAllowed),
        (QP, K.QP_CERTIFICATION, {"route": "mars"}, NotFound),
        (QP, K.QP_CERTIFICATION, {"route": "uk", "lot": "L9"}, NotFound),
        (QP, K.QP_CERTIFICATION, {"route": "uk", "outcome": StepOutcome.REFUSED}, BadInput),
        (
            QP,
            K.QP_CERTIFICATION,
            {"route": "uk", "outcome": StepOutcome.WITHDRAWN, "reason": "x"},
            StepDoesNotStand,
        ),
        (QP, K.COUNTRY_APPROVAL, {"countries": ["ZZ"]}, BadInput),
        (QP, K.COUNTRY_APPROVAL, {}, BadInput),
        (QP, K.QP_CERTIFICATION, {"route": "uk", "signing": signing("a guess")}, SigningRefused),
    ]
    for who, kind, changes, refusal in refused:
        with pytest.raises(refusal):
            _step(house, who, kind, **changes)
    assert house.rows(ReleaseStep) == []
    _step(house, QP, K.QP_CERTIFICATION, route="uk")
    with pytest.raises(StepStandsAlready):
        _step(house, QP, K.QP_CERTIFICATION, route="uk")
    _step(house, QP, K.COUNTRY_APPROVAL, countries=["GB"])
    both = house.actor(QP, SUPPLY)
    same = SignReleaseStep(
        study_id=house.study_id, lot="L1", kind=K.RELEASE_TO_TRIAL, countries=["GB"], signing=signing()
    )
    with pytest.raises(AnotherPersonNeeded):
        house.do(both, sign_release_step, same)
    one_signature = ReleaseLot(study_id=house.study_id, lot="L1", on_day=house.day, signing=signing())
    with pytest.raises(RouteToFollow):
        house.do(QP, release_lot, one_signature)
    house.later(1000)
    with pytest.raises(LotExpired):
        _step(house, SUPPLY, K.RELEASE_TO_TRIAL, countries=["GB"])
    assert len(house.rows(ReleaseStep)) == 2
    assert house.rows(LotApproval) == []


def test_each_step_is_signed_with_its_meaning_and_reads_as_a_sentence(house: SupplyHouse) -> None:
    """What was signed says what it is; the trail tells it in words."""
    _walk_to_britain(house)
    meanings = [row["meaning"] for row in house.rows(Signature, record_kind="lot")]
    assert meanings == [Meaning.CERTIFY_LOT, Meaning.APPROVE, Meaning.RELEASE_LOT]
    facts = ("act", "record_kind", "record", "old", "new", "reason")
    lines = house.rows(AuditEntry, act="release_step_signed")
    said = [sentence(person="Quinn", **{name: row[name] for name in facts}) for row in lines]
    assert said[0] == "Quinn signed QP certification of blinded lot L1 for route uk; usable since then in: –."
    assert said[2] == "Quinn signed release to the trial of blinded lot L1 for GB; usable since then in: GB."


def test_studies_without_routes_release_as_before(store: Store) -> None:
    """A step has no route to stand on."""
    plain = SupplyHouse.of(store)
    plain.load(release=False)
    with pytest.raises(NoRoutes):
        _step(plain, QP, K.QP_CERTIFICATION, route="uk")
