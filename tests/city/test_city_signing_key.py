"""The key that signs wipes, under a passphrase of its own."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from hsdesk.city.people import authority, signing_key
from hsdesk.cli.run import run
from hsdesk.errors import Refused

PASSPHRASE = "shi-ju-qian-ming-2026"


def init(code: int = 0) -> dict[str, Any]:
    out, err = io.StringIO(), io.StringIO()
    assert run(["server", "init", "--json"], None, out, err) == code, err.getvalue()
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def test_the_signing_key_gets_a_passphrase_and_signs_with_it_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert init()["signing_key"] == "plain"
    folder = home / "server"
    fingerprint = authority.fingerprint_of(authority.read_authority(folder).certificate)
    monkeypatch.setenv(signing_key.VARIABLE, "1234567890")
    assert "口令" in init(code=1)["error"]
    monkeypatch.setenv(signing_key.VARIABLE, PASSPHRASE)
    assert init()["signing_key"] == "sealed"
    assert b"PRIVATE KEY" not in (folder / "ca.key").read_bytes()
    held = authority.read_authority(folder)
    assert authority.fingerprint_of(held.certificate) == fingerprint
    assert authority.sign(held, b"wipe it")
    assert init()["signing_key"] == "sealed"
    monkeypatch.setenv(signing_key.NEW_VARIABLE, "xin-qian-ming-2027")
    assert init()["signing_key"] == "sealed"
    monkeypatch.delenv(signing_key.NEW_VARIABLE)
    with pytest.raises(Refused, match="有自己的口令"):
        authority.sign(authority.read_authority(folder), b"wipe it")
    monkeypatch.setenv(signing_key.VARIABLE, "xin-qian-ming-2027")
    held = authority.read_authority(folder)
    assert authority.sign(held, b"wipe it")
    for wrong in ("", "another-passphrase"):
        monkeypatch.setenv(signing_key.VARIABLE, wrong)
        with pytest.raises(Refused, match="有自己的口令"):
            authority.sign(held, b"wipe it")
        assert "有自己的口令" in init(code=4)["error"]
