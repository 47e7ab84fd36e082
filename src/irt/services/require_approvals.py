"""The bar of approvals: a site opens, screens and randomizes only while what the study asks for is in force."""

from datetime import date

from irt.errors import Refusal
from irt.reads.site_approvals import approval_facts
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.study.activation import lacking, standings


class ApprovalsMissing(Refusal):
    """An approval that the study asks for is missing, ended, or waits for its second person."""

    def __init__(self, site: str, missing: str) -> None:
        super().__init__(
            f"Site {site} lacks approvals that this study asks for: {missing}. Nothing was booked. Have them "
            "recorded and confirmed first. Subjects under treatment, dispensing and shipments go on as they are."
        )


def require_approvals(work: Work, study_id: int, version: int, site: str, country: str, day: date) -> None:
    """ApprovalsMissing, naming each, where the version asks for what the site has not got on the day."""
    rules = definition_of(work, study_id, version).activation
    if rules is None:
        return
    facts = approval_facts(work.connection, study_id, day)
    if missing := "; ".join(lacking(standings(rules, facts, country, site, day))):
        raise ApprovalsMissing(site, missing)
