"""Subjects: screening, randomization, visits, status and dose."""

from irt.blinding.roles import Permission
from irt.services.annotate_randomization import annotate_randomization
from irt.services.change_treatment import change_dose, change_status, skip_visit
from irt.services.correct_visit import correct_visit
from irt.services.randomize_subject import randomize_subject
from irt.services.record_responses import import_responses, record_responses
from irt.services.record_visit import record_visit
from irt.services.screen_subject import fail_screening, rescreen_subject, screen_subject
from irt.services.start_run_in import start_run_in
from web.api.operations import command

_SUBJECT = {"study_id": 1, "subject": "1014-0037"}
_TODAY = {"on_day": "2026-03-02"}
_RESPONSES = {"study_id": 1, "source": "EDC export 7", "data_cut_off": "2026-03-01"}

OPERATIONS = (
    command(
        "/subjects/screen",
        screen_subject,
        Permission.SCREEN,
        "Screen a subject",
        {"study_id": 1, "site": "1014", **_TODAY},
    ),
    command(
        "/subjects/fail-screening",
        fail_screening,
        Permission.SCREEN,
        "End a screening or a run-in",
        {**_SUBJECT, **_TODAY, "reason": "Criterion 4 not met"},
    ),
    command(
        "/subjects/screen-again",
        rescreen_subject,
        Permission.SCREEN,
        "Screen a subject again",
        {**_SUBJECT, **_TODAY},
    ),
    command(
        "/subjects/start-run-in",
        start_run_in,
        Permission.SCREEN,
        "Start a run-in",
        {**_SUBJECT, **_TODAY},
    ),
    command(
        "/subjects/randomize",
        randomize_subject,
        Permission.RANDOMIZE,
        "Randomize a subject",
        {**_SUBJECT, **_TODAY, "levels": {"ldl": "high"}},
    ),
    command(
        "/randomizations/annotate",
        annotate_randomization,
        Permission.ANNOTATE_RANDOMIZATION,
        "Write a note beside a randomization",
        {"study_id": 1, "assignment_number": 12, "kind": "in_error", "text": "Met exclusion criterion 4"},
    ),
    command(
        "/randomizations/record-responses",
        record_responses,
        Permission.RECORD_RESPONSES,
        "Record responses that later randomizations learn from",
        {**_RESPONSES, "responses": [{"subject": "1014-0037", "value": 1}]},
    ),
    command(
        "/randomizations/import-responses",
        import_responses,
        Permission.RECORD_RESPONSES,
        "Record the responses of a CSV file",
        {**_RESPONSES, "csv": "subject,response\n1014-0037,1\n"},
    ),
    command(
        "/subjects/record-visit",
        record_visit,
        Permission.DISPENSE,
        "Record a visit without kits as done",
        {**_SUBJECT, **_TODAY, "visit": "STAB"},
    ),
    command(
        "/subjects/correct-visit",
        correct_visit,
        Permission.DISPENSE,
        "Open a visit again that was marked in error",
        {**_SUBJECT, "visit": "W4", "reason": "Marked for the wrong subject"},
    ),
    command(
        "/subjects/skip-visit",
        skip_visit,
        Permission.DISPENSE,
        "Record a visit as skipped",
        {**_SUBJECT, **_TODAY, "visit": "W4", "reason": "Subject on holiday"},
    ),
    command(
        "/subjects/change-status",
        change_status,
        Permission.END_TREATMENT,
        "Hold or resume dosing, or end treatment or participation",
        {**_SUBJECT, **_TODAY, "step": "hold_dose", "reason": "Raised liver enzymes"},
    ),
    command(
        "/subjects/change-dose",
        change_dose,
        Permission.CHANGE_DOSE,
        "Move a subject to another dose level",
        {**_SUBJECT, **_TODAY, "dose_level": "high", "reason": "Planned titration step"},
    ),
)
