"""An approved plan on paper, for the study's file: what was decided, at what cost, how sure, signed by whom."""

from datetime import UTC, datetime

from irt.reads.unblinded_plan_signature import PlanSignature
from irt.states.records import Mode
from optimization.result import Component
from optimization.story.comparison import COMPONENT_WORDS
from optimization.story.cost_table import CostRow, costs_by_depot
from web.downloads import warning_of
from web.formats import day, number
from web.pdf import Masthead, Sheets
from web.unblinded.open_plan import OpenPlan
from web.unblinded.plan_pages import consignment_row, figures_of
from web.unblinded.plan_views import ConsignmentRow

TITLE = "Shipment plan"
NOT_SIGNED = "This plan is not approved. Nothing of it leaves."
HELD = "Every rule of the problem was held against the plan by a check that shares nothing with what made the plan."


def plan_paper(opened: OpenPlan, signature: PlanSignature | None, masthead: Masthead) -> bytes:
    """The paper as PDF; the same plan gives the same bytes at the same moment."""
    sheets = Sheets(masthead, wide=True)
    _decided(sheets, opened)
    _costs(sheets, opened)
    _checked(sheets, opened)
    _signed(sheets, signature)
    _consignments(sheets, opened)
    return sheets.paper()


def plan_masthead(opened: OpenPlan, study: str, person: str, at: datetime, mode: Mode) -> Masthead:
    """Its head; outside production it says that nothing is real."""
    mark = warning_of(mode)
    return Masthead(f"{TITLE} {opened.shown.number}", study, person, at, mark)


def _decided(sheets: Sheets, opened: OpenPlan) -> None:
    shown, run = opened.shown, opened.shown.run
    told = figures_of(opened)
    sheets.heading("What was decided")
    facts = [
        ("Plan", f"{shown.number}{f', {run.title}' if run.title else ''}"),
        ("Days", f"{run.horizon_days} from {day(run.day)}"),
        ("Asked for by", f"{run.person}, {run.at.astimezone(UTC):%d %b %Y %H:%M} UTC, optimization {run.number}"),
        ("Consignments", f"{told.consignments} with {number(told.kits_sent)} kits"),
        ("Kits there when wanted", f"{100 * told.service:.2f} %, {told.unmet} missing"),
        ("Overage at sites", f"{100 * told.overage:.2f} %, {told.wasted} kits wasted in all"),
        ("Plan hash", shown.hash),
    ]
    sheets.rows(
        ("What", "As it stands"), [*facts, *(("No plan can serve", words) for _, words in opened.causes)], (2, 9)
    )


def _costs(sheets: Sheets, opened: OpenPlan) -> None:
    rows = [CostRow("All", figures_of(opened).cost), *costs_by_depot(opened.problem, opened.plan)]
    sheets.heading("What it costs, by depot with the sites it serves")
    heads = ("Depot", *(words for words in COMPONENT_WORDS.values()), "Total")
    sheets.rows(
        heads, [(opened.place_words(row.name), *_cents(row)) for row in rows], (2, *(2,) * (len(heads) - 1))
    )


def _cents(row: CostRow) -> list[str]:
    parts = [int(getattr(row.split, component.value)) for component in Component]
    return [number(cents / 100, 2) for cents in (*parts, row.split.total)]


def _checked(sheets: Sheets, opened: OpenPlan) -> None:
    shown = opened.shown
    sheets.heading("How sure that is")
    gap = f"{100 * shown.gap:.2f} %" if shown.bound else "nothing is proven"
    facts = [
        ("Proven bound", f"{number(shown.bound / 100, 2)}: no plan of this problem costs less"),
        ("Gap", f"{gap}, asked for {100 * float(shown.run.goal['gap']):.2f} %"),
        ("Independent check", f"clean, {shown.verdict.get('violations', 0)} rules broken. {HELD}"),
        ("Release", shown.software),
    ]
    sheets.rows(("What", "As it stands"), facts, (2, 9))


def _signed(sheets: Sheets, signature: PlanSignature | None) -> None:
    sheets.heading("Signature")
    if signature is None:
        sheets.sentence(NOT_SIGNED)
        return
    heads = ("Signed by", "As", "Meaning", "When", "With", "Hash of what was signed")
    line = (
        signature.printed_name,
        signature.role,
        signature.meaning,
        f"{signature.at.astimezone(UTC):%d %b %Y %H:%M:%S} UTC",
        signature.components,
        signature.record_hash,
    )
    sheets.rows(heads, [line], (3, 3, 3, 3, 2, 6))


def _consignments(sheets: Sheets, opened: OpenPlan) -> None:
    """By the day they leave; small sites by blinding group, as on the pages."""
    rows = [consignment_row(opened, place) for place in range(len(opened.plan.consignments))]
    sheets.heading("Consignments")
    heads = ("Leaves", "Arrives", "From", "To", "Class", "Kits", "Boxes", "Journey", "Shipment")
    sheets.rows(
        heads, [_line(row) for row in sorted(rows, key=lambda row: row.leaves)], (3, 3, 2, 2, 2, 6, 4, 2, 3)
    )


def _line(row: ConsignmentRow) -> tuple[str, ...]:
    kits = ", ".join(f"{count} {name}" for name, count in row.kits)
    money = number(row.cents / 100, 2)
    return (
        day(row.leaves),
        day(row.arrives),
        row.origin,
        row.destination,
        row.sent.temp,
        kits,
        row.boxes,
        money,
        row.shipment,
    )
