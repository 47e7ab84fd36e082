"""Why a vendor's message is not read. The sentences are for the vendor; nothing of the message was carried out."""

from irt.errors import BadInput


class MalformedMessage(BadInput):
    """The bytes are no message in that format, or a field of it is wrong."""


class MessageTooLarge(BadInput):
    """More bytes than any message needs."""

    status_code = 413


class UnknownKind(BadInput):
    """A message of a kind that nobody here knows."""


class UnknownSchemaVersion(BadInput):
    """A message written for another version of the formats."""
