"""Dispensing: the signed order, assignment, scans, hand-over, and what goes wrong with it."""

from irt.blinding.roles import Permission
from irt.services.assign_kits import assign_kits
from irt.services.check_kit import check_kit
from irt.services.hand_over_kits import give_up_dispensing, hand_over_fewer, hand_over_kits
from irt.services.prepare_kits import discard_preparation, prepare_kits
from irt.services.replace_kit import replace_kit
from irt.services.sign_misallocation import sign_misallocation
from irt.services.sign_order import sign_order
from irt.services.take_back_kits import take_back_kits
from irt.services.weigh_subject import confirm_weight, enter_weight
from web.api.operations import command

_VISIT = {"study_id": 1, "subject": "1014-0037", "visit": "W4"}
_DISPENSING = {"study_id": 1, "dispensing_id": 12}
_SIGNING = {"password": "the owner's password", "code": "123456"}
_TODAY = {"on_day": "2026-03-02"}

OPERATIONS = (
    command(
        "/dispensings/sign-order",
        sign_order,
        Permission.SIGN_ORDER,
        "Sign the order for a visit's kits",
        {**_VISIT, "signing": _SIGNING},
    ),
    command(
        "/dispensings/enter-weight",
        enter_weight,
        Permission.DISPENSE,
        "Enter a body weight, to be confirmed by another person",
        {**_VISIT, **_TODAY, "weight_kg": "71.5"},
    ),
    command(
        "/dispensings/confirm-weight",
        confirm_weight,
        Permission.DISPENSE,
        "Confirm a body weight that another person entered",
        {**_VISIT, **_TODAY, "weight_kg": "71.5"},
    ),
    command(
        "/dispensings/assign",
        assign_kits,
        Permission.DISPENSE,
        "Assign the kits of a visit",
        {**_VISIT, **_TODAY},
    ),
    command(
        "/dispensings/check-kit",
        check_kit,
        Permission.DISPENSE,
        "Check one kit by its scan",
        {**_DISPENSING, "read": "48213377"},
    ),
    command(
        "/preparations/prepare",
        prepare_kits,
        Permission.PREPARE_KITS,
        "Book a preparation of a visit's kits, or correct one",
        {
            **_DISPENSING,
            "kits": [{"number": "48213377", "used": "3.5", "wasted": "1.5"}],
            "prepared_at": "2026-03-02T10:15:00Z",
            "thaw_started_at": "2026-03-02T08:00:00Z",
            "thaw_ended_at": "2026-03-02T09:30:00Z",
        },
    ),
    command(
        "/preparations/discard",
        discard_preparation,
        Permission.PREPARE_KITS,
        "Throw a preparation away",
        {"study_id": 1, "number": "P-00001", "reason": "The subject did not come"},
    ),
    command(
        "/dispensings/hand-over",
        hand_over_kits,
        Permission.DISPENSE,
        "Hand over all kits of a dispensing",
        {**_DISPENSING, "scanned": ["48213377"]},
    ),
    command(
        "/dispensings/hand-over-fewer",
        hand_over_fewer,
        Permission.DISPENSE,
        "Hand over some of the kits",
        {**_DISPENSING, "given": ["48213377"], "reason": "Subject leaves for home early"},
    ),
    command(
        "/dispensings/give-up",
        give_up_dispensing,
        Permission.DISPENSE,
        "Hand over nothing",
        {**_DISPENSING, "reason": "Visit not done", "visit_then": "skipped"},
    ),
    command(
        "/dispensings/replace-kit",
        replace_kit,
        Permission.DISPENSE,
        "Replace a kit before it is handed over",
        {**_DISPENSING, **_TODAY, "number": "48213377", "problem": "damaged", "reason": "Seal broken"},
    ),
    command(
        "/dispensings/record-misallocation",
        sign_misallocation,
        Permission.DISPENSE,
        "Record that another kit was handed over, signed",
        {
            **_DISPENSING,
            "assigned": "48213377",
            "given": "30915524",
            "taken": "no",
            "reason": "Found at the shelf count",
            "signing": _SIGNING,
        },
    ),
    command(
        "/kits/take-back",
        take_back_kits,
        Permission.TAKE_BACK,
        "Take back kits from a subject",
        {
            "study_id": 1,
            "subject": "1014-0037",
            **_TODAY,
            "kits": [{"number": "48213377", "fate": "used"}],
        },
    ),
)
