"""`irt randomization holder-key`, `seal`, `unseal`, `end`, `reveal`: who can open a study's seed, and when."""

import os
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from irt.blinding.roles import Permission
from irt.commands.named import mode_option, study_of
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.reads.unblinded_custody import sealed_seed
from irt.services.reveal_seed import DeclareEnd, End, RevealSeed, declare_end, reveal_seed
from irt.services.seal_seed import SealSeed, UnsealSeed, seal_seed, unseal_seed
from irt.services.seed_shares import close_box, is_shared, public_of, put_together, read_key, written_key

_PASSPHRASE_MIN = 12
_file = click.Path(dir_okay=False, path_type=Path)
study_argument = click.argument("protocol", metavar="STUDY")
holders_option = click.option(
    "--holder-key", "key_files", type=_file, multiple=True, help="A holder's key file; once for each of the two."
)


@click.command("holder-key")
@click.option("--out", "out_file", type=_file, required=True, help="Write the private key there.")
def holder_key(out_file: Path) -> None:
    """Make the key of one holder, closed with a passphrase; its public half is told.

    Example: irt randomization holder-key --out anna.pem
    """
    passphrase = _typed("A passphrase of 12 characters or more", confirm=True)
    if len(passphrase) < _PASSPHRASE_MIN:
        raise BadInput(f"A passphrase has {_PASSPHRASE_MIN} characters or more. No key was made.")
    key = X25519PrivateKey.generate()
    handle = os.open(out_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(written_key(key, passphrase))
    click.echo(public_of(key))


@click.command("seal")
@study_argument
@click.option("--holder", "holders", metavar="HEX", multiple=True, help="A holder's public key; once for each.")
@mode_option
@as_person
def seal(person: Person, protocol: str, holders: tuple[str, ...], mode: str | None) -> None:
    """Close the allocation seed for two holders. From then on nothing is drawn until both have unsealed it.

    Example: irt randomization seal NB-301 --holder 5f0c... --holder 91ab... --user uma
    """
    if len(holders) != len(set(holders)) or len(holders) != 2:
        raise BadInput("A seed has two different holders. Nothing was sealed. Give --holder twice.")
    study = study_of(person, protocol, mode)
    done = person.does(seal_seed, SealSeed(study_id=study.id, holders=list(holders)))
    click.echo(f"The seed of the commitment {done.commitment} is with its two holders.")


@click.command("unseal")
@study_argument
@holders_option
@click.option("--allocator", metavar="HEX", required=True, help="The running process, as it told at its start.")
@mode_option
@as_person
def unseal(person: Person, protocol: str, key_files: tuple[Path, ...], allocator: str, mode: str | None) -> None:
    """Give the seed to one running process, which holds it in memory until it ends.

    Read the process's key where it runs, not from the database.

    Example: irt randomization unseal NB-301 --holder-key anna.pem --holder-key ben.pem --allocator 7d.. --user uma
    """
    study = study_of(person, protocol, mode)
    box = close_box(_from_holders(person, study.id, key_files), allocator)
    person.does(unseal_seed, UnsealSeed(study_id=study.id, allocator=allocator, box=box))
    click.echo(f"Unsealed for the process {allocator[:16]}.")


_ENDED = {
    End.LOCKED: "The clinical database of {study} is declared locked. Next, to close the study: irt study lock",
    End.UNBLINDED: "{study} is unblinded.",
}


@click.command("end")
@study_argument
@click.argument("step", type=click.Choice([str(end) for end in End]))
@mode_option
@as_person
def end(person: Person, protocol: str, step: str, mode: str | None) -> None:
    """Declare the clinical database locked (study team), then the study unblinded (statistician); both signed.

    Locked ends randomization, after every site is closed, and lets the seed be told later. It closes nothing
    else: the study itself is locked by two people, with `irt study lock`.

    Example: irt randomization end NB-301 locked --user tom
    """
    study = study_of(person, protocol, mode)
    person.does(declare_end, DeclareEnd(study_id=study.id, end=End(step), signing=person.signing()))
    click.echo(_ENDED[End(step)].format(study=study.words))


@click.command("reveal")
@study_argument
@holders_option
@click.option("--out", "out_file", type=_file, required=True, help="Write the seed there, in hexadecimal.")
@mode_option
@as_person
def reveal(person: Person, protocol: str, key_files: tuple[Path, ...], out_file: Path, mode: str | None) -> None:
    """Tell the allocation seed, once the database is locked and the study unblinded; signed.

    Example: irt randomization reveal NB-301 --out seed.hex --user uma
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.FREEZE_RANDOMIZATION, study.id)
    with person.store.reading() as connection:
        shared = is_shared(sealed_seed(connection, study.id))
    given = _from_holders(person, study.id, key_files) if shared else None
    ask = RevealSeed(study_id=study.id, given=given.hex() if given else None, signing=person.signing())
    done = person.does(reveal_seed, ask)
    handle = os.open(out_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{done.seed}\n")
    click.echo(f"The seed of the commitment {done.commitment} is in {out_file}.")


def _from_holders(person: Person, study_id: int, key_files: tuple[Path, ...]) -> bytes:
    """The seed from both holders' keys, held against its commitment by whoever uses it."""
    person.actor.require(Permission.FREEZE_RANDOMIZATION, study_id)
    with person.store.reading() as connection:
        sealed = sealed_seed(connection, study_id)
    if not is_shared(sealed):
        raise BadInput("The seed of this study has no holders. Nothing was done.")
    keys = []
    for file in key_files:
        try:
            pem = file.read_bytes()
        except OSError as fault:
            raise BadInput(f"{file}: {fault.strerror or fault}.") from None
        keys.append(read_key(pem, _typed(f"Passphrase of {file}")))
    return put_together(sealed, keys)


def _typed(words: str, *, confirm: bool = False) -> bytes:
    typed: str = click.prompt(words, hide_input=True, confirmation_prompt=confirm, err=True)
    return typed.encode()
