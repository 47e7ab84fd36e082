"""How commands are given a seed and a stream's name, and where they write an export."""

from pathlib import Path

import click

from irt.errors import BadInput
from irt.randomization.stream import KEY_BYTES

seed_option = click.option("--seed", metavar="HEX", required=True, help="The key: 64 hexadecimal digits or more.")
stream_option = click.option("--stream-id", metavar="TEXT", required=True, help="The whole name of the stream.")
export_option = click.option(
    "--export",
    "export_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write all allocations to a file that `irt randomization verify` and others can check.",
)


class BadSeed(BadInput):
    """A seed that is not hexadecimal, or too short to be one."""


def key_of(seed: str) -> bytes:
    """The key; BadSeed where it is none."""
    try:
        key = bytes.fromhex(seed.strip())
    except ValueError:
        raise BadSeed("The seed is not hexadecimal. Nothing was drawn.") from None
    if len(key) < KEY_BYTES:
        raise BadSeed(f"The seed has {len(key)} bytes, but {KEY_BYTES} are the least. Nothing was drawn.")
    return key


def key_in(file: Path) -> bytes:
    """The key that a file holds in hexadecimal; BadSeed where it is none."""
    try:
        return key_of(file.read_text(encoding="ascii"))
    except UnicodeDecodeError:
        raise BadSeed(f"{file}: the seed is not hexadecimal. Nothing was verified.") from None
    except OSError as fault:
        raise BadSeed(f"{file}: {fault.strerror or fault}.") from None
