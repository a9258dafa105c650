"""What the tests of `publish` and `verify` share: sealing an edited run again, and decisions."""

import json

from curate.runs import content_sha256, file_sha256

DECIDE_ALL = {
    "record_id": "*",
    "kind": "name",
    "decision": "accepted",
    "reason": "words of anatomy; the texts are invented",
    "by": "a test",
    "at": "2026-01-02",
}


def edit_json(path, **changes):
    """Changes fields of a JSON file; a callable gets the old value."""
    data = json.loads(path.read_bytes())
    for key, value in changes.items():
        data[key] = value(data[key]) if callable(value) else value
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def seal(run):
    """Writes the manifest anew over files that were edited by hand, as one who cheats would."""
    manifest = json.loads((run / "manifest.json").read_bytes())
    outputs = [entry for entry in manifest["outputs"] if (run / entry["path"]).exists()]
    for entry in outputs:
        entry["sha256"] = file_sha256(run / entry["path"])
        if entry["content_sha256"]:
            entry["content_sha256"] = content_sha256(run / entry["path"])
    edit_json(run / "manifest.json", outputs=outputs)
