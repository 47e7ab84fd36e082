"""The application: every room of pages, what they share, and the doors that need no sign-in."""

from typing import Any

from litestar import Litestar, MediaType, Response, get
from litestar.config.allowed_hosts import AllowedHostsConfig
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.static_files import create_static_files_router
from sqlalchemy.exc import SQLAlchemyError

from irt.errors import Refusal
from irt.services.migrate import require_current
from irt.services.seal import Seal
from irt.services.store import Store
from irt.supply.planner import ResupplyPlanner
from web.access_log import note_start, write_access
from web.api.mode_mark import mark_mode
from web.api.problems import answer_broken, answer_refused, answer_unreadable, by_room
from web.api.room import api_rooms
from web.blinded.acceptance import AcceptancePages
from web.blinded.access import AccessPages
from web.blinded.accidents import AccidentPages
from web.blinded.account import AccountPages
from web.blinded.accountability import AccountabilityPages
from web.blinded.activation import ActivationPages
from web.blinded.approvals import ApprovalPages
from web.blinded.attempts import AttemptPages
from web.blinded.calendar import CalendarFeedPages, CalendarPages
from web.blinded.checklist import ChecklistPages
from web.blinded.code_break import CodeBreakPages, CodeBreakRecordPages
from web.blinded.configuration import ConfigurationPages
from web.blinded.controlled import ControlledPages, LicencePages
from web.blinded.count import CountPages
from web.blinded.dashboard import DashboardPages
from web.blinded.delegation import DelegationPages
from web.blinded.depot import DepotPages
from web.blinded.depot_items import DepotItemPages
from web.blinded.depot_labels import DepotLabelPages
from web.blinded.depot_returns import DepotReturnPages
from web.blinded.destruction import DestructionPages
from web.blinded.deviations import DeviationPages
from web.blinded.dispense import DispensePages
from web.blinded.door_pickups import DoorPickupPages
from web.blinded.doors import DoorPages
from web.blinded.duties import DutyPages
from web.blinded.emergency import EmergencyPages
from web.blinded.enrolment import EnrolmentPages
from web.blinded.enrolment_forecast import EnrolmentForecastPages
from web.blinded.exits import ExitPages
from web.blinded.expiry import ExpiringPages, ExpiryPages
from web.blinded.exports import ExportDoor, ExportPages
from web.blinded.gates import GateListPages
from web.blinded.help_desk import HelpDeskPages
from web.blinded.history import HistoryPages
from web.blinded.holds import HoldPages
from web.blinded.home import HomePages
from web.blinded.home_label import HomeLabelPages
from web.blinded.incidents import IncidentPages
from web.blinded.interfaces import InterfacePages
from web.blinded.invitation import InvitationPage
from web.blinded.invitations import InvitationPages
from web.blinded.issues import IssuePages
from web.blinded.items import ItemPages
from web.blinded.jobs import JobPages
from web.blinded.kit import KitPages
from web.blinded.kit_orders import KitOrderPages
from web.blinded.label_masters import LabelMasterPages
from web.blinded.leak_reports import LeakReportPages
from web.blinded.lock import LockPages
from web.blinded.monitoring import MonitoringPages
from web.blinded.network import NetworkPages
from web.blinded.network_proposals import NetworkProposalPages
from web.blinded.network_supply import NetworkSupplyPages
from web.blinded.notices import NoticePages
from web.blinded.orders import OrderPages
from web.blinded.outage import OutagePages
from web.blinded.parcel import ParcelPages
from web.blinded.passkeys import PasskeyPages
from web.blinded.people import PeoplePages
from web.blinded.person import PersonPages
from web.blinded.pharmacy_log import PharmacyLogPages
from web.blinded.pickups import PickupPages
from web.blinded.plan_compare import BlindedPlanComparePages
from web.blinded.plan_network import BlindedPlanNetworkPages
from web.blinded.plan_stock import BlindedPlanStockPages
from web.blinded.planned_unblinding import PlannedUnblindingPages
from web.blinded.plans import BlindedPlanPages
from web.blinded.preparations import PreparationPages
from web.blinded.quality import QualityPages
from web.blinded.randomize import RandomizePages
from web.blinded.receive import ReceivePages
from web.blinded.records import RecordsDoor, RecordsPages
from web.blinded.relabel import RelabelPages
from web.blinded.return_shipments import ReturnShipmentPages
from web.blinded.returns import ReturnsPages, SubjectReturnsPages
from web.blinded.sessions import SessionPages
from web.blinded.shipments import ShipmentPages
from web.blinded.sign_in import SignInPages
from web.blinded.steps import StepPages
from web.blinded.stock import StockPages
from web.blinded.stock_differences import StockDifferencePages
from web.blinded.storage import StoragePages
from web.blinded.subjects import OneSubjectPages, SubjectsPages
from web.blinded.supply_exceptions import SupplyExceptionPages
from web.blinded.supply_plan import SupplyPlanPages
from web.blinded.switch import SwitchPages
from web.blinded.temperature import ExcursionPages, LoggerFilePages
from web.blinded.time_machine import TimeMachinePages
from web.blinded.tokens import TokenPages
from web.blinded.trail_reviews import TrailReviewPages
from web.blinded.unblinding import UnblindingPages
from web.blinded.vendor_codes import VendorCodePages
from web.blinded.verification import VerificationPages
from web.blinded.version import VersionPage
from web.blinded.version_impact import ImpactPages
from web.blinded.versions import VersionPages
from web.blinded.visits import CorrectPages, RecordPages, SkipPages, UnscheduledPages
from web.blinded.weight import WeightPages
from web.blinded.worklist import WorklistPages
from web.errors import answer_fault, answer_http_error, answer_refusal, answer_stranger
from web.installation import Clock, Installation
from web.security import Armour, FormGuard, csrf_config
from web.session import NotSignedIn, dependencies
from web.settings import Settings
from web.static_files import STATIC, STATIC_PATH
from web.unblinded.allocations import AllocationPages
from web.unblinded.code_break_result import CodeBreakResultPages
from web.unblinded.contents import ContentsPages
from web.unblinded.design_bench import DesignBenchPages
from web.unblinded.documents import DocumentPages
from web.unblinded.dose_finding import DoseFindingPages
from web.unblinded.exports import UnblindedExportPages
from web.unblinded.gate_compare import GateComparePages
from web.unblinded.gate_define import DefineGatePages
from web.unblinded.gate_files import GateFilePages
from web.unblinded.gate_pages import GatePages
from web.unblinded.gate_runs import GateRunPages
from web.unblinded.invoices import InvoicePages
from web.unblinded.kit_lists import KitListPages
from web.unblinded.kit_orders import TypedOrderPages
from web.unblinded.leak_fields import LeakFieldPages
from web.unblinded.level_changes import LevelChangePages
from web.unblinded.level_sets import LevelSetPages
from web.unblinded.lots import LotPages
from web.unblinded.outage_seals import OutageSealPages
from web.unblinded.past_treatments import PastTreatmentPages
from web.unblinded.plan_advice import PlanAdvicePages
from web.unblinded.plan_approval import PlanApprovalPages, PlanPaperPages
from web.unblinded.plan_compare import PlanComparePages
from web.unblinded.plan_pages import PlanPages
from web.unblinded.plan_reasons import PlanReasonPages
from web.unblinded.plan_runs import PlanRunPages
from web.unblinded.planned_lists import PlannedListPages
from web.unblinded.pools import PoolPages
from web.unblinded.predictability import PredictabilityPages
from web.unblinded.randomization import RandomizationPages
from web.unblinded.randomization_lists import RandomizationListPages
from web.unblinded.release import ReleasePages
from web.unblinded.responses import ResponsePages
from web.unblinded.safety_cases import SafetyCasePages
from web.unblinded.supply import SupplyPages
from web.unblinded.supply_network import ResupplyLevelPages, SupplySitePages
from web.unblinded.supply_shipments import SupplyShipmentPages
from web.unblinded.twin import TwinPages
from web.unblinded.unblinding_log import FullLogPages
from web.unblinded.vendor_skus import VendorSkuPages
from web.unblinded.versions import VersionComparisonPages

