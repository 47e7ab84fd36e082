"""Kits on the shelf: reports and counts."""

from irt.blinding.roles import Permission
from irt.services.book_items import book_depot_items, book_items
from irt.services.carry_items import receive_items
from irt.services.count_stock import count_stock
from irt.services.quarantine_kits import quarantine_kits
from irt.services.relabel_kits import check_relabelling, relabel_kits
from irt.services.report_kit import report_kit
from irt.services.save_log_layout import save_log_layout
from irt.services.send_items import order_items
from web.api.operations import command

_SITE = {"study_id": 1, "site": "1014"}
_DEPOT = {"study_id": 1, "depot": "NLD"}

OPERATIONS = (
    command(
        "/kits/report",
        report_kit,
        Permission.REPORT_KIT,
        "Report a kit damaged, missing or found again",
        {**_SITE, "kit": "48213377", "report": "damaged", "reason": "Dropped"},
    ),
    command(
        "/kits/quarantine",
        quarantine_kits,
        Permission.REPORT_KIT,
        "Set kits apart until somebody decides on their quality",
        {"study_id": 1, "kits": ["48213377"], "reason": "Found outside the refrigerator"},
    ),
    command(
        "/kits/relabel",
        relabel_kits,
        Permission.COUNT_STOCK,
        "Book labels with a later date put on kits; every label is accounted for",
        {**_SITE, "change": "E-0001", "kits": ["48213377"], "labels_issued": 2, "labels_spoiled": 1},
    ),
    command(
        "/kits/relabel/check",
        check_relabelling,
        Permission.COUNT_STOCK,
        "Sign, as a second person, that new labels are right",
        {"study_id": 1, "number": "B-0001", "signing": {"password": "the owner's password", "code": "123456"}},
    ),
    command(
        "/items/book",
        book_items,
        Permission.VIEW_STOCK,
        "Receive, hand out, take back, set aside, destroy or count items without numbers",
        {**_SITE, "act": "receive", "item": "BAG", "lot": "B-77", "quantity": 20, "expiry": "2028-06-30"},
    ),
    command(
        "/items/book-at-depot",
        book_depot_items,
        Permission.FULFIL_SHIPMENT,
        "Receive, set aside, destroy or count items without numbers at a depot",
        {**_DEPOT, "act": "receive", "item": "BAG", "lot": "B-77", "quantity": 500, "expiry": "2028-06-30"},
    ),
    command(
        "/items/order",
        order_items,
        Permission.ORDER_SETS,
        "Order items without numbers for a site by hand",
        {**_SITE, "item": "BAG", "quantity": 20, "reason": "Two more subjects this week"},
    ),
    command(
        "/items/receive",
        receive_items,
        Permission.RECEIVE_SHIPMENT,
        "Book how the items of a shipment arrived, every line at once",
        {"study_id": 1, "number": "S-10001", "lots": [{"item": "BAG", "lot": "B-77", "arrived": 19, "damaged": 1}]},
    ),
    command(
        "/stock/log-layout",
        save_log_layout,
        Permission.COUNT_STOCK,
        "Choose the columns of a site's accountability log, their order and names",
        {**_SITE, "columns": [{"field": "kit", "heading": "Med. ID"}, {"field": "subject"}]},
    ),
    command(
        "/kits/count",
        count_stock,
        Permission.COUNT_STOCK,
        "Book a physical count of a site's stock",
        {**_SITE, "scanned": ["48213377", "30915524"], "reasons": {}},
    ),
)
