"""One seeded fault: the file, the words that are changed in it, and the slip told in a sentence."""

from typing import NamedTuple


class Fault(NamedTuple):
    """`file` is below src/irt/randomization, `old` stands in it once, `subjects` are those of the checks."""

    file: str
    old: str
    new: str
    sentence: str
    subjects: tuple[str, ...]

    @property
    def module(self) -> str:
        """The module that the file is."""
        return "irt.randomization." + self.file.removesuffix(".py").replace("/", ".")

    @property
    def code(self) -> str:
        """The file and the sentence, for names of tests."""
        return f"{self.file}: {self.sentence}"
