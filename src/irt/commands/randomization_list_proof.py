"""`irt randomization prove-line` and `check-line`: that a line stands in a list, shown without the other lines."""

import json
from pathlib import Path

import click

from irt.commands.seeds import key_of, seed_option
from irt.errors import BadInput, Refusal
from irt.randomization.lists.merkle import Proof, merkle_root, proof_of, proves
from irt.randomization.lists.read_list import decoded_text, read_list


class NoSuchLine(BadInput):
    """A line beyond the end of the list."""


class UnreadableProof(BadInput):
    """A file that is no proof of a line."""


class ProofFails(Refusal):
    """The line does not stand in the list of that root."""

    def __init__(self) -> None:
        super().__init__("The proof fails: this line does not stand in the list of that root.")


@click.command("prove-line")
@click.argument("list_file", metavar="LIST", type=click.Path(path_type=Path))
@click.option("--row", type=click.IntRange(min=1), required=True, help="The entry, from 1; the heading is none.")
@seed_option
def prove_line(list_file: Path, row: int, seed: str) -> None:
    """Write the proof of one entry of a canonical list: its salt, and the hashes beside its way to the root.

    Example: irt randomization prove-line list.csv --row 7 --seed "$SEED"
    """
    key = key_of(seed)
    try:
        made = read_list(decoded_text(list_file.read_bytes()))
    except OSError as fault:
        raise BadInput(f"{list_file}: {fault.strerror or fault}.") from None
    if row > len(made.entries):
        raise NoSuchLine(f"The list has {len(made.entries)} entries, so there is no entry {row}.")
    click.echo(json.dumps({**proof_of(key, made, row - 1).record(), "root": merkle_root(key, made)}))


@click.command("check-line")
@click.argument("proof_file", metavar="PROOF", type=click.Path(path_type=Path))
@click.option("--root", metavar="HEX", required=True, help="The Merkle root as it was published.")
def check_line(proof_file: Path, root: str) -> None:
    """Check a proof against the published root; neither the list nor the seed is needed.

    Example: irt randomization check-line proof.json --root 5f0c...
    """
    try:
        told = json.loads(proof_file.read_text(encoding="utf-8"))
        neighbours = tuple((str(side), str(beside)) for side, beside in told["neighbours"])
        proof = Proof(int(told["place"]), str(told["line"]), str(told["salt"]), neighbours)
        holds = proves(proof, root.strip().lower())
    except OSError as fault:
        raise UnreadableProof(f"{proof_file}: {fault.strerror or fault}.") from None
    except (ValueError, KeyError, TypeError):
        raise UnreadableProof(f"{proof_file}: not a proof of a line.") from None
    if not holds:
        raise ProofFails
    click.echo(f"Entry {proof.place + 1} of the list is: {proof.line}")