ROOMS: tuple[Any, ...] = (
    SignInPages,
    SwitchPages,
    AccountPages,
    CalendarPages,
    CalendarFeedPages,
    AccountabilityPages,
    SessionPages,
    PasskeyPages,
    TokenPages,
    AccessPages,
    DelegationPages,
    AttemptPages,
    PeoplePages,
    InvitationPages,
    InvitationPage,
    PersonPages,
    EmergencyPages,
    HistoryPages,
    RecordsDoor,
    RecordsPages,
    ExportDoor,
    ExportPages,
    UnblindedExportPages,
    TimeMachinePages,
    TrailReviewPages,
    DutyPages,
    IncidentPages,
    JobPages,
    WorklistPages,
    DispensePages,
    HomePages,
    HomeLabelPages,
    DoorPages,
    DoorPickupPages,
    PickupPages,
    ParcelPages,
    ExitPages,
    OrderPages,
    StepPages,
    RecordPages,
    SkipPages,
    CorrectPages,
    UnscheduledPages,
    WeightPages,
    ReturnShipmentPages,
    ReturnsPages,
    SubjectReturnsPages,
    VerificationPages,
    OutagePages,
    OutageSealPages,
    OneSubjectPages,
    RandomizePages,
    SubjectsPages,
    StockPages,
    StoragePages,
    KitPages,
    CountPages,
    RelabelPages,
    LabelMasterPages,
    ItemPages,
    ControlledPages,
    PreparationPages,
    PharmacyLogPages,
    LicencePages,
    DepotItemPages,
    ShipmentPages,
    ReceivePages,
    CodeBreakPages,
    CodeBreakRecordPages,
    CodeBreakResultPages,
    UnblindingPages,
    AccidentPages,
    PlannedUnblindingPages,
    PlannedListPages,
    FullLogPages,
    SafetyCasePages,
    DepotPages,
    DepotLabelPages,
    SupplyPages,
    SupplyPlanPages,
    BlindedPlanPages,
    BlindedPlanStockPages,
    BlindedPlanNetworkPages,
    BlindedPlanComparePages,
    PlanRunPages,
    PlanPages,
    PlanReasonPages,
    PlanComparePages,
    PlanAdvicePages,
    PlanApprovalPages,
    PlanPaperPages,
    GateListPages,
    DefineGatePages,
    GateComparePages,
    GatePages,
    GateRunPages,
    GateFilePages,
    SupplyExceptionPages,
    StockDifferencePages,
    InterfacePages,
    VendorCodePages,
    TwinPages,
    VendorSkuPages,
    InvoicePages,
    SupplyShipmentPages,
    SupplySitePages,
    LevelChangePages,
    LevelSetPages,
    VersionPage,
    AcceptancePages,
    VersionPages,
    ImpactPages,
    NetworkPages,
    NoticePages,
    NetworkProposalPages,
    NetworkSupplyPages,
    KitOrderPages,
    TypedOrderPages,
    VersionComparisonPages,
    ResupplyLevelPages,
    RandomizationPages,
    AllocationPages,
    RandomizationListPages,
    PredictabilityPages,
    ResponsePages,
    DesignBenchPages,
    DoseFindingPages,
    PastTreatmentPages,
    DocumentPages,
    LotPages,
    ReleasePages,
    PoolPages,
    ExpiryPages,
    ExpiringPages,
    QualityPages,
    DepotReturnPages,
    DestructionPages,
    DeviationPages,
    ExcursionPages,
    LoggerFilePages,
    HoldPages,
    ApprovalPages,
    ConfigurationPages,
    KitListPages,
    EnrolmentPages,
    EnrolmentForecastPages,
    HelpDeskPages,
    ContentsPages,
    DashboardPages,
    MonitoringPages,
    ActivationPages,
    ChecklistPages,
    LeakReportPages,
    LeakFieldPages,
    LockPages,
    IssuePages,
)
"""Every controller; a new page room is one line here."""


