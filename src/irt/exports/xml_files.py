"""XML that leaves: held against the schema of its standard before it does."""

from functools import cache
from typing import Any

from lxml import etree

from irt.errors import IntegrityFault

ODM = "http://www.cdisc.org/ns/odm/v1.3"
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def checked(root: Any, standard: str, version: str) -> bytes:
    """The document's bytes; IntegrityFault with the schema's words where it does not hold."""
    schema = _schema(standard, version)
    written = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    if not schema.validate(etree.fromstring(written)):
        log: Any = schema.error_log
        raise IntegrityFault(f"{standard} {version}, line {log[0].line}: {log[0].message[:300]}")
    return written


@cache
def _schema(standard: str, version: str) -> etree.XMLSchema:
    """The XSDs come with odmlib, which is loaded when a schema is asked for."""
    from odmlib.schema_manager import get_schema_path  # noqa: PLC0415 - slow to load

    return etree.XMLSchema(etree.parse(get_schema_path(standard, version)))
