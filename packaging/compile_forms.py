"""Compile the shipped XLSForm sources to resources/forms/compiled, so that laptops never load the compiler.

Run it after changing a form: `python packaging/compile_forms.py`. A test tells when it was forgotten.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[1]
FORMS = ROOT / "resources" / "forms"


def compiled() -> dict[str, bytes]:
    """Return the JSON of every shipped form by file name."""
    from hsdesk.forms.compiler import compile_file

    with (FORMS / "index.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    made = {}
    for row in rows:
        form = compile_file(FORMS / row["file"])
        made[f"{row['form_id']}.json"] = msgspec.json.encode(form)
    whole = hashlib.sha256(b"".join(made[name] for name in sorted(made))).hexdigest()
    return made | {"DIGEST": f"{whole[:16]}\n".encode()}


def main() -> int:
    """Write what has changed and say so."""
    target = FORMS / "compiled"
    target.mkdir(exist_ok=True)
    made = compiled()
    changed = [name for name, body in made.items() if not same(target / name, body)]
    for name in changed:
        (target / name).write_bytes(made[name])
    for stale in {path.name for path in target.glob("*.json")} - set(made):
        (target / stale).unlink()
    print(f"{len(made) - 1} forms, {len(changed)} changed")
    return 0


def same(path: Path, body: bytes) -> bool:
    """Tell whether a file holds these bytes already."""
    return path.is_file() and path.read_bytes() == body


if __name__ == "__main__":
    sys.exit(main())
