"""Wiping a desk: nothing that opens it is left, wherever the work is cut; the encrypted data stays."""

from __future__ import annotations

import base64
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from quick_start import FORKED
from test_deskfile_keys import RealEnough, use_keyring  # noqa: F401

from hsdesk.deskfile import backup, rolling, wraps
from hsdesk.deskfile.desk_file import DeskFile
from hsdesk.deskfile.files import Home
from hsdesk.deskfile.keys import KeyFile
from hsdesk.deskfile.wipe import refuse_wiped, wipe
from hsdesk.errors import Refused, Wiped

ORDER = b'{"device":"a"}'
_CUT = """
import os, signal, sys
from pathlib import Path
from hsdesk.deskfile import files, wipe
from hsdesk.deskfile.files import Home

flush, left = files.flush, int(sys.argv[2])

def cut(file):
    global left
    flush(file)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

files.flush = cut
wipe.wipe(Home(Path(sys.argv[1])), b"{}")
"""


def a_desk(home: Path) -> tuple[KeyFile, bytes, str]:
    """A desk with two rolling backups, one of which was put back: its keys lie in four places and more."""
    Home(home).make()
    keys = KeyFile(Home(home).keys)
    made = keys.create("words", "张三")
    with DeskFile.create(home, made.file_key) as desk:
        rolling.roll(desk, keys, home, "sync")
        backup.write_backup(desk, keys, home / "mine.hsbackup")
    backup.restore(home, home / "mine.hsbackup")
    (home / "desk.keys.part").write_bytes(wraps.encoded(keys.read()))
    return keys, made.file_key, made.recovery_code


def holding(home: Path, check: str) -> list[str]:
    """The files of a home in which the check of the file key, part of every set of wraps, is found."""
    return [path.name for path in home.rglob("*") if path.is_file() and check.encode() in path.read_bytes()]


def check_of(keys: KeyFile) -> str:
    return base64.b64encode(keys.read().check).decode()


def test_a_wiped_desk_has_no_way_in_and_its_data_stays(
    tmp_path: Path,
    use_keyring: object,  # noqa: F811
) -> None:
    ring = RealEnough()
    use_keyring.set(ring)  # type: ignore[attr-defined]
    keys, key, _code = a_desk(tmp_path)
    assert keys.remember(key)
    mark = check_of(keys)
    assert len(holding(tmp_path, mark)) == 5
    assert ring.held
    data = (tmp_path / "desk.db").read_bytes()
    wipe(Home(tmp_path), ORDER)
    assert holding(tmp_path, mark) == []
    assert not ring.held
    assert (tmp_path / "desk.db").read_bytes() == data
    assert not keys.exists()
    with pytest.raises(Wiped, match="钥匙已经销毁"):
        refuse_wiped(Home(tmp_path))


def test_a_backup_from_another_disk_is_not_put_into_a_wiped_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    a_desk(home)
    stick = (home / "mine.hsbackup").rename(tmp_path / "stick.hsbackup")
    wipe(Home(home), ORDER)
    with pytest.raises(Wiped):
        backup.restore(home, stick)
    assert not KeyFile(Home(home).keys).exists()


def test_killed_anywhere_a_desk_is_whole_or_is_wiped_by_whoever_opens_it(tmp_path: Path) -> None:
    wiped_ones = 0
    for cut in range(1, 40):
        home = tmp_path / str(cut)
        keys, key, _code = a_desk(home)
        mark = check_of(keys)
        done = subprocess.run([sys.executable, "-c", FORKED + _CUT, str(home), str(cut)], check=False)
        try:
            refuse_wiped(Home(home))
        except Wiped:
            wiped_ones += 1
            assert holding(home, mark) == []
        else:
            assert keys.unlock("words") == key
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
    else:
        raise AssertionError("the wipe never came to its end")
    assert wiped_ones >= 6


def test_a_file_that_cannot_be_removed_keeps_the_mark_and_the_rest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, _key, _code = a_desk(tmp_path)
    mark = check_of(keys)
    unlink = Path.unlink

    def held(path: Path, missing_ok: bool = False) -> None:
        if path.name == "mine.hsbackup":
            raise PermissionError(13, "held by another program", str(path))
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", held)
    with pytest.raises(Refused, match="下次打开本软件时会继续"):
        wipe(Home(tmp_path), ORDER)
    assert holding(tmp_path, mark) == []  # overwritten all the same
    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(Wiped):
        refuse_wiped(Home(tmp_path))
    assert not (tmp_path / "mine.hsbackup").exists()
