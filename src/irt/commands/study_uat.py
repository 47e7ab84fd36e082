"""`irt study uat`: acceptance scripts made from a study file, carried out as far as may be, kept and signed."""

import hashlib
import json
from pathlib import Path
from typing import Any

import click

from irt.commands import clock
from irt.commands.named import mode_option, study_of
from irt.commands.running import running_store
from irt.commands.session import Person, as_person
from irt.commands.study_files import read_study
from irt.enrolment.uat import Evidence, UatRunner
from irt.errors import BadInput
from irt.reads.named import newest_version
from irt.services.uat import KeepUat, SignUat, keep_uat, sign_uat
from irt.study.blinded import blinded_study
from irt.study.definition import StudyDefinition
from irt.study.uat import UatScript, plain, scripts_hash, uat_scripts

_study = click.argument("protocol", metavar="STUDY")


@click.command("uat")
@click.argument("file")
@click.option(
    "--out", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new folder."
)
def uat(file: str, folder: Path) -> None:
    """Make the acceptance scripts of a study file; carry out what needs no hand, in test mode on a scratch copy.

    Writes a page a script, the answers as JSON, and SHA256SUMS. Exits with 1 where a step came out otherwise.

    Example: irt study uat fourier --out acceptance
    """
    if folder.exists() and any(folder.iterdir()):
        raise BadInput(f"{folder} is not empty. Nothing was written. Name a new folder.")
    definition = read_study(file)
    scripts = uat_scripts(blinded_study(definition))
    found = _carried_out(definition, scripts)
    told = [_told(script, found) for script in scripts]
    folder.mkdir(parents=True, exist_ok=True)
    for script in told:
        (folder / f"{script['code']}.md").write_text(_page(script), encoding="utf-8")
    kept = {"study": definition.study.protocol, "scripts_hash": scripts_hash(scripts), "scripts": told}
    (folder / "answers.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    sums = (f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.name}" for each in sorted(folder.iterdir()))
    (folder / "SHA256SUMS").write_text("\n".join([*sums]) + "\n", encoding="utf-8")
    verdicts = [one.passed for one in found.values()]
    failed = [number for number, one in found.items() if one.passed is False]
    click.echo(
        f"{len(scripts)} scripts, {len(verdicts)} steps: {verdicts.count(True)} passed by themselves, "
        f"{verdicts.count(None)} by hand, {len(failed)} otherwise"
    )
    click.echo(f"scripts {scripts_hash(scripts)}")
    if failed:
        raise click.ClickException(f"These steps came out otherwise: {', '.join(failed)}.")


@click.command("uat-keep")
@_study
@mode_option
@click.option(
    "--answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="answers.json."
)
@as_person
def uat_keep(person: Person, protocol: str, mode: str | None, answers: Path) -> None:
    """Keep a run of the scripts against the hash of the newest version; scripts of another version are refused.

    Example: irt study uat-keep NB-301 --answers acceptance/answers.json --user cora
    """
    study = study_of(person, protocol, mode)
    with person.store.reading() as connection:
        version = newest_version(connection, study.id)
    try:
        told = json.loads(answers.read_text(encoding="utf-8"))
        given, scripts = told["scripts_hash"], list(told["scripts"])
        ask = KeepUat(study_id=study.id, version=version, scripts_hash=given, scripts=scripts)
    except (ValueError, KeyError, TypeError):
        raise BadInput(f"{answers} is not what irt study uat wrote. Nothing was kept.") from None
    click.echo(f"Run {person.does(keep_uat, ask).run} of {study.words}, version {version}, is kept.")


@click.command("uat-sign")
@_study
@click.argument("run", type=click.IntRange(1))
@click.argument("script")
@mode_option
@click.option("--passed/--failed", "passed", required=True, default=None, help="What came of it.")
@click.option("--evidence", required=True, help="What you saw of the steps done by hand; name pictures here.")
@as_person
def uat_sign(
    person: Person, protocol: str, run: int, script: str, mode: str | None, passed: bool, evidence: str
) -> None:
    """Sign one script of a run, with what was seen.

    Example: irt study uat-sign NB-301 1 UAT-04 --passed --evidence "as expected, pictures 11 to 19" --user theo
    """
    study = study_of(person, protocol, mode)
    ask = SignUat(
        study_id=study.id, run=run, script=script, passed=passed, evidence=evidence, signing=person.signing()
    )
    person.does(sign_uat, ask)
    click.echo(f"{script} of run {run} is signed as {'passed' if passed else 'failed'}.")


def _carried_out(definition: StudyDefinition, scripts: tuple[UatScript, ...]) -> dict[str, Evidence]:
    with running_store(None) as store:
        runner = UatRunner(store, definition.model_copy(update={"activation": None}), clock.now())
        return {one.step: one for script in scripts for one in runner.carry_out(script)}


def _told(script: UatScript, found: dict[str, Evidence]) -> dict[str, Any]:
    told = plain(script)
    for step in told["steps"]:
        evidence = found[step["number"]]
        step |= {"passed": evidence.passed, "answer": evidence.answer}
    return told


def _page(script: dict[str, Any]) -> str:
    verdicts = {True: "passed", False: "NOT as expected", None: "by hand: ______"}
    rows = (
        f"| {step['number']} | {step['do']} | {step['expected']} | {step['answer']} | {verdicts[step['passed']]} |"
        for step in script["steps"]
    )
    head = "| Step | Do | Expected | Answered | Result |\n|---|---|---|---|---|\n"
    return f"# {script['code']}: {script['title']}\n\n{head}" + "\n".join(rows) + "\n"
