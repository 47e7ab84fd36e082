"""`irt label`: a kit's label by its number, a parcel's by its shipment, and what neither ever tells."""

import io

import pypdf
import pytest
import zxingcpp
from PIL import Image

from irt.blinding.roles import Role
from irt.gs1.check_characters import check_digit
from irt.reads import blinded_labels
from irt.reads.blinded_sites import study_at
from irt.services.label_masters import (
    DecideLabelMaster,
    ProofLabelMaster,
    WriteLabelMaster,
    decide_label_master,
    proof_label_master,
    write_label_master,
)
from irt.study.labels import LabelSettings
from irt.tables.kit import Kit
from irt.tables.secret import ManufacturingLot
from irt.tables.shipment import Shipment
from tests.builders import SEAL_KEY
from tests.builders_trial import Trial
from tests.cast import signing
from tests.irt.commands.running import Terminal
from tests.irt.gs1.builders import GTIN
from tests.irt.labels.builders import WHOLE


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch, sqlite_trial: Trial) -> Trial:
    """A trial that commands find."""
    monkeypatch.setenv("IRT_SEAL_KEY", SEAL_KEY.decode())
    monkeypatch.setenv("IRT_DATABASE_URL", sqlite_trial.store.url.render_as_string(hide_password=False))
    return sqlite_trial


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path) -> Terminal:
    """In a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def with_gs1(monkeypatch: pytest.MonkeyPatch) -> None:
    """The study gives every blinding group one item number, and has a company prefix."""

    def study(*facts: object) -> object:
        found = study_at(*facts)
        gtins = {group.code: GTIN for group in found.blinding_groups}
        return found._replace(gtins=gtins, labels=LabelSettings(company_prefix="9506000"))

    monkeypatch.setattr(blinded_labels, "study_at", study)


def read_back(file: str) -> str:
    """What a scanner would send of a picture."""
    with open(file, "rb") as png:
        (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png.read())))
    return read.symbology_identifier + read.bytes.decode()


def test_a_kit_of_a_study_without_gs1_keys(terminal: Terminal, trial: Trial) -> None:
    """The plain number, as PNG and as SVG."""
    number = trial.rows(Kit)[0]["number"]
    assert terminal.irt("label", number, "--format", "png", "--output", "kit.png").exit_code == 0
    assert read_back("kit.png") == f"]d1{number}"
    assert f"Kit {number}" in terminal.irt("label", number).out


def test_a_label_scans_as_the_kit(terminal: Terminal, trial: Trial, with_gs1: None) -> None:
    """What is printed is what `irt scan parse --expect kit` takes."""
    number = trial.rows(Kit)[0]["number"]
    terminal.irt("label", number, "--format", "png", "--output", "kit.png")
    ran = terminal.irt("scan", "parse", read_back("kit.png"), "--expect", "kit", "--json")
    assert (ran.exit_code, f'"21": "{number}"' in ran.out) == (0, True)


def test_labels_of_one_blinded_lot_differ_by_kit_number_alone(
    terminal: Terminal, trial: Trial, with_gs1: None
) -> None:
    """No kit type, no bulk lot, no date of its own: the words of one arm's label are those of another's."""
    _approved(trial, "en")
    types = trial.types()
    lot = trial.rows(Kit)[0]["blinded_lot_id"]
    one_of_each = {types[row["number"]]: row["number"] for row in trial.rows(Kit, blinded_lot_id=lot)}
    secrets = {*types.values(), *(row["number"] for row in trial.rows(ManufacturingLot))}
    seen = set()
    for number in one_of_each.values():
        drawn = terminal.irt("label", number, "--country", "GB").out
        words = [line for line in drawn.splitlines() if line.startswith("<text")]
        assert len(words) > 10
        assert not [secret for secret in secrets for line in words if secret in line]
        seen.add("".join(words).replace(number, "N"))
    assert len(one_of_each) > 1
    assert len(seen) == 1


def test_a_parcel(terminal: Terminal, trial: Trial, with_gs1: None) -> None:
    """Its SSCC, from the company prefix and the shipment's number."""
    number = trial.rows(Shipment)[0]["number"]
    assert terminal.irt("label", "--shipment", number, "--format", "png", "--output", "p.png").exit_code == 0
    digits = "09506000" + "".join(sign for sign in number if sign.isdigit()).zfill(9)
    assert read_back("p.png") == "]C100" + digits + check_digit(digits)


def test_refusals(terminal: Terminal, trial: Trial) -> None:
    """No such kit; a parcel without a company prefix; neither or both named."""
    assert "There is no kit 1." in terminal.irt("label", "1").err
    assert "company prefix" in terminal.irt("label", "--shipment", trial.rows(Shipment)[0]["number"]).err
    assert terminal.irt("label").exit_code == 2


def _approved(trial: Trial, language: str, **texts: str) -> None:
    """The words of a British label, approved by quality."""
    place = {"study_id": trial.study_id, "country": "GB", "language": language, "blinding_group": "PEN"}
    ask = WriteLabelMaster.model_validate({**place, "particulars": {**WHOLE, **texts}})
    version = trial.do(Role.SUPPLY_MANAGER, write_label_master, ask).model_dump(include={"number", "version"})
    trial.do(Role.SUPPLY_MANAGER, proof_label_master, ProofLabelMaster(study_id=trial.study_id, **version))
    decision = DecideLabelMaster(study_id=trial.study_id, **version, granted=True, signing=signing())
    trial.do(Role.QUALITY, decide_label_master, decision)


def test_a_kit_in_its_countrys_words(terminal: Terminal, trial: Trial) -> None:
    """From the approved text, in each language; a kit that is for no country yet has the plain label."""
    _approved(trial, "en")
    here = trial.rows(Kit, custody="site")[0]["number"]
    nowhere = trial.rows(Kit, custody="depot", assignment="free")[0]["number"]
    assert "Keep out of reach of children" in terminal.irt("label", here).out
    assert "Keep out of reach of children" not in terminal.irt("label", nowhere).out
    assert "Keep out of reach of children" in terminal.irt("label", nowhere, "--country", "GB").out
    _approved(trial, "cy", children="Cadwch allan o gyrraedd plant")
    assert "Name one with --language" in terminal.irt("label", here).err
    assert "Cadwch allan" in terminal.irt("label", here, "--language", "cy").out
    assert terminal.irt("label", here, "--format", "pdf", "--output", "kit.pdf").exit_code == 0
    with open("kit.pdf", "rb") as pdf:
        words = pypdf.PdfReader(pdf).pages[0].extract_text()
    assert all(said in words for said in ("Keep out of reach", "Cadwch allan"))
    for missing in (["--language", "fr"], ["--packaging", "immediate"]):
        assert "no approved label text" in terminal.irt("label", here, *missing).err
