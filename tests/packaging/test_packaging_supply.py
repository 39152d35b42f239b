"""Locked versions, the bill of materials, and advisories from an offline file."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
import supply
from devtools import environment
from devtools.environment import Trouble
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]


def asked(*extras: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"]]
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    return [Requirement(line) for line in wanted]


@pytest.mark.parametrize(
    ("lock", "extras"), [(supply.LOCK, ["postgresql"]), (supply.DEVELOPMENT_LOCK, ["postgresql", "dev"])]
)
def test_every_requirement_is_locked_within_its_range_by_hashes(lock: Path, extras: list[str]) -> None:
    locked = {pin.name: pin for pin in supply.pins(lock)}
    for need in asked(*extras):
        assert Version(locked[canonicalize_name(need.name)].version) in need.specifier, need
    assert all(pin.hashes for pin in locked.values())


def test_what_is_passed_on_is_what_is_tested() -> None:
    tested = {(pin.name, pin.version) for pin in supply.pins(supply.DEVELOPMENT_LOCK)}
    assert {(pin.name, pin.version) for pin in supply.pins(supply.LOCK)} <= tested


@pytest.mark.parametrize("lock", [supply.LOCK, supply.DEVELOPMENT_LOCK, supply.SBOM])
def test_no_lock_names_a_host(lock: Path) -> None:
    assert "://" not in lock.read_text(encoding="utf-8")


def test_the_bill_of_materials_is_that_of_the_lock() -> None:
    assert supply.SBOM.read_text(encoding="utf-8") == supply.sbom()
    bill = json.loads(supply.SBOM.read_bytes())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert [one["purl"] for one in bill["components"]] == [
        f"pkg:pypi/{pin.name}@{pin.version}" for pin in supply.pins(supply.LOCK)
    ]


def advisory(
    number: str, name: str, *events: dict[str, str], versions: tuple[str, ...] = ()
) -> dict[str, object]:
    return {
        "id": number,
        "summary": "what it is",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": name},
                "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
                "versions": list(versions),
            }
        ],
    }


def test_an_advisory_about_a_locked_version_is_found_in_an_offline_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pin = next(pin for pin in supply.pins(supply.LOCK) if pin.name == "requests")
    told = [
        advisory("A-1", "Requests", {"introduced": "0"}, {"fixed": "99"}),
        advisory("A-2", "requests", {"introduced": "0"}, {"fixed": pin.version}),
        advisory("A-3", "requests", {"introduced": pin.version}),
        advisory("A-4", "requests", {"introduced": "0"}, {"last_affected": "1.0"}),
        advisory("A-5", "requests", {"introduced": "99"}, versions=(pin.version,)),
        advisory("A-6", "not-ours", {"introduced": "0"}),
    ]
    file = tmp_path / "osv"
    for text in (json.dumps(told), "\n".join(map(json.dumps, told))):
        file.write_text(text, encoding="utf-8")
        assert supply.main(["advisories", str(file)]) == 1
        found = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
        assert found == ["A-1", "A-3", "A-5"]
    file.write_text("[]", encoding="utf-8")
    assert supply.main(["advisories", str(file)]) == 0


def test_a_package_that_is_not_the_locked_one_stops_the_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zipfile import ZipFile

    with ZipFile(tmp_path / "tiny-1-py3-none-any.whl", "w") as wheel:
        kind = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        for name, text in {
            "METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n",
            "WHEEL": kind,
        }.items():
            wheel.writestr(f"tiny-1.dist-info/{name}", text)
        wheel.writestr("tiny-1.dist-info/RECORD", "")
    lock = tmp_path / "lock"
    lock.write_text(f"tiny==1 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    environment.make(tmp_path / "env")
    with pytest.raises(Trouble, match="not the one that was locked"):
        environment.install_locked(tmp_path / "env", lock, tmp_path)
    lock.write_text(f"tiny==2 --hash=sha256:{'0' * 64}\n")
    assert not environment.install_locked(tmp_path / "env", lock, tmp_path)
