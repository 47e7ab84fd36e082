"""Why a code is refused: each reason has a name and a sentence for the person who holds the scanner."""

from irt.errors import BadInput


class UnusableCode(BadInput):
    """A scanned or typed code that cannot be taken for what it should be."""


class NothingScanned(UnusableCode):
    """There is nothing in the code."""


class UnknownIdentifier(UnusableCode):
    """A data field that GS1 does not know stands where one should begin."""


class WrongValue(UnusableCode):
    """The value of a data field breaks the rules of that field."""


class MissingCompanion(UnusableCode):
    """A data field needs another one beside it."""


class ExcludedPair(UnusableCode):
    """Two data fields that must not stand together."""


class Contradiction(UnusableCode):
    """One data field stands twice, with different values."""


class NotGs1(UnusableCode):
    """The kind of symbol, or the form of the text, is not one that carries GS1 data."""


class NotALink(UnusableCode):
    """The address is not a GS1 Digital Link."""


class SubstituteCharacter(UnusableCode):
    """The scanner sent a sign that GS1 text cannot hold, most likely in place of the group separator."""


class LostSeparator(UnusableCode):
    """The scanner dropped a group separator, so that two data fields ran into one."""


class NotAKit(UnusableCode):
    """The code is sound, but names no kit."""


class WrongStudy(UnusableCode):
    """The kit's protocol number is another study's."""
