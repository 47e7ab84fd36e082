"""`irt validation report`: requirements held against the results of tests."""

from pathlib import Path

import click

from irt import __version__
from irt.commands import clock
from irt.validation.fingerprint import program_hash
from irt.validation.matrix import holds, matrix
from irt.validation.report import files_of, method_files, summary
from irt.validation.requirements import methods, requirements
from irt.validation.results import read_results

LEFT_BY_TESTS = Path("dist/validation")


@click.command("report")
@click.option(
    "--out", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where to write it."
)
@click.option(
    "--results",
    "reports",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="JUnit XML of tests; what `make test` and `make verify` left in dist/validation where not given.",
)
def report(folder: Path, reports: tuple[Path, ...]) -> None:
    """Write the traceability matrix, and what the methods are held against; fail where something is not shown.

    Exits with 1 where a test that is named failed or did not run.

    Example: irt validation report --out validation --results dist/validation/tests.xml
    """
    read_from = reports or tuple(sorted(LEFT_BY_TESTS.glob("tests*.xml")))
    results = read_results(read_from)
    lines, shown = matrix(requirements(), results), matrix(methods(), results)
    about = {
        "Release": __version__,
        "SHA-256 of the program's files": program_hash(),
        "Written": clock.now().isoformat(timespec="seconds"),
        "Results from": ", ".join(str(one) for one in read_from) or "nowhere: no test was run",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (files_of(lines, about) | method_files(shown, about)).items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    click.echo(f"{summary(lines)} {folder / 'matrix.html'}")
    click.echo(f"Methods: {summary(shown)} {folder / 'methods.html'}")
    if not (holds(lines) and holds(shown)):
        raise click.ClickException("Not everything that is claimed is shown. The matrix names what is missing.")