def create_app(store: Store, clock: Clock, settings: Settings, planner: ResupplyPlanner) -> Litestar:
    """The application on a store; nothing in it reads the environment or the machine's clock by itself."""
    app = build_app(settings, store.seal)
    move_in(app, store, clock, settings, planner)
    return app


def build_app(settings: Settings, seal: Seal) -> Litestar:
    """Every room and door, before anything moves in; the seal signs what forms bring back."""
    return Litestar(
        route_handlers=[*ROOMS, *api_rooms(), health, ready, _static_files()],
        dependencies=dependencies(),
        before_send=[Armour(settings), mark_mode, write_access],
        middleware=[note_start, DefineMiddleware(FormGuard, config=csrf_config(settings, seal))],
        exception_handlers={
            NotSignedIn: answer_stranger,
            Refusal: by_room(answer_refused, answer_refusal),
            HTTPException: by_room(answer_unreadable, answer_http_error),
            Exception: by_room(answer_broken, answer_fault),
        },
        allowed_hosts=AllowedHostsConfig(allowed_hosts=list(settings.hosts)) if settings.hosts else None,
        request_max_body_size=settings.body_bytes_max,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def move_in(app: Litestar, store: Store, clock: Clock, settings: Settings, planner: ResupplyPlanner) -> None:
    """Puts an installation into an application that was built with its settings and seal."""
    paths = frozenset(route.path for route in app.routes)
    app.state = State({"installation": Installation(store, clock, settings, planner, paths)})


@get("/health", media_type=MediaType.TEXT, include_in_schema=False)
async def health() -> str:
    """Alive: this process answers."""
    return "ok"


@get("/ready", media_type=MediaType.TEXT, include_in_schema=False, sync_to_thread=True)
def ready(store: NamedDependency[Store]) -> Response[str]:
    """Ready: the database answers and has the schema of this program."""
    try:
        require_current(store)
    except Refusal as refusal:
        return Response(refusal.sentence, status_code=503, media_type=MediaType.TEXT)
    except SQLAlchemyError:
        return Response("The database does not answer.", status_code=503, media_type=MediaType.TEXT)
    return Response("ready", media_type=MediaType.TEXT)


def _static_files() -> Any:
    return create_static_files_router(STATIC_PATH, directories=[STATIC])
