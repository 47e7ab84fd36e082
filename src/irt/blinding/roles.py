"""Roles, what each may do, and what kind of data each may see, as data."""

from enum import StrEnum


class Role(StrEnum):
    """A person's part in a study."""

    INVESTIGATOR = "investigator"
    COORDINATOR = "coordinator"
    PHARMACIST = "pharmacist"
    UNBLINDED_PHARMACIST = "unblinded_pharmacist"
    MONITOR = "monitor"
    UNBLINDED_MONITOR = "unblinded_monitor"
    STUDY_TEAM = "study_team"
    SAFETY = "safety"
    SUPPLY_MANAGER = "supply_manager"
    SUPPLY_PLANNER = "supply_planner"
    DEPOT = "depot"
    COURIER = "courier"
    CUSTOMS_BROKER = "customs_broker"
    QUALIFIED_PERSON = "qualified_person"
    QUALITY = "quality"
    STATISTICIAN = "statistician"
    UNBLINDED_STATISTICIAN = "unblinded_statistician"
    CONFIGURATOR = "configurator"
    HELP_DESK = "help_desk"
    ADMINISTRATOR = "administrator"
    INSPECTOR = "inspector"
    PATIENT = "patient"


class DataClass(StrEnum):
    """C0 study facts, C1 blinded operations, C2 supply by type, C3 lists, C4 one arm, C5 personal."""

    STUDY = "c0"
    OPERATIONS = "c1"
    SUPPLY_BY_TYPE = "c2"
    LISTS = "c3"
    ARM = "c4"
    PERSONAL = "c5"


class Permission(StrEnum):
    """One act."""

    VIEW_SUBJECTS = "view_subjects"
    SCREEN = "screen"
    RANDOMIZE = "randomize"
    SIGN_ORDER = "sign_order"
    DISPENSE = "dispense"
    PREPARE_KITS = "prepare_kits"
    CHANGE_DOSE = "change_dose"
    END_TREATMENT = "end_treatment"
    TAKE_BACK = "take_back"
    VIEW_STOCK = "view_stock"
    COUNT_STOCK = "count_stock"
    REPORT_KIT = "report_kit"
    RECEIVE_SHIPMENT = "receive_shipment"
    VERIFY_RETURNS = "verify_returns"
    BREAK_CODE = "break_code"
    VIEW_SUPPLY = "view_supply"
    RUN_RESUPPLY = "run_resupply"
    ORDER_SETS = "order_sets"
    APPROVE_SHIPMENT = "approve_shipment"
    FULFIL_SHIPMENT = "fulfil_shipment"
    LOAD_KITS = "load_kits"
    RELEASE_LOT = "release_lot"
    APPROVE_COUNTRY = "approve_country"
    RELEASE_TO_TRIAL = "release_to_trial"
    DECIDE_QUALITY = "decide_quality"
    VIEW_RANDOMIZATION = "view_randomization"
    ANNOTATE_RANDOMIZATION = "annotate_randomization"
    RECORD_RESPONSES = "record_responses"
    FREEZE_RANDOMIZATION = "freeze_randomization"
    CONFIGURE_STUDY = "configure_study"
    APPROVE_STUDY = "approve_study"
    ACTIVATE_SITE = "activate_site"
    VIEW_AUDIT = "view_audit"
    MANAGE_ACCOUNTS = "manage_accounts"
    VIEW_ENROLMENT = "view_enrolment"
    HELP_PEOPLE = "help_people"
    RECORD_ADDRESS = "record_address"
    RELEASE_DELIVERY = "release_delivery"
    CARRY_HOME = "carry_home"
    CONFIRM_DELIVERY = "confirm_delivery"
    SHIP_RETURNS = "ship_returns"
    RECEIVE_RETURNS = "receive_returns"
    SEND_TO_SATELLITE = "send_to_satellite"
    VIEW_INVOICE = "view_invoice"
    WRITE_LABELS = "write_labels"
    APPROVE_LABELS = "approve_labels"
    VIEW_GATE = "view_gate"
    RUN_GATE = "run_gate"
    SIGN_GATE = "sign_gate"
    VIEW_ACCESS = "view_access"
    REVIEW_ACCESS = "review_access"
    EXPORT_DATA = "export_data"
    VIEW_STUDY_LIFE = "view_study_life"
    RECORD_SITE_APPROVAL = "record_site_approval"
    RECORD_ISSUE = "record_issue"
    LOCK_STUDY = "lock_study"
    REVIEW_TRAIL = "review_trail"
    VIEW_INCIDENTS = "view_incidents"
    RECORD_INCIDENT = "record_incident"
    DECIDE_INCIDENT = "decide_incident"
    DELEGATE_TASKS = "delegate_tasks"
    VIEW_DELEGATION = "view_delegation"
    VIEW_UNBLINDING = "view_unblinding"
    DECIDE_UNBLINDING = "decide_unblinding"
    ASSESS_CASE = "assess_case"
    PLAN_UNBLINDING = "plan_unblinding"
    PLAN_ENROLMENT = "plan_enrolment"
    RECORD_MONITORING = "record_monitoring"
    VIEW_IMPACT_BY_TYPE = "view_impact_by_type"


