"""Dispensing over the API: order, kits, scans, hand-over, and what goes wrong with it."""

from typing import Any

from tests.web.api.system import SIGNING, System


def _numbers(dispensing: dict[str, Any]) -> list[str]:
    return [kit["number"] for kit in dispensing["kits"]]


def _statuses(dispensing: dict[str, Any]) -> list[str]:
    return [kit["status"] for kit in dispensing["kits"]]


def test_kits_are_ordered_assigned_scanned_and_handed_over(investigator: System) -> None:
    """The whole way of a visit; a wrong scan is an answer, not a refusal."""
    _, dispensing = investigator.dispenses()
    first, second = _numbers(dispensing)
    here = {"dispensing_id": dispensing["dispensing_id"]}
    wrong = investigator.booked("/dispensings/check-kit", read="99999", **here)
    right = investigator.booked("/dispensings/check-kit", read=first, **here)
    assert (wrong["accepted"], right["accepted"], right["left"]) == (False, True, 1)
    early = investigator.does("/dispensings/hand-over", **here)
    assert (early.status_code, early.json()["name"]) == (409, "NotAllChecked")
    done = investigator.booked("/dispensings/hand-over", scanned=[second], **here)
    assert (done["status"], _statuses(done)) == ("handed_over", ["handed_over"] * 2)


def test_a_wrong_password_signs_no_order(investigator: System) -> None:
    """403 in the words of the sign-in page."""
    subject = investigator.randomizes()
    answer = investigator.does(
        "/dispensings/sign-order",
        subject=subject,
        visit="D1",
        dose_level="Q2W",
        signing={"password": "not mine"},
    )
    assert (answer.status_code, answer.json()["name"]) == (403, "SigningRefused")


def test_fewer_kits_are_handed_over(investigator: System) -> None:
    """The rest is not given, with a reason."""
    _, dispensing = investigator.dispenses()
    here, given = {"dispensing_id": dispensing["dispensing_id"]}, _numbers(dispensing)[:1]
    investigator.booked("/dispensings/check-kit", read=given[0], **here)
    done = investigator.booked("/dispensings/hand-over-fewer", given=given, reason="Leaves early", **here)
    assert (done["status"], _statuses(done)) == ("handed_over_partly", ["handed_over", "not_given"])


def test_a_dispensing_is_given_up(investigator: System) -> None:
    """Nothing is handed over."""
    _, dispensing = investigator.dispenses()
    done = investigator.booked("/dispensings/give-up", dispensing_id=dispensing["dispensing_id"], reason="Not come")
    assert _statuses(done) == ["not_given"] * 2


def test_a_kit_is_replaced(investigator: System) -> None:
    """Another kit comes in its place."""
    _, dispensing = investigator.dispenses()
    broken = _numbers(dispensing)[0]
    after = investigator.booked(
        "/dispensings/replace-kit",
        dispensing_id=dispensing["dispensing_id"],
        number=broken,
        problem="damaged",
        reason="Seal broken",
        on_day=investigator.today,
    )
    replaced = {kit["number"]: kit["status"] for kit in after["kits"]}
    assert replaced[broken] == "replaced"
    assert sorted(replaced.values()) == ["replaced", "waiting", "waiting"]


def test_another_kit_was_handed_over(investigator: System) -> None:
    """Both kits follow what happened, under a signature; a wrong password books nothing."""
    _, dispensing = investigator.dispenses()
    site, assigned = investigator.world.sites[0][0], _numbers(dispensing)[0]
    kits = investigator.asks_study(f"/sites/{site}/kits", limit=200).json()["items"]
    given = next(kit["number"] for kit in kits if kit["status"] == "available")
    told = {
        "dispensing_id": dispensing["dispensing_id"],
        "assigned": assigned,
        "given": given,
        "taken": "yes",
        "reason": "Picked from the wrong shelf",
    }
    refused = investigator.does("/dispensings/record-misallocation", signing={"password": "not mine"}, **told)
    assert (refused.status_code, refused.json()["name"]) == (403, "SigningRefused")
    booked = investigator.booked("/dispensings/record-misallocation", signing=SIGNING, **told)
    statuses = {kit["number"]: kit["status"] for kit in booked["dispensing"]["kits"]}
    assert (statuses[assigned], statuses[given]) == ("not_given", "misallocated")
    assert booked["deviation"].startswith("D-")


def test_kits_come_back(investigator: System) -> None:
    """Returned as whole kits, as this study counts them; units are refused in words."""
    subject, dispensing = investigator.dispenses()
    numbers = _numbers(dispensing)
    investigator.booked("/dispensings/hand-over", dispensing_id=dispensing["dispensing_id"], scanned=numbers)
    back = {"subject": subject, "on_day": investigator.today}
    kit = {"number": numbers[0], "fate": "unused"}
    wrong = investigator.does("/kits/take-back", kits=[{**kit, "units_used": 5}], **back)
    assert (wrong.status_code, wrong.json()["name"]) == (400, "CountedInKits")
    done = investigator.booked("/kits/take-back", kits=[kit], **back)
    assert (done["returned"], done["lost"]) == ([numbers[0]], [])


def test_another_sites_dispensing_is_none(investigator: System, neighbour: System) -> None:
    """404 for every act on it."""
    _, dispensing = investigator.dispenses()
    here, why = {"dispensing_id": dispensing["dispensing_id"]}, {"reason": "none"}
    acts: list[tuple[str, dict[str, Any]]] = [
        ("check-kit", {"read": _numbers(dispensing)[0]}),
        ("hand-over", {}),
        ("hand-over-fewer", {"given": _numbers(dispensing), **why}),
        ("give-up", why),
    ]
    assert [neighbour.does(f"/dispensings/{act}", **here, **facts).status_code for act, facts in acts] == [404] * 4


def test_signing_is_with_the_owners_password(investigator: System) -> None:
    """A signed order is told with its time."""
    subject = investigator.randomizes()
    order = investigator.booked(
        "/dispensings/sign-order", subject=subject, visit="D1", dose_level="Q2W", signing=SIGNING
    )
    assert (order["subject"], order["visit"], bool(order["signed_at"])) == (subject, "D1", True)
