"""Datasets of SDTM as SDTMIG 3.4 lays them out, as far as this system knows them; and what a blinded one may hold.

EX belongs to the electronic data capture, which is sent the dispensing facts; so do demography and consent in DM.
"""

from irt.exports.dataset import Column, Design

IG_VERSION = "3.4"
_ID, _TOPIC, _TIME, _RULE = "Identifier", "Topic", "Timing", "Rule"
_GROUP, _SYNONYM, _RESULT = "Grouping Qualifier", "Synonym Qualifier", "Result Qualifier"
_VARIABLE = "Variable Qualifier"

_STUDYID = Column("STUDYID", "Study Identifier", origin="Protocol", role=_ID, key=1, required=True)
_DOMAIN = Column("DOMAIN", "Domain Abbreviation", role=_ID, terms="DOMAIN", required=True)
_USUBJID = Column("USUBJID", "Unique Subject Identifier", origin="Derived", role=_ID, key=2, required=True)
_EPOCH = Column("EPOCH", "Epoch", origin="Derived", role=_TIME, terms="EPOCH")


def _sequence(name: str) -> Column:
    return Column(name, "Sequence Number", "integer", "Derived", _ID, key=3, required=True)


def _element(topic: bool) -> tuple[Column, ...]:
    return (
        Column("ETCD", "Element Code", role=_TOPIC if topic else "Record Qualifier", required=True),
        Column("ELEMENT", "Description of Element", role=_SYNONYM),
    )


