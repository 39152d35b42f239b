"""What HSDesk is delivered with: the locked versions, a bill of materials, and advisories about them.

    .venv/bin/python packaging/supply.py sbom               writes packaging/sbom.json (CycloneDX 1.6) anew
    .venv/bin/python packaging/supply.py advisories FILE    compares an offline file with the lock; 1 if one
                                                            fits

`requirements.lock` holds what is passed on, `requirements-dev.lock` what it is built and tested with; pip
takes nothing whose hash is not there. They are made anew where there is a network, with the tool uv:

    uv pip compile pyproject.toml --extra postgresql --universal --python-version 3.11 --generate-hashes
        --no-header --no-annotate -o packaging/requirements.lock

and for the other with `--extra dev`, hatchling and editables besides, and `-c packaging/requirements.lock`.
An advisory file is a JSON list, or JSON lines, of entries in the OSV format.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licences import closure, licence, requirements
from packaging.utils import canonicalize_name
from packaging.version import Version

LOCK = Path(__file__).with_name("requirements.lock")
DEVELOPMENT_LOCK = Path(__file__).with_name("requirements-dev.lock")
SBOM = Path(__file__).with_name("sbom.json")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)(?: ;\s*([^\\]+?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Pin:
    """A package at one version, with the SHA-256 of each file that may be taken for it."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def pins(lock: Path) -> tuple[Pin, ...]:
    """Return what a lock file pins. Raises ValueError for a line that is neither a pin nor a hash."""
    found: list[Pin] = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if pin := _PIN.match(line):
            name, version, marker = pin.groups()
            found.append(Pin(canonicalize_name(name), version, (marker or "").strip(), ()))
        elif sha := _HASH.search(line):
            last = found.pop()
            found.append(Pin(last.name, last.version, last.marker, (*last.hashes, sha.group(1))))
        elif line.strip():
            raise ValueError(f"{lock.name}: {line}")
    return tuple(found)


def sbom() -> str:
    """Return the bill of materials of what is passed on, as CycloneDX JSON; it changes only with the lock."""
    known = {str(canonicalize_name(one.package)): one.spdx for one in _licences()}
    components = [_component(pin, known) for pin in pins(LOCK)]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": "hsdesk", "name": "hsdesk"},
        },
        "components": components,
        "dependencies": [{"ref": "hsdesk", "dependsOn": [one["bom-ref"] for one in components]}],
    }
    lines = ",\n".join("  " + json.dumps(one, ensure_ascii=False) for one in components)
    whole = json.dumps(document | {"components": []}, indent=1, ensure_ascii=False)
    return whole.replace('"components": []', f'"components": [\n{lines}\n ]') + "\n"


def _licences() -> Iterator[Any]:
    from importlib.metadata import distribution

    project = distribution("hsdesk")
    shipped = closure([*requirements(project, ""), *requirements(project, "postgresql")])
    for found in shipped.values():
        yield licence(found)


def _component(pin: Pin, known: Mapping[str, str]) -> dict[str, Any]:
    reference = f"pkg:pypi/{pin.name}@{pin.version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": reference,
        "name": pin.name,
        "version": pin.version,
        "purl": reference,
        "scope": "optional" if pin.marker else "required",
    }
    if pin.name in known:
        component["licenses"] = [{"expression": known[pin.name]}]
    files = [{"name": "hsdesk:file:sha256", "value": sha} for sha in pin.hashes]
    return component | {"properties": files}


def advisories(text: str, pinned: Iterable[Pin]) -> list[str]:
    """Return a line for each advisory of an OSV file that fits a pinned version."""
    versions: dict[str, list[str]] = {}
    for pin in pinned:
        versions.setdefault(pin.name, []).append(pin.version)
    found = []
    for entry in _entries(text):
        for affected in entry.get("affected", ()):
            package = affected.get("package", {})
            name = canonicalize_name(package.get("name", ""))
            if package.get("ecosystem", "").lower() != "pypi" or entry.get("withdrawn"):
                continue
            found += [
                f"{entry['id']}: {name} {version}: {entry.get('summary', '')}".rstrip(": ")
                for version in versions.get(name, ())
                if _fits(affected, version)
            ]
    return list(dict.fromkeys(found))


def _entries(text: str) -> list[dict[str, Any]]:
    if text.lstrip().startswith("["):
        listed: list[dict[str, Any]] = json.loads(text)
        return listed
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def _fits(affected: Mapping[str, Any], version: str) -> bool:
    """Tell whether a version is affected: listed, or after an `introduced` and before the next end."""
    if version in affected.get("versions", ()):
        return True
    return any(
        _lies_in(range_["events"], Version(version))
        for range_ in affected.get("ranges", ())
        if range_.get("type") == "ECOSYSTEM"
    )


def _lies_in(events: Iterable[Mapping[str, str]], version: Version) -> bool:
    is_in = False
    for event in events:
        if "introduced" in event and version >= Version(event["introduced"]):
            is_in = True
        if "fixed" in event and version >= Version(event["fixed"]):
            is_in = False
        if "last_affected" in event and version > Version(event["last_affected"]):
            is_in = False
    return is_in


def main(words: list[str]) -> int:
    """Run one verb; 2 for a wrong one."""
    match words:
        case ["sbom"]:
            SBOM.write_text(sbom(), encoding="utf-8")
            return 0
        case ["advisories", file]:
            both = {*pins(LOCK), *pins(DEVELOPMENT_LOCK)}
            found = advisories(Path(file).read_text(encoding="utf-8"), sorted(both, key=lambda pin: pin.name))
            print("\n".join(found) or "No advisory fits a locked version.")
            return 1 if found else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
