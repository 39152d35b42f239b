"""The recovery key (恢复钥匙) of a city server: backups are sealed for it, and it alone opens them.

`server init`, or the first backup of an older server, makes it. The public half stands in the database; the
private one is written once to `recovery.key` in the server's folder, to be printed, kept somewhere else and
deleted there. Whoever gets at a backup, or at the server's disk after that, reads no backup.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import IO

from hsdesk.city.people.authority import write_secret
from hsdesk.errors import Corrupt, DataError, Missing, Refused
from hsdesk.wire import sealing

SETTING = "recovery_key"  # the public half, hex
FILE = "recovery.key"
_HEAD = b"\x01hsdesk city backup\n"  # the suite number first
_TITLE = "HSDesk recovery key, suite 1"
_KEY = re.compile(r"^(?:[0-9a-f]{8}[ \n]?){8}$", re.MULTILINE)


def make(folder: Path) -> str:
    """Make a key: write its private half into a folder, return its public half. Raises Refused."""
    path = folder / FILE
    if path.exists():
        raise Refused("{path} 已经有一把恢复钥匙，没有覆盖。请先把它移到安全的地方。", path=path)
    private = sealing.new_private()
    digits = private.hex()
    groups = " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))
    write_secret(path, f"{_TITLE}\n{groups}\n")
    return sealing.public_of(private).hex()


def read(path: Path) -> bytes:
    """Return the private key in a file, typed from paper too. Raises Missing, DataError."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise Missing("读不了恢复钥匙文件 {path}。请核对文件名。", path=path, detail=str(error)) from error
    found = _KEY.search(text.lower().replace("\r\n", "\n"))
    if found is None:
        raise DataError("{path} 不是恢复钥匙文件：里面应有 8 组、每组 8 个字符（数字和 a 到 f）。", path=path)
    return bytes.fromhex("".join(found.group().split()))


def is_sealed(file: Path) -> bool:
    """Tell whether a backup is sealed; those of earlier programs are not."""
    with file.open("rb") as source:
        return source.read(len(_HEAD)) == _HEAD


def seal(public: str, source: IO[bytes], target: IO[bytes]) -> None:
    """Write a backup sealed for the holder of the private key."""
    target.write(_HEAD)
    sealing.seal_file(bytes.fromhex(public), source, target, _HEAD)


def unseal(file: Path, private: bytes, out: Path) -> None:
    """Write what a sealed backup holds. Raises Corrupt (another key, damage); `out` is then gone."""
    try:
        with file.open("rb") as source, out.open("wb") as target:
            out.chmod(0o600)
            source.read(len(_HEAD))
            sealing.open_file(private, source, target, _HEAD)
    except sealing.Unsealable as error:
        out.unlink(missing_ok=True)
        raise Corrupt("备份文件 {path} 打不开：恢复钥匙不对，或文件已损坏。没有使用。", path=file) from error