_P, _R, _D = Permission, Role, DataClass

_SITE_STAFF = {
    _P.VIEW_SUBJECTS,
    _P.SCREEN,
    _P.RANDOMIZE,
    _P.DISPENSE,
    _P.TAKE_BACK,
    _P.SHIP_RETURNS,
    _P.VIEW_STOCK,
    _P.COUNT_STOCK,
    _P.REPORT_KIT,
    _P.RECEIVE_SHIPMENT,
    _P.ORDER_SETS,
    _P.VIEW_AUDIT,
    _P.VIEW_DELEGATION,
}
_INCIDENTS = {_P.VIEW_INCIDENTS, _P.RECORD_INCIDENT}
_MONITOR = frozenset({_P.VIEW_SUBJECTS, _P.VIEW_STOCK, _P.VERIFY_RETURNS, _P.VIEW_AUDIT, _P.VIEW_DELEGATION})
_SUPPLY = {
    _P.VIEW_STOCK,
    _P.VIEW_SUPPLY,
    _P.RUN_RESUPPLY,
    _P.ORDER_SETS,
    _P.APPROVE_SHIPMENT,
    _P.ACTIVATE_SITE,
    _P.VIEW_ENROLMENT,
    _P.VIEW_GATE,
    _P.VIEW_AUDIT,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    _R.INVESTIGATOR: frozenset(
        (_SITE_STAFF - {_P.COUNT_STOCK})
        | {_P.SIGN_ORDER, _P.CHANGE_DOSE, _P.END_TREATMENT, _P.BREAK_CODE}
        | {_P.RECORD_ADDRESS, _P.RELEASE_DELIVERY, _P.DELEGATE_TASKS}
    ),
    _R.COORDINATOR: frozenset(_SITE_STAFF | {_P.CHANGE_DOSE, _P.END_TREATMENT, _P.RECORD_ADDRESS}),
    _R.PHARMACIST: frozenset(_SITE_STAFF | {_P.PREPARE_KITS, _P.RELEASE_DELIVERY, _P.SEND_TO_SATELLITE}),
    _R.UNBLINDED_PHARMACIST: frozenset(
        (_SITE_STAFF - {_P.SCREEN, _P.RANDOMIZE}) | {_P.PREPARE_KITS, _P.SEND_TO_SATELLITE}
    ),
    _R.MONITOR: _MONITOR,
    _R.UNBLINDED_MONITOR: _MONITOR,
    _R.STUDY_TEAM: frozenset(
        {_P.VIEW_ENROLMENT, _P.APPROVE_STUDY, _P.VIEW_GATE, _P.SIGN_GATE, _P.VIEW_ACCESS, _P.REVIEW_ACCESS}
        | {_P.EXPORT_DATA}
        | _INCIDENTS
    ),
    _R.SAFETY: frozenset({_P.VIEW_SUBJECTS, _P.BREAK_CODE}),
    _R.SUPPLY_MANAGER: frozenset(
        _SUPPLY | {_P.LOAD_KITS, _P.VIEW_INVOICE, _P.RELEASE_TO_TRIAL, _P.WRITE_LABELS, _P.RUN_GATE}
    ),
    _R.SUPPLY_PLANNER: frozenset(_SUPPLY),
    _R.DEPOT: frozenset({_P.FULFIL_SHIPMENT, _P.RECEIVE_RETURNS}),
    _R.COURIER: frozenset({_P.CARRY_HOME}),
    _R.CUSTOMS_BROKER: frozenset({_P.VIEW_INVOICE}),
    _R.QUALIFIED_PERSON: frozenset(
        {_P.RELEASE_LOT, _P.APPROVE_COUNTRY, _P.APPROVE_LABELS, _P.DECIDE_QUALITY, _P.VIEW_AUDIT}
    ),
    _R.QUALITY: frozenset(
        {_P.DECIDE_QUALITY, _P.APPROVE_COUNTRY, _P.APPROVE_LABELS, _P.VIEW_GATE, _P.SIGN_GATE, _P.VIEW_AUDIT}
        | {_P.VIEW_ACCESS, _P.REVIEW_ACCESS}
        | {_P.REVIEW_TRAIL, _P.DECIDE_INCIDENT}
        | _INCIDENTS
    ),
    _R.STATISTICIAN: frozenset({_P.VIEW_ENROLMENT, _P.VIEW_GATE, _P.EXPORT_DATA}),
    _R.UNBLINDED_STATISTICIAN: frozenset(
        {
            _P.VIEW_RANDOMIZATION,
            _P.ANNOTATE_RANDOMIZATION,
            _P.RECORD_RESPONSES,
            _P.FREEZE_RANDOMIZATION,
            _P.LOAD_KITS,
            _P.VIEW_ENROLMENT,
            _P.VIEW_GATE,
            _P.RUN_GATE,
            _P.VIEW_AUDIT,
            _P.EXPORT_DATA,
        }
    ),
    _R.CONFIGURATOR: frozenset({_P.CONFIGURE_STUDY, _P.VIEW_GATE}),
    _R.HELP_DESK: frozenset({_P.HELP_PEOPLE}),
    _R.ADMINISTRATOR: frozenset(
        {_P.MANAGE_ACCOUNTS, _P.ACTIVATE_SITE, _P.VIEW_GATE, _P.VIEW_ACCESS, _P.REVIEW_ACCESS}
    ),
    _R.INSPECTOR: frozenset(
        {_P.VIEW_AUDIT, _P.VIEW_SUBJECTS, _P.VIEW_STOCK, _P.VIEW_ENROLMENT, _P.VIEW_GATE}
        | {_P.VIEW_ACCESS, _P.VIEW_INCIDENTS, _P.VIEW_DELEGATION}
    ),
    _R.PATIENT: frozenset({_P.CONFIRM_DELIVERY}),
}

