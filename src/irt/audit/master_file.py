"""Where each document of this program belongs in a trial master file: zone and section, in our own words.

Numbers are those of the reference model's third version, as far as public pages show them; a sponsor's plan may
number otherwise. Essential records as E6(R3), Appendix C, means them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filed:
    """One document: where it belongs, what it is, where it comes from, and whether it tells treatments."""

    section: str
    zone: str
    document: str
    source: str
    unblinded: bool = False


_MANAGEMENT, _SITES, _PRODUCT = "Trial management", "Site management", "Product and supplies"
_SAFETY, _PROVIDERS, _STATISTICS, _REGULATORY = "Safety", "Third parties", "Statistics", "Regulatory"
INDEX: tuple[Filed, ...] = (
    Filed("01.01", _MANAGEMENT, "Reviews of access and of the audit trail, signed", "report reviews"),
    Filed("01.01", _MANAGEMENT, "Log of incidents and serious breaches", "report incidents"),
    Filed("01.02", _MANAGEMENT, "Every role ever held, with who gave it and why", "report access"),
    Filed("02.03", "Central documents", "Listing of protocol deviations for the study report", "report deviations"),
    Filed("03.03", _REGULATORY, "Report of a serious breach, by its number in the log", "page Incidents"),
    Filed("05.04", _SITES, "The site's own copy of its records", "copy of a site"),
    Filed("06.01", _PRODUCT, "Kits by subject and visit; accountability of each site", "report dispensings"),
    Filed("06.01", _PRODUCT, "Kits at sites with lot and expiry", "report kits"),
    Filed("06.02", _PRODUCT, "Signed steps of each lot's release", "report signatures"),
    Filed("06.03", _PRODUCT, "Who was unblinded, by whom, when and why", "report unblinding-log"),
    Filed("06.03", _PRODUCT, "Subjects by batch (16.1.6)", "irt export e3", unblinded=True),
    Filed(
        "06.06",
        _PRODUCT,
        "Study versions with their approvals; releases of the software",
        "report versions, releases",
    ),
    Filed("06.06", _PRODUCT, "Releases of the software", "report releases"),
    Filed("06.06", _PRODUCT, "Steps of two people", "report approvals"),
    Filed("06.06", _PRODUCT, "Who signed in, and tried to", "report access-log"),
    Filed("06.06", _PRODUCT, "The audit trail with the script that examines it", "irt audit export"),
    Filed("06.06", _PRODUCT, "Anchors of the audit trail", "report anchors"),
    Filed("07.02", _SAFETY, "Code breaks asked for safety reports", "report unblinding-log"),
    Filed("09.02", _PROVIDERS, "Evidence of what the system did: the whole pack", "irt audit pack"),
    Filed("11.02", _STATISTICS, "Randomization scheme and codes (16.1.7)", "irt export e3", unblinded=True),
    Filed("11.02", _STATISTICS, "Evidence of the randomization", "page Documents", unblinded=True),
)
"""Every document, by section."""
