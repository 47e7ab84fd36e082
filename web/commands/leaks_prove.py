"""`irt leaks prove`: leaks are put in by hand, and the linter has to find each of them."""

import json
import sys
from dataclasses import asdict

import click

from irt.commands.installed import installed_planner
from irt.commands.running import progress_bar, running_store
from irt.commands.study_files import read_study
from web.commands.leaks_options import course_of, course_options, facts
from web.leaks.lint import gather, record, verdicts
from web.leaks.prove import prove as put_in
from web.leaks.seeded import SHOWN


@click.command("prove")
@course_options
def prove(study: str, subjects: int, days: int, seed: int, as_json: bool) -> None:
    """Lint STUDY without a leak, then with each of the seeded ones: exits 1 unless all are found.

    Example: irt leaks prove fourier --json
    """
    definition = read_study(study)
    with running_store(None) as store, progress_bar("Randomized", subjects) as tell:
        linted = gather(store, definition, course_of(subjects, days), installed_planner(), seed, tell)
    clean = verdicts(linted, seed)
    with progress_bar("Leaks", len(SHOWN)) as tell:
        proofs = put_in(linted, clean, seed, tell)
    told = {
        **facts(study, subjects, days, seed),
        "clean": record(linted, clean),
        "found": sum(proof.found for proof in proofs),
        "seeded": [asdict(proof) for proof in proofs],
    }
    if as_json:
        click.echo(json.dumps(told, indent=2))
    else:
        click.echo(f"Without a leak: {told['clean']['verdict']}.")
        for proof in proofs:
            by = f"{proof.by.field}, {proof.by.aspect} ({proof.by.area:.2f})" if proof.by else "not found"
            click.echo(f"{proof.code} {proof.words}: {by}")
        click.echo(f"{told['found']} of {len(proofs)} found.")
    sys.exit(0 if told["found"] == len(proofs) and told["clean"]["verdict"] == "pass" else 1)