_DM = (
    _STUDYID,
    _DOMAIN,
    _USUBJID,
    Column("SUBJID", "Subject Identifier for the Study", role=_TOPIC, required=True),
    Column("RFSTDTC", "Subject Reference Start Date/Time", "datetime", "Derived"),
    Column("RFENDTC", "Subject Reference End Date/Time", "datetime", "Derived"),
    Column("SITEID", "Study Site Identifier", required=True),
    Column("ARMCD", "Planned Arm Code"),
    Column("ARM", "Description of Planned Arm", role=_SYNONYM),
    Column("ACTARMCD", "Actual Arm Code", origin="Derived"),
    Column("ACTARM", "Description of Actual Arm", origin="Derived", role=_SYNONYM),
    Column("ARMNRS", "Reason Arm and/or Actual Arm is Null", origin="Derived", terms="ARMNULRS"),
    Column("ACTARMUD", "Description of Unplanned Actual Arm", origin="Derived"),
    Column("COUNTRY", "Country", terms="COUNTRY", required=True),
)
_DS = (
    _STUDYID,
    _DOMAIN,
    _USUBJID,
    _sequence("DSSEQ"),
    Column("DSREFID", "Reference ID", role=_ID),
    Column("DSTERM", "Reported Term for the Disposition Event", origin="Collected", role=_TOPIC, required=True),
    Column("DSDECOD", "Standardized Disposition Term", role=_SYNONYM, terms="DSDECOD", required=True),
    Column("DSCAT", "Category for Disposition Event", role=_GROUP, terms="DSCAT"),
    _EPOCH,
    Column("DSDTC", "Date/Time of Collection", "datetime", "Collected", _TIME),
    Column("DSSTDTC", "Start Date/Time of Disposition Event", "datetime", "Collected", _TIME),
    Column("DSSTDY", "Study Day of Start of Disposition Event", "integer", "Derived", _TIME),
)
_DA = (
    _STUDYID,
    _DOMAIN,
    _USUBJID,
    _sequence("DASEQ"),
    Column("DAREFID", "Reference ID", role=_ID),
    Column("DATESTCD", "Short Name of Accountability Assessment", role=_TOPIC, terms="DATESTCD", required=True),
    Column("DATEST", "Name of Accountability Assessment", role=_SYNONYM, terms="DATEST", required=True),
    Column("DACAT", "Category", role=_GROUP),
    Column("DAORRES", "Result or Finding in Original Units", origin="Collected", role=_RESULT),
    Column("DAORRESU", "Original Units", role=_VARIABLE, terms="DAUNIT"),
    Column("DASTRESC", "Result or Finding in Standard Format", origin="Derived", role=_RESULT),
    Column("DASTRESN", "Numeric Result/Finding in Standard Units", "integer", "Derived", _RESULT),
    Column("DASTRESU", "Standard Units", role=_VARIABLE, terms="DAUNIT"),
    Column("VISITNUM", "Visit Number", "float", "Assigned", _TIME),
    Column("VISIT", "Visit Name", origin="Protocol", role=_TIME),
    _EPOCH,
    Column("DADTC", "Date/Time of Collection", "datetime", "Collected", _TIME),
    Column("DADY", "Study Day of Visit/Collection/Exam", "integer", "Derived", _TIME),
)
_DV = (
    _STUDYID,
    _DOMAIN,
    _USUBJID,
    _sequence("DVSEQ"),
    Column("DVREFID", "Reference ID", role=_ID),
    Column("DVTERM", "Protocol Deviation Term", origin="Collected", role=_TOPIC, required=True),
    Column("DVCAT", "Category for Protocol Deviation", role=_GROUP),
    _EPOCH,
    Column("DVSTDTC", "Start Date/Time of Deviation", "datetime", "Collected", _TIME),
    Column("DVSTDY", "Study Day of Start of Deviation Event", "integer", "Derived", _TIME),
)
_SE = (
    _STUDYID,
    _DOMAIN,
    _USUBJID,
    _sequence("SESEQ"),
    *_element(topic=True),
    Column("TAETORD", "Planned Order of Element within Arm", "integer", "Derived", _TIME),
    _EPOCH,
    Column("SESTDTC", "Start Date/Time of Element", "datetime", "Derived", _TIME, required=True),
    Column("SEENDTC", "End Date/Time of Element", "datetime", "Derived", _TIME),
)
_TA = (
    _STUDYID,
    _DOMAIN,
    Column("ARMCD", "Planned Arm Code", origin="Protocol", role=_TOPIC, key=2, required=True),
    Column("ARM", "Description of Planned Arm", origin="Protocol", role=_SYNONYM, required=True),
    Column("TAETORD", "Planned Order of Element within Arm", "integer", "Protocol", _TIME, key=3, required=True),
    *_element(topic=False),
    Column("TABRANCH", "Branch", origin="Protocol", role=_RULE),
    Column("TATRANS", "Transition Rule", origin="Protocol", role=_RULE),
    Column("EPOCH", "Epoch", origin="Protocol", role=_TIME, terms="EPOCH", required=True),
)
_TE = (
    _STUDYID,
    _DOMAIN,
    Column("ETCD", "Element Code", origin="Protocol", role=_TOPIC, key=2, required=True),
    Column("ELEMENT", "Description of Element", origin="Protocol", role=_SYNONYM, required=True),
    Column("TESTRL", "Rule for Start of Element", origin="Protocol", role=_RULE, required=True),
    Column("TEENRL", "Rule for End of Element", origin="Protocol", role=_RULE),
)
_TV = (
    _STUDYID,
    _DOMAIN,
    Column("VISITNUM", "Visit Number", "float", "Assigned", _TOPIC, key=2, required=True),
    Column("VISIT", "Visit Name", origin="Protocol", role=_SYNONYM, required=True),
    Column("VISITDY", "Planned Study Day of Visit", "integer", "Protocol", _TIME),
    Column("ARMCD", "Planned Arm Code", origin="Protocol"),
    Column("TVSTRL", "Visit Start Rule", origin="Protocol", role=_RULE, required=True),
)
_TS = (
    _STUDYID,
    _DOMAIN,
    Column("TSSEQ", "Sequence Number", "integer", "Derived", _ID, key=3, required=True),
    Column("TSPARMCD", "Trial Summary Parameter Short Name", role=_TOPIC, terms="TSPARMCD", key=2, required=True),
    Column("TSPARM", "Trial Summary Parameter", role=_SYNONYM, terms="TSPARM", required=True),
    Column("TSVAL", "Parameter Value", origin="Protocol", role=_RESULT),
)
_SUPP = (
    _STUDYID,
    Column("RDOMAIN", "Related Domain Abbreviation", role=_ID, terms="DOMAIN", required=True),
    _USUBJID,
    Column("IDVAR", "Identifying Variable", role=_ID),
    Column("IDVARVAL", "Identifying Variable Value", role=_ID, key=3),
    Column("QNAM", "Qualifier Variable Name", role=_TOPIC, key=4, required=True),
    Column("QLABEL", "Qualifier Variable Label", role=_SYNONYM, required=True),
    Column("QVAL", "Data Value", role=_RESULT, required=True),
    Column("QORIG", "Origin", required=True),
)

