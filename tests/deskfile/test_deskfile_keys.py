"""Keys: passphrases, the recovery code, the keyring, and files that are damaged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.errors
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hsdesk.deskfile import keyring_vault, recovery, wraps
from hsdesk.deskfile.keys import KeyFile
from hsdesk.errors import Corrupt, Missing, Refused, WrongPassphrase


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "desk.keys")


class RealEnough(keyring.backend.KeyringBackend):
    """A keyring that keeps its passwords in memory and holds 1,280 characters, as Windows does."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password) > 1280:
            raise keyring.errors.PasswordSetError
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.held:
            raise keyring.errors.PasswordDeleteError
        del self.held[service, username]


class Locked(RealEnough):
    """A keyring that is there, but whose owner has not opened it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked

    def delete_password(self, service: str, username: str) -> None:
        raise keyring.errors.KeyringLocked


class Silent(RealEnough):
    """A keyring that prompts on a screen nobody looks at."""

    answer = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answer.wait()
        return None


@pytest.fixture
def use_keyring() -> Iterator[type]:
    class Chosen:
        @staticmethod
        def set(backend: keyring.backend.KeyringBackend) -> None:
            keyring.set_keyring(backend)

    yield Chosen
    keyring.set_keyring(keyring.backends.fail.Keyring())


def test_the_passphrase_opens_what_it_was_made_for(keys: KeyFile) -> None:
    made = keys.create("春天的茶园", "张三")
    assert keys.unlock("春天的茶园") == made.file_key
    assert keys.persons(made.file_key) == ("张三",)


def test_a_wrong_passphrase_is_told_in_plain_words(keys: KeyFile) -> None:
    keys.create("春天的茶园", "张三")
    with pytest.raises(WrongPassphrase, match="口令不对"):
        keys.unlock("秋天的茶园")
    with pytest.raises(WrongPassphrase, match="不能为空"):
        keys.unlock("  ")


def test_full_width_digits_are_the_same_passphrase(keys: KeyFile) -> None:
    made = keys.create("Tea2026", "张三")
    assert keys.unlock("Tea２０２６") == made.file_key


def test_a_second_person_has_a_passphrase_of_her_own(keys: KeyFile) -> None:
    made = keys.create("one two three", "张三")
    keys.rewrap(made.file_key, "four five six", "李四")
    assert keys.unlock("four five six") == keys.unlock("one two three") == made.file_key
    assert keys.persons(made.file_key) == ("张三", "李四")


def test_a_new_passphrase_rewraps_the_same_key_and_closes_the_old_one(keys: KeyFile) -> None:
    made = keys.create("old words", "张三")
    keys.rewrap(made.file_key, "new words", "张三")
    assert keys.unlock("new words") == made.file_key
    with pytest.raises(WrongPassphrase):
        keys.unlock("old words")
    keys.path.unlink()  # nor does the second copy open with it
    with pytest.raises(WrongPassphrase):
        keys.unlock("old words")


def test_a_person_who_left_opens_nothing_and_the_last_one_stays(keys: KeyFile) -> None:
    made = keys.create("one two three", "张三")
    keys.rewrap(made.file_key, "four five six", "李四")
    keys.remove_person(made.file_key, "张三")
    with pytest.raises(WrongPassphrase):
        keys.unlock("one two three")
    with pytest.raises(Refused, match="最后一个口令"):
        keys.remove_person(made.file_key, "李四")


def test_a_passphrase_that_was_taken_away_opens_the_second_copy_no_more(keys: KeyFile) -> None:
    made = keys.create("words of wang", "汪文书")
    keys.rewrap(made.file_key, "words of li", "李四")
    keys.remove_person(made.file_key, "汪文书")
    keys.path.write_bytes(b"damaged")
    assert keys.unlock("words of li") == made.file_key
    with pytest.raises(WrongPassphrase):
        keys.unlock("words of wang")


def test_a_key_of_another_desk_gives_nobody_a_passphrase_here(keys: KeyFile) -> None:
    keys.create("words", "汪文书")
    before = keys.path.read_bytes()
    with pytest.raises(Corrupt, match="不相配"):
        keys.rewrap(bytes(wraps.KEY_BYTES), "other words", "李四")
    assert keys.path.read_bytes() == before


def test_the_printed_recovery_code_opens_the_desk_however_it_is_typed(keys: KeyFile) -> None:
    made = keys.create("forgotten", "张三")
    assert keys.unlock_with_recovery(made.recovery_code) == made.file_key
    spaced = made.recovery_code.replace("-", " ").translate(
        str.maketrans("0123456789", "０１２３４５６７８９")
    )
    assert keys.unlock_with_recovery(spaced) == made.file_key


def test_a_code_of_another_desk_is_refused(keys: KeyFile) -> None:
    keys.create("words", "张三")
    with pytest.raises(WrongPassphrase, match="不是这份台账的恢复码"):
        keys.unlock_with_recovery(recovery.new_code())


def test_a_new_recovery_code_ends_the_old_one(keys: KeyFile) -> None:
    made = keys.create("words", "张三")
    code = keys.new_recovery_code(made.file_key)
    assert keys.unlock_with_recovery(code) == made.file_key
    with pytest.raises(WrongPassphrase):
        keys.unlock_with_recovery(made.recovery_code)


@given(st.integers(0, 47), st.integers(1, 9))
@settings(deadline=None, max_examples=200)
def test_one_wrong_digit_names_its_group(place: int, shift: int) -> None:
    digits = recovery.normal_code(recovery.new_code())
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    with pytest.raises(WrongPassphrase, match=f"第 {place // 6 + 1} 组"):
        recovery.normal_code(wrong)


def test_a_code_cut_short_is_told_by_its_count() -> None:
    with pytest.raises(WrongPassphrase, match="现在共有 42 个数字"):
        recovery.normal_code(recovery.new_code()[:-7])


def test_codes_hold_more_than_128_bits() -> None:
    assert 10 ** (recovery.GROUPS * 5) > 2**128
    assert len({recovery.new_code() for _ in range(100)}) == 100


def test_a_damaged_key_file_falls_back_to_its_second_copy(keys: KeyFile) -> None:
    made = keys.create("words", "张三")
    keys.path.write_bytes(keys.path.read_bytes()[:40])
    assert keys.unlock("words") == made.file_key
    keys.rewrap(made.file_key, "other words", "张三")
    assert KeyFile(keys.path).unlock("other words") == made.file_key


def test_two_damaged_key_files_are_told_in_plain_words(keys: KeyFile) -> None:
    keys.create("words", "张三")
    keys.path.write_bytes(b"")
    keys.previous.write_bytes(b"{}")
    with pytest.raises(Corrupt, match="恢复备份"):
        keys.unlock("words")


def test_no_key_file_at_all_is_missing(keys: KeyFile) -> None:
    with pytest.raises(Missing):
        keys.unlock("words")


def test_every_flipped_bit_of_a_wrap_is_noticed(keys: KeyFile) -> None:
    made = keys.create("words", "张三")
    held = keys.read()
    wrap = held.of("passphrase")[0]
    for place in range(len(wrap.sealed)):
        flipped = bytearray(wrap.sealed)
        flipped[place] ^= 1
        with pytest.raises(WrongPassphrase):
            wraps.unwrap_secret(msgspec.structs.replace(wrap, sealed=bytes(flipped)), "words")
    with pytest.raises(WrongPassphrase):
        wraps.unwrap_secret(msgspec.structs.replace(wrap, kind="recovery"), "words")
    assert keys.unlock("words") == made.file_key


def test_the_suite_number_comes_first_and_a_newer_one_asks_for_an_upgrade(keys: KeyFile) -> None:
    keys.create("words", "张三")
    text = keys.path.read_text(encoding="utf-8")
    assert text.lstrip("{\n ").startswith('"suite": 2')
    for path in (keys.path, keys.previous):
        path.write_text(text.replace('"suite": 2', '"suite": 3'), encoding="utf-8")
    with pytest.raises(Refused, match="请先升级"):
        keys.unlock("words")


def test_an_existing_key_file_is_not_overwritten(keys: KeyFile) -> None:
    keys.create("words", "张三")
    with pytest.raises(Refused):
        keys.create("words", "张三")


def test_a_key_file_that_asks_for_endless_work_is_refused(keys: KeyFile) -> None:
    keys.create("words", "张三")
    wrap = keys.read().of("passphrase")[0]
    for greedy in (wraps.Argon2(memory=1 << 24), wraps.Argon2(memory=16, passes=1 << 20)):
        with pytest.raises(Corrupt):
            wraps.unwrap_secret(msgspec.structs.replace(wrap, argon2=greedy), "words")
    of_suite_1 = msgspec.structs.replace(wrap, public=b"", argon2=None, scrypt=wraps.Scrypt(n=1 << 24))
    with pytest.raises(Corrupt):
        wraps.unwrap_secret(of_suite_1, "words")


def test_a_remembered_desk_opens_without_a_passphrase_until_forgotten(
    keys: KeyFile, use_keyring: type
) -> None:
    backend = RealEnough()
    use_keyring.set(backend)  # type: ignore[attr-defined]
    made = keys.create("words", "张三")
    assert keys.unlock_remembered() is None
    assert keys.remember(made.file_key)
    assert keys.unlock_remembered() == made.file_key
    assert [len(kept) for kept in backend.held.values()] == [64]
    assert made.file_key.hex() not in backend.held.values()
    keys.forget()
    assert keys.unlock_remembered() is None
    assert backend.held == {}
    keys.forget()


def test_without_a_keyring_the_passphrase_is_asked_for(keys: KeyFile) -> None:
    made = keys.create("words", "张三")
    assert not keys.remember(made.file_key)
    assert keys.unlock_remembered() is None


def test_a_locked_keyring_asks_for_the_passphrase(keys: KeyFile, use_keyring: type) -> None:
    use_keyring.set(RealEnough())  # type: ignore[attr-defined]
    made = keys.create("words", "张三")
    assert keys.remember(made.file_key)
    use_keyring.set(Locked())  # type: ignore[attr-defined]
    assert keys.unlock_remembered() is None
    assert not keys.remember(made.file_key)
    keys.forget()


def test_a_keyring_that_never_answers_is_not_waited_for(
    keys: KeyFile, use_keyring: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_keyring.set(RealEnough())  # type: ignore[attr-defined]
    made = keys.create("words", "张三")
    assert keys.remember(made.file_key)
    use_keyring.set(Silent())  # type: ignore[attr-defined]
    monkeypatch.setattr(keyring_vault, "_PATIENCE", 0.05)
    assert keys.unlock_remembered() is None
    Silent.answer.set()


def test_a_keyring_entry_of_another_desk_opens_nothing(keys: KeyFile, use_keyring: type) -> None:
    backend = RealEnough()
    use_keyring.set(backend)  # type: ignore[attr-defined]
    made = keys.create("words", "张三")
    assert keys.remember(made.file_key)
    for entry in backend.held:
        backend.held[entry] = "00" * 32
    assert keys.unlock_remembered() is None
    for entry in backend.held:
        backend.held[entry] = "not hex"
    assert keys.unlock_remembered() is None


def test_a_full_disk_leaves_the_old_key_file(keys: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno
    import os

    from hsdesk.errors import DiskFull

    made = keys.create("words", "张三")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DiskFull, match="磁盘已满"):
            keys.rewrap(made.file_key, "new words", "张三")
    assert keys.unlock("words") == made.file_key
    assert sorted(path.name for path in keys.path.parent.iterdir() if "part" in path.name) == []
