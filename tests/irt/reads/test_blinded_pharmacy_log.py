"""One kit's line in the log, from its receipt to the subject."""

from irt.blinding.roles import Role
from irt.reads.blinded_pharmacy_log import log_layout, log_lines
from irt.reads.blinded_sites import sites_reached
from irt.services.report_kit import Report, ReportKit, report_kit
from irt.supply.pharmacy_log import DEFAULT
from tests.builders_trial import Trial


def test_a_line_follows_its_kit(sqlite_trial: Trial) -> None:
    """Received, given to a subject at a visit; another one missing, with its reason; a subject's own log."""
    trial = sqlite_trial
    subject, kits = trial.treated()
    other = trial.shelf()[0]
    ask = ReportKit(
        study_id=trial.study_id, site="1001", kit=other, report=Report.MISSING, reason="Not on the shelf"
    )
    trial.do(Role.PHARMACIST, report_kit, ask)
    with trial.store.reading() as connection:
        site = next(s for s in sites_reached(connection, trial.staff) if s.site == "1001")
        assert log_layout(connection, site) == DEFAULT
        lines = {str(line["kit"]): line for line in log_lines(connection, site)}
        own = log_lines(connection, site, subject)
    given = lines[kits[0]]
    assert (given["subject"], given["visit"], given["state"]) == (subject, "Day 1", "Outstanding")
    assert given["dispensed_on"] == trial.day.isoformat()
    assert given["received_by"]
    assert given["shipment"]
    assert "Not on the shelf" in str(lines[other]["remarks"])
    assert sorted(str(line["kit"]) for line in own) == sorted(kits)
