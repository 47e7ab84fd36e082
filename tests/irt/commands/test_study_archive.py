"""`irt study lock`, `archive` and `retrieve`: a study is closed, leaves in one file, and comes back as it was."""

import hashlib
import zipfile
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.irt.commands.office import STUDY, TerminalOffice

LOCK = ("study", "lock", STUDY)
ASK = (*LOCK, "--ask", "--reason", "over", "--agreed", "sites=never opened", "--agreed", "randomization=none")


def _locked(office: TerminalOffice) -> None:
    office.hire("tess", "study_team")
    office.hire("quin", "quality")
    office.does(*ASK, "--user", "tess")
    assert office.does("study", "lock-decide", STUDY, "--user", "theo").endswith("is locked.\n")


def test_a_locked_study_leaves_and_comes_back(studied: TerminalOffice) -> None:
    """Only locked; every file has its hash; the copy has every row and is locked too; a changed file is named."""
    archive = ("study", "archive", STUDY, "--out", "nb.zip", "--user", "quin")
    told = studied.does(*LOCK, "--user", "theo")
    assert "sites           no  Every site is closed. " in told
    _locked(studied)
    lifted = ("study", "unlock", STUDY, "--correction", "a date", "--user", "tess")
    for words in (lifted, ("study", "lock-decide", STUDY, "--user", "theo")):
        studied.does(*words)
    assert "not locked" in studied.refused(*archive)
    studied.does(*ASK, "--user", "tess")
    studied.does("study", "lock-decide", STUDY, "--user", "theo")
    said = studied.does(*archive)
    root = said.splitlines()[-1].removeprefix("root ")
    with zipfile.ZipFile("nb.zip") as file:
        names = {line.partition("  ")[2] for line in file.read("SHA256SUMS").decode().splitlines()}
        assert names == set(file.namelist()) - {"SHA256SUMS"}
        assert hashlib.sha256(file.read("SHA256SUMS")).hexdigest() == root
        assert not [name for name in names if "secret" in name]
        assert b"password" not in file.read("tables/account.csv").replace(b"password_", b"")
    copy = f"sqlite:///{Path('copy.sqlite').absolute()}"
    back = studied.does("study", "retrieve", "nb.zip", "--load", "--root", root, "--database", copy)
    assert back.endswith("rows are loaded; the study is locked there.\n")
    question = text("SELECT number, name, status FROM site ORDER BY id")
    with create_engine(copy).connect() as there, studied.store.reading() as here:
        assert there.execute(question).all() == here.execute(question).all()
        assert there.execute(text("SELECT closed FROM audit_head")).scalars().all() == [1]
    assert "not empty" in studied.refused("study", "retrieve", "nb.zip", "--load", "--database", copy)
    assert "another one" in studied.refused("study", "retrieve", "nb.zip", "--root", "0" * 64)


def test_a_damaged_archive_is_not_loaded(studied: TerminalOffice) -> None:
    """The file that is not as it was is named."""
    _locked(studied)
    studied.does("study", "archive", STUDY, "--out", "nb.zip", "--user", "quin")
    with zipfile.ZipFile("nb.zip") as file, zipfile.ZipFile("bad.zip", "w") as bad:
        for name in file.namelist():
            body = file.read(name)
            bad.writestr(name, body + b"\n" if name == "tables/site.csv" else body)
    assert studied.refused("study", "retrieve", "bad.zip").startswith("tables/site.csv is not as it was archived")
