"""Code lists of CDISC that the exports use, as far as they are used.

SDTM controlled terminology of 2020-12-18 (NCI EVS). A code stands beside a term where it was read in CDISC's own
sample define file of that version (Metadata Submission Guidelines 2.0); elsewhere there is none.
"""

from typing import NamedTuple

CT_VERSION = "2020-12-18"


class CodeList(NamedTuple):
    """A list by the name that columns use: what it is called, its NCI code where it has one, and its terms."""

    name: str
    code: str
    terms: dict[str, str]


NCOMPLT_TERMS = {
    "COMPLETED": "C25250",
    "LOST TO FOLLOW-UP": "C48227",
    "OTHER": "C17649",
    "SCREEN FAILURE": "C49628",
    "WITHDRAWAL BY SUBJECT": "C49634",
}
MILESTONE_TERMS = {"RANDOMIZED": "C114209", "RE-RANDOMIZED": "", "TREATMENT UNBLINDED": ""}
CODE_LISTS: dict[str, CodeList] = {
    "DOMAIN": CodeList(
        "SDTM Domain Abbreviation",
        "C66734",
        {
            "DA": "",
            "DM": "C49572",
            "DS": "C49576",
            "DV": "",
            "SE": "C49616",
            "TA": "C49618",
            "TE": "C49619",
            "TS": "C53483",
            "TV": "C49621",
        },
    ),
    "EPOCH": CodeList(
        "Epoch", "C99079", {"SCREENING": "C48262", "RUN-IN": "", "TREATMENT": "C101526", "FOLLOW-UP": ""}
    ),
    "ARMNULRS": CodeList(
        "Arm Null Reason",
        "C142179",
        {"SCREEN FAILURE": "C49628", "NOT ASSIGNED": "", "ASSIGNED, NOT TREATED": "", "UNPLANNED TREATMENT": ""},
    ),
    "DSDECOD": CodeList("Disposition, Milestone and Other Event Terms", "", {**NCOMPLT_TERMS, **MILESTONE_TERMS}),
    "DSCAT": CodeList(
        "Category for Disposition Event",
        "C74558",
        {"DISPOSITION EVENT": "C74590", "PROTOCOL MILESTONE": "C74588", "OTHER EVENT": ""},
    ),
    "DATESTCD": CodeList("Drug Accountability Test Code", "C78732", {"DISPAMT": "", "RETAMT": ""}),
    "DATEST": CodeList("Drug Accountability Test Name", "C78731", {"Dispensed Amount": "", "Returned Amount": ""}),
    "DAUNIT": CodeList("Units of Accountability", "", {"KIT": "", "UNIT": ""}),
    "TSPARMCD": CodeList(
        "Trial Summary Parameter Test Code",
        "C66738",
        {
            "NARMS": "C98771",
            "RANDOM": "C25196",
            "SDTIGVER": "C156604",
            "SDTMVER": "C156605",
            "SPONSOR": "C70793",
            "TBLIND": "C49658",
            "TITLE": "C49802",
        },
    ),
    "TSPARM": CodeList(
        "Trial Summary Parameter Test Name",
        "C67152",
        {
            "Planned Number of Arms": "C98771",
            "Trial is Randomized": "C25196",
            "SDTM IG Version": "C156604",
            "SDTM Version": "C156605",
            "Clinical Study Sponsor": "C70793",
            "Trial Blinding Schema": "C49658",
            "Trial Title": "C49802",
        },
    ),
}
