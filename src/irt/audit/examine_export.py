#!/usr/bin/env python3
"""Examines an export of an audit trail: python3 examine_export.py FOLDER. It needs Python 3.9 or newer alone.

What it proves: each file is the one the manifest names; no entry of a chain is missing, moved or changed; each
entry of the second chain belongs to one of the first; each signature says what was signed; and each anchor, if the
folder has any, holds the hash that the chain had on its day. Exits with 1, naming the first fault of each kind.

Whether an anchor was signed by the installation is examined where the command openssl (3 or newer) is at hand,
against the public key given with --public-key: ask for it elsewhere than in the export.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]

GENESIS = "0" * 64
ED25519 = bytes.fromhex("302a300506032b6570032100")


def canonical(content: Any) -> str:
    """The one text of a content that is hashed."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text: str) -> str:
    """In hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def lines_of(file: Path) -> Rows:
    """Each line of a JSON Lines file; none where there is no file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def file_faults(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Files that are missing, or are not those that were exported."""
    for name, told in manifest["files"].items():
        file = folder / name
        if not file.exists():
            yield f"{name} is missing"
        elif hashlib.sha256(file.read_bytes()).hexdigest() != told["sha256"]:
            yield f"{name} is not the file that was exported"


def chain_faults(name: str, entries: Rows, head: dict[str, Any]) -> Iterator[str]:
    """The first entry at which a chain does not hold."""
    expected, previous = 1, GENESIS
    for entry in entries:
        content = entry["content"]
        if content["sequence"] != expected:
            yield f"{name}: entry {expected} is missing"
        if entry["previous_hash"] != previous:
            yield f"{name}: entry {expected} does not point to the one before it"
        if sha256(f"{entry['previous_hash']}\n{canonical(content)}") != entry["hash"]:
            yield f"{name}: the content of entry {expected} does not match its hash"
        expected, previous = content["sequence"] + 1, entry["hash"]
    if (head["sequence"], head["hash"]) != (expected - 1, previous):
        yield f"{name}: it does not end where the manifest says"


def pointer_faults(blinded: Rows, secret: Rows) -> Iterator[str]:
    """Entries of the second chain that tell of another act than the one they point to."""
    acts = {entry["content"]["sequence"]: entry["content"] for entry in blinded}
    for entry in secret:
        content = entry["content"]
        act = acts.get(content["blinded_sequence"])
        if act is None or (act["act"], act["at"]) != (content["act"], content["at"]):
            yield f"secret: entry {content['sequence']} belongs to no entry of the first chain"


def signature_faults(signatures: Rows, blinded: Rows, secret: Rows) -> Iterator[str]:
    """Signatures that stand in no entry, or do not say what was signed; the content stands in the second chain."""
    bodies = {entry["content"]["blinded_sequence"]: entry["content"]["body"] for entry in secret}
    acts = {
        entry["content"]["new"]["signature"]: entry["content"]
        for entry in blinded
        if entry["content"]["act"] in ("record_signed", "record_witnessed")
    }
    for signature in signatures:
        number, act = signature["id"], acts.pop(signature["id"], None)
        if act is None:
            yield f"signature {number} stands in no entry"
        elif any(signature[name] != act[name] for name in ("record_kind", "record", "at")):
            yield f"signature {number} does not match entry {act['sequence']}"
        elif bodies:
            body = bodies[act["sequence"]]
            named = {name: signature[name] for name in ("record_kind", "record")}
            if sha256(canonical({**named, "content": body["content"]})) != signature["record_hash"]:
                yield f"signature {number} does not say what was signed"
    for number in acts:
        yield f"signature {number} is missing"


def anchor_faults(anchors: Rows, chain: str, blinded: Rows, secret: Rows) -> Iterator[str]:
    """Anchors that do not follow each other, or hold another hash than the chain."""
    hashes = {
        is_secret: {entry["content"]["sequence"]: entry["hash"] for entry in entries}
        for is_secret, entries in ((False, blinded), (True, secret))
    }
    number, previous = 1, GENESIS
    for anchor in anchors:
        content = anchor["anchor"]
        if (content["number"], content["previous"]) != (number, previous):
            yield f"anchor {number} is missing"
        for head in content["heads"]:
            known = hashes[head["secret"]]
            if head["chain"] != chain or not known or head["sequence"] == 0:
                continue
            if known.get(head["sequence"]) != head["hash"]:
                day = content["at"][:10]
                yield f"anchor {content['number']}: entry {head['sequence']} was another one on {day}"
        number, previous = content["number"] + 1, sha256(canonical(content))


def unsigned(anchors: Rows, public_key: str) -> list[int] | None:
    """Numbers of the anchors that this key did not sign; None where that cannot be examined here."""
    if not shutil.which("openssl"):
        return None
    bad: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        key, text, signature = (Path(folder) / name for name in ("key.der", "text", "signature"))
        key.write_bytes(ED25519 + base64.b64decode(public_key))
        for anchor in anchors:
            text.write_text(canonical(anchor["anchor"]), encoding="utf-8")
            signature.write_bytes(base64.b64decode(anchor["signature"]))
            asked: list[str | Path] = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin"]
            asked += ["-inkey", key, "-in", text, "-sigfile", signature]
            if subprocess.run(asked, capture_output=True, check=False).returncode != 0:
                bad.append(anchor["anchor"]["number"])
    return bad


def examine(folder: Path, public_key: str | None = None) -> tuple[list[str], list[str]]:
    """What was found: sentences to read, and the faults among them."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    blinded, secret = lines_of(folder / "blinded.jsonl"), lines_of(folder / "secret.jsonl")
    signatures = lines_of(folder / "signatures.jsonl")
    anchors = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("anchors/*.json"))]
    kinds = [
        ("files", len(manifest["files"]), file_faults(folder, manifest)),
        ("entries", len(blinded), chain_faults("blinded", blinded, manifest["heads"]["blinded"])),
        ("signatures", len(signatures), signature_faults(signatures, blinded, secret)),
        ("anchors", len(anchors), anchor_faults(anchors, manifest["chain"], blinded, secret)),
    ]
    if "secret" in manifest["heads"]:
        kinds[2:2] = [
            ("secret entries", len(secret), chain_faults("secret", secret, manifest["heads"]["secret"])),
            ("links between the chains", len(secret), pointer_faults(blinded, secret)),
        ]
    said: list[str] = []
    faults: list[str] = []
    for kind, count, looked in kinds:
        fault = next(looked, None)
        said.append(f"{kind}: {count}, {fault or 'all hold'}")
        faults += [fault] if fault else []
    if public_key and anchors:
        bad = unsigned(anchors, public_key)
        found = "not examined, openssl is missing" if bad is None else "all hold" if not bad else "NOT of this key"
        said.append(f"signatures of anchors: {len(anchors)}, {found}")
        faults += [f"anchor {number} was not signed by this key" for number in bad or []]
    return said, faults


def main() -> None:
    """Reads the folder and says what it found."""
    asked = argparse.ArgumentParser(description="Examines an export of an audit trail.")
    asked.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent)
    asked.add_argument("--public-key", help="in base64, as `irt audit anchor --public-key` prints it")
    given = asked.parse_args()
    said, faults = examine(given.folder, given.public_key)
    sys.stdout.write("\n".join(said) + "\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