DESIGNS: dict[str, Design] = {
    design.name: design
    for design in (
        Design("TA", "Trial Arms", "One record per planned Element per Arm", "TRIAL DESIGN", _TA, reference=True),
        Design("TE", "Trial Elements", "One record per planned Element", "TRIAL DESIGN", _TE, reference=True),
        Design("TV", "Trial Visits", "One record per planned Visit per Arm", "TRIAL DESIGN", _TV, reference=True),
        Design(
            "TS",
            "Trial Summary",
            "One record per trial summary parameter value",
            "TRIAL DESIGN",
            _TS,
            reference=True,
        ),
        Design("DM", "Demographics", "One record per subject", "SPECIAL PURPOSE", _DM),
        Design("SE", "Subject Elements", "One record per actual Element per subject", "SPECIAL PURPOSE", _SE),
        Design(
            "DS",
            "Disposition",
            "One record per disposition status or protocol milestone per subject",
            "EVENTS",
            _DS,
        ),
        Design("DV", "Protocol Deviations", "One record per protocol deviation per subject", "EVENTS", _DV),
        Design(
            "DA",
            "Product Accountability",
            "One record per product accountability finding per subject",
            "FINDINGS",
            _DA,
        ),
        Design(
            "SUPPDM",
            "Supplemental Qualifiers for DM",
            "One record per IDVAR, IDVARVAL, and QNAM value per subject",
            "RELATIONSHIP",
            _SUPP,
        ),
        Design(
            "SUPPDA",
            "Supplemental Qualifiers for DA",
            "One record per IDVAR, IDVARVAL, and QNAM value per subject",
            "RELATIONSHIP",
            _SUPP,
        ),
    )
}

_OF_DM = "STUDYID DOMAIN USUBJID SUBJID RFSTDTC RFENDTC SITEID ARMCD ARM ACTARMCD ACTARM ARMNRS COUNTRY"
_OF_DS = "STUDYID DOMAIN USUBJID DSSEQ DSREFID DSTERM DSDECOD DSCAT EPOCH DSDTC DSSTDTC DSSTDY"
_OF_DA = (
    "STUDYID DOMAIN USUBJID DASEQ DAREFID DATESTCD DATEST DACAT DAORRES DAORRESU DASTRESC DASTRESN DASTRESU "
    "VISITNUM VISIT EPOCH DADTC DADY"
)
_OF_SE = "STUDYID DOMAIN USUBJID SESEQ ETCD ELEMENT TAETORD EPOCH SESTDTC SEENDTC"
_OF_DV = "STUDYID DOMAIN USUBJID DVSEQ DVREFID DVTERM DVCAT EPOCH DVSTDTC DVSTDY"
_OF_SUPP = "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL QNAM QLABEL QVAL QORIG"
BLINDED: dict[str, tuple[str, ...]] = {
    "TA": ("STUDYID", "DOMAIN", "ARMCD", "ARM", "TAETORD", "ETCD", "ELEMENT", "TATRANS", "EPOCH"),
    "TE": ("STUDYID", "DOMAIN", "ETCD", "ELEMENT", "TESTRL", "TEENRL"),
    "TV": ("STUDYID", "DOMAIN", "VISITNUM", "VISIT", "VISITDY", "TVSTRL"),
    "TS": ("STUDYID", "DOMAIN", "TSSEQ", "TSPARMCD", "TSPARM", "TSVAL"),
    "DM": tuple(_OF_DM.split()),
    "SE": tuple(_OF_SE.split()),
    "DS": tuple(_OF_DS.split()),
    "DV": tuple(_OF_DV.split()),
    "DA": tuple(_OF_DA.split()),
    "SUPPDM": tuple(_OF_SUPP.split()),
}
"""The allow-list. In DM and TA the arm reads BLINDED, SUPPDM holds strata; SUPPDA tells kit types and is absent."""
