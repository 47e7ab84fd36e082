"""The bar of approvals: a site opens, screens and randomizes only while what the study asks for is in force."""

from datetime import date

from irt.errors import Refusal
from irt.reads.site_approvals import approval_facts
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.study.activation import amendment_standings, lacking, standings


class ApprovalsMissing(Refusal):
    """An approval that the study asks for is missing, ended, or waits for its second person."""

    def __init__(self, site: str, missing: str) -> None:
        super().__init__(
            f"Site {site} lacks approvals that this study asks for: {missing}. Nothing was booked. Have them "
            "recorded and confirmed first. Subjects under treatment, dispensing and shipments go on as they are."
        )


class AmendmentNotApproved(Refusal):
    """The amendment is substantial, and the site has no approval of this version yet."""

    def __init__(self, site: str, version: int, missing: str) -> None:
        super().__init__(
            f"Site {site} cannot go on to version {version} yet. It lacks approvals of this version: {missing}. "
            "Nothing was changed. Record and confirm them first, each with the version. "
            "The site goes on under its version until then."
        )


def require_amendment_approvals(
    work: Work, study_id: int, version: int, site: str, country: str, day: date
) -> None:
    """AmendmentNotApproved, naming each, where the version asks for approvals of its own that are not there."""
    rules = definition_of(work, study_id, version).activation
    if rules is None:
        return
    facts = approval_facts(work.connection, study_id, day)
    if missing := "; ".join(lacking(amendment_standings(rules, facts, country, site, day, version))):
        raise AmendmentNotApproved(site, version, missing)


def require_approvals(work: Work, study_id: int, version: int, site: str, country: str, day: date) -> None:
    """ApprovalsMissing, naming each, where the version asks for what the site has not got on the day."""
    rules = definition_of(work, study_id, version).activation
    if rules is None:
        return
    facts = approval_facts(work.connection, study_id, day)
    if missing := "; ".join(lacking(standings(rules, facts, country, site, day, version))):
        raise ApprovalsMissing(site, missing)