_LIFE = {
    _R.STUDY_TEAM: {_P.VIEW_STUDY_LIFE, _P.RECORD_SITE_APPROVAL, _P.RECORD_ISSUE, _P.LOCK_STUDY},
    _R.QUALITY: {_P.VIEW_STUDY_LIFE, _P.RECORD_SITE_APPROVAL, _P.RECORD_ISSUE, _P.LOCK_STUDY},
    _R.ADMINISTRATOR: {_P.VIEW_STUDY_LIFE, _P.RECORD_SITE_APPROVAL},
    _R.SUPPLY_MANAGER: {_P.VIEW_STUDY_LIFE, _P.RECORD_ISSUE},
    _R.SUPPLY_PLANNER: {_P.VIEW_STUDY_LIFE, _P.RECORD_ISSUE},
    _R.CONFIGURATOR: {_P.VIEW_STUDY_LIFE, _P.RECORD_ISSUE},
    _R.STATISTICIAN: {_P.VIEW_STUDY_LIFE},
    _R.MONITOR: {_P.VIEW_STUDY_LIFE, _P.RECORD_ISSUE},
    _R.INSPECTOR: {_P.VIEW_STUDY_LIFE},
}
"""From activation to the lock: who sees how a study stands, records approvals and issues, and closes it."""
for _role, _may in _LIFE.items():
    PERMISSIONS[_role] |= _may
_UNBLINDING: dict[Role, frozenset[Permission]] = {
    _R.SAFETY: frozenset({_P.VIEW_UNBLINDING, _P.ASSESS_CASE}),
    _R.STUDY_TEAM: frozenset({_P.VIEW_UNBLINDING, _P.DECIDE_UNBLINDING}),
    _R.STATISTICIAN: frozenset({_P.VIEW_UNBLINDING, _P.DECIDE_UNBLINDING}),
    _R.UNBLINDED_STATISTICIAN: frozenset({_P.VIEW_UNBLINDING, _P.PLAN_UNBLINDING}),
    _R.QUALITY: frozenset({_P.VIEW_UNBLINDING}),
    _R.INSPECTOR: frozenset({_P.VIEW_UNBLINDING}),
    _R.MONITOR: frozenset({_P.VIEW_UNBLINDING}),
    _R.INVESTIGATOR: frozenset({_P.VIEW_UNBLINDING}),
}
"""What belongs to unblinding besides the code break; its log is read by site where the role works at one."""
for _role, _more in _UNBLINDING.items():
    PERMISSIONS[_role] |= _more

_CONDUCT: dict[Role, frozenset[Permission]] = {
    _R.STUDY_TEAM: frozenset({_P.PLAN_ENROLMENT}),
    _R.MONITOR: frozenset({_P.RECORD_MONITORING}),
    _R.UNBLINDED_MONITOR: frozenset({_P.RECORD_MONITORING}),
}
"""What those who run the study for its sponsor do: plan its enrolment, visit its sites."""
for _role, _acts in _CONDUCT.items():
    PERMISSIONS[_role] |= _acts

_FORESIGHT: dict[Role, frozenset[Permission]] = {
    _R.SUPPLY_MANAGER: frozenset({_P.VIEW_IMPACT_BY_TYPE}),
    _R.UNBLINDED_STATISTICIAN: frozenset({_P.VIEW_IMPACT_BY_TYPE}),
}
"""What an amendment changes by kit type: unblinded roles alone."""
for _role, _acts in _FORESIGHT.items():
    PERMISSIONS[_role] |= _acts

_BLINDED_SITE = frozenset({_D.STUDY, _D.OPERATIONS})

SEES: dict[Role, frozenset[DataClass]] = {
    _R.INVESTIGATOR: _BLINDED_SITE | {_D.PERSONAL},
    _R.COORDINATOR: _BLINDED_SITE | {_D.PERSONAL},
    _R.PHARMACIST: _BLINDED_SITE,
    _R.UNBLINDED_PHARMACIST: _BLINDED_SITE | {_D.SUPPLY_BY_TYPE, _D.ARM},
    _R.MONITOR: _BLINDED_SITE,
    _R.UNBLINDED_MONITOR: _BLINDED_SITE | {_D.SUPPLY_BY_TYPE, _D.ARM},
    _R.STUDY_TEAM: frozenset({_D.STUDY}),
    _R.SAFETY: _BLINDED_SITE | {_D.ARM},
    _R.SUPPLY_MANAGER: _BLINDED_SITE | {_D.SUPPLY_BY_TYPE},
    _R.SUPPLY_PLANNER: _BLINDED_SITE,
    _R.DEPOT: _BLINDED_SITE,
    _R.COURIER: frozenset({_D.PERSONAL}),
    _R.CUSTOMS_BROKER: _BLINDED_SITE,
    _R.QUALIFIED_PERSON: frozenset({_D.STUDY, _D.SUPPLY_BY_TYPE}),
    _R.QUALITY: _BLINDED_SITE | {_D.SUPPLY_BY_TYPE},
    _R.STATISTICIAN: frozenset({_D.STUDY}),
    _R.UNBLINDED_STATISTICIAN: frozenset({_D.STUDY, _D.LISTS, _D.ARM}),
    _R.CONFIGURATOR: frozenset({_D.STUDY}),
    _R.HELP_DESK: frozenset({_D.STUDY}),
    _R.ADMINISTRATOR: frozenset({_D.STUDY}),
    _R.INSPECTOR: _BLINDED_SITE,
    _R.PATIENT: frozenset(),
}

UNBLINDED_ROLES = frozenset(
    role for role, sees in SEES.items() if sees & {_D.SUPPLY_BY_TYPE, _D.LISTS, _D.ARM} and role != _R.SAFETY
)
"""Study-level roles that exclude every blinded role in the same study, for ever."""

SITE_ROLES = frozenset(
    {
        _R.INVESTIGATOR,
        _R.COORDINATOR,
        _R.PHARMACIST,
        _R.UNBLINDED_PHARMACIST,
        _R.MONITOR,
        _R.UNBLINDED_MONITOR,
    }
)
"""Roles that are granted at a site."""
