"""`desk.keys`: the ways to open a desk file, beside it.

One random file key encrypts the desk. It is wrapped by each person's passphrase (口令), by the printed
recovery code (恢复码) and, when a person chooses 记住本机, by a key in the operating system's keyring. With a
new passphrase comes a new file key (`rekey`), so that what the old passphrase opens in an old backup is of no
use today. The file is replaced as a whole, first itself, then its second copy `desk.keys.prev`: at any moment
one of the two is whole, and a passphrase taken away is gone from both.
"""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

import msgspec

from hsdesk.deskfile import files, keyring_vault, recovery, wraps
from hsdesk.deskfile.wraps import Wraps
from hsdesk.errors import Corrupt, DeskError, Missing, Refused, WrongPassphrase
from hsdesk.model.identity import new_id

_BEFORE = b"the file key before"


class Unlocked(msgspec.Struct, frozen=True):
    """A file key with the recovery code made for it, shown once and never kept; "" when the old one stays."""

    file_key: bytes
    recovery_code: str


class KeyFile:
    """The key file at a path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.previous = path.with_name(path.name + ".prev")

    def exists(self) -> bool:
        """Tell whether there is a key file, or the one before it."""
        return self.path.exists() or self.previous.exists()

    def create(self, passphrase: str, person: str) -> Unlocked:
        """Make a new file key with its first passphrase and its recovery code. Raises `Refused`."""
        if self.exists():
            raise Refused("这里已经有钥匙文件，没有覆盖它。请换一个文件夹，或直接打开原来的台账。")
        key, code = wraps.new_file_key(), recovery.new_code()
        made = Wraps(wraps.SUITE, new_id(), wraps.key_check(key), ())
        made = made.with_wrap(wraps.wrap_secret(key, "passphrase", person, _typed(passphrase)))
        made = made.with_wrap(wraps.wrap_secret(key, "recovery", "", recovery.normal_code(code)))
        self._write(made)
        return Unlocked(key, code)

    def persons(self, file_key: bytes) -> tuple[str, ...]:
        """Return who has a passphrase here."""
        return tuple(wraps.person_of(wrap, file_key) for wrap in self._owned(file_key).of("passphrase"))

    def unlock(self, passphrase: str) -> bytes:
        """Return the file key. Every passphrase wrap is tried, about 0.2 s each.

        Raises `WrongPassphrase`, `Missing`, `Corrupt`.
        """
        held = self.read()
        return _right(held, self._fitting(held, _typed(passphrase))[1])

    def unlock_with_recovery(self, code: str) -> bytes:
        """Return the file key. Raises `WrongPassphrase`, `Missing`, `Corrupt`."""
        digits = recovery.normal_code(code)
        held = self.read()
        for wrap in held.of("recovery"):
            try:
                return _right(held, wraps.unwrap_secret(wrap, digits))
            except WrongPassphrase as error:
                raise WrongPassphrase(
                    "这不是这份台账的恢复码（可能已经换过新的）。资料没有改变，请找最近一次打印的恢复码。"
                ) from error
        raise WrongPassphrase("这份台账没有恢复码，请用口令打开。资料没有改变。")

    def renew(self, file_key: bytes, passphrase: str) -> bool:
        """Make a wrap anew that is cheaper to guess at than today's, now that its passphrase is known.

        Returns whether it was. What an earlier program sealed becomes unreadable to that program.
        """
        held = self._owned(file_key)
        if not any(wrap.costs_too_little() for wrap in held.of("passphrase")):
            return False  # known without deriving a key once more
        wrap, _ = self._fitting(held, _typed(passphrase))
        if not wrap.costs_too_little():
            return False
        person = wraps.person_of(wrap, file_key)
        self._write(held.with_wrap(wraps.wrap_secret(file_key, "passphrase", person, passphrase), wrap))
        return True

    def renew_recovery(self, file_key: bytes, code: str) -> None:
        """Make the wrap of the recovery code anew if it is cheaper to guess at than today's."""
        held, digits = self._owned(file_key), recovery.normal_code(code)
        for wrap in held.of("recovery"):
            if wrap.costs_too_little():
                self._write(held.with_wrap(wraps.wrap_secret(file_key, "recovery", "", digits), wrap))

    def rewrap(self, file_key: bytes, passphrase: str, person: str) -> None:
        """Give a person a passphrase, new or first; the desk file itself is not touched."""
        self._write(_with_passphrase(self._owned(file_key), file_key, _typed(passphrase), person))

    def remove_person(self, file_key: bytes, person: str) -> None:
        """Take a person's passphrase away. Raises `Refused` for the last one."""
        held = self._owned(file_key)
        left = held.without(_of_person(held, file_key, person))
        if not left.of("passphrase"):
            raise Refused("这是最后一个口令，不能删除。请先给接手的人设置口令。")
        self._write(left)

    def new_recovery_code(self, file_key: bytes) -> str:
        """Return a new recovery code; the one printed before opens nothing any more."""
        held, code = _with_code(self._owned(file_key), file_key)
        self._write(held)
        return code

    def remember(self, file_key: bytes) -> bool:
        """Let the operating system's keyring open the desk (记住本机); return whether it agreed."""
        held = self._owned(file_key)
        opener = secrets.token_bytes(wraps.KEY_BYTES)
        if not keyring_vault.store(held.file, opener):
            return False
        self._write(_without_keyring(held).with_wrap(wraps.wrap_random(file_key, "keyring", opener)))
        return True

    # A new file key

    def begin_new_key(
        self, file_key: bytes, *, passphrase: tuple[str, str] | None = None, new_code: bool = False
    ) -> Unlocked:
        """Seal a new file key for everybody who opens this desk; return it, with the recovery code if new.

        `passphrase`: a person and his new passphrase. The key before is kept, sealed with the new one, until
        `end_new_key` or `take_back`. A recovery code sealed by an earlier program cannot be carried over and
        is made new. Raises `Refused` while another person's passphrase is of that kind.
        """
        held, key = self._owned(file_key), wraps.new_file_key()
        code = ""
        if passphrase is not None:
            held = _with_passphrase(held, file_key, _typed(passphrase[1]), passphrase[0])
        if any(wrap.is_old for wrap in held.of("passphrase")):
            raise Refused("还有人没有用新版程序打开过这份台账，暂时不能换钥匙。请他先用自己的口令打开一次。")
        if new_code or any(wrap.is_old for wrap in held.of("recovery")):
            held, code = _with_code(held, file_key)
        moved = tuple(
            wraps.resealed(wrap, key, wraps.person_of(wrap, file_key))
            for wrap in held.wraps
            if not wrap.is_old
        )
        before = wraps.with_key(key, file_key, _BEFORE)
        self._write(Wraps(wraps.SUITE, held.file, wraps.key_check(key), moved, before))
        return Unlocked(key, code)

    def key_before(self, file_key: bytes) -> bytes | None:
        """Return the file key before this one if the file may still be encrypted with it."""
        held = self._owned(file_key)
        return wraps.without_key(file_key, held.before, _BEFORE) if held.before else None

    def end_new_key(self, file_key: bytes) -> None:
        """Forget the file key before: nothing here is encrypted with it any more."""
        self._write(msgspec.structs.replace(self._owned(file_key), before=b""))

    def forget(self) -> None:
        """Let the keyring open the desk no more."""
        held = self.read()
        if held.of("keyring"):
            self._write(_without_keyring(held))
            keyring_vault.forget(held.file)

    def unlock_remembered(self) -> bytes | None:
        """Return the file key if the keyring opens it, else None: then the passphrase is asked for."""
        held = self.read()
        for wrap in held.of("keyring"):
            opener = keyring_vault.fetch(held.file)
            if opener is None:
                return None
            try:
                return _right(held, wraps.unwrap_random(wrap, opener))
            except WrongPassphrase:
                return None
        return None

    def read(self) -> Wraps:
        """Return the wraps; of the second copy if the first is damaged or gone.

        Raises `Missing`, `Corrupt`.
        """
        try:
            return wraps.decoded(files.read_bytes(self.path))
        except (Missing, Corrupt) as error:
            return self._read_previous(error)

    def _read_previous(self, first: DeskError) -> Wraps:
        try:
            return wraps.decoded(files.read_bytes(self.previous))
        except Missing:
            if isinstance(first, Missing):
                raise first from None
            raise _damaged(first) from first
        except Corrupt as error:
            raise _damaged(error) from error

    def replace(self, held: Wraps) -> None:
        """Put other wraps in the place of these: a restored backup brings its own."""
        self._write(held)

    def _fitting(self, held: Wraps, passphrase: str) -> tuple[wraps.Wrap, bytes]:
        """Return the wrap that a passphrase opens, and what is in it. Raises `WrongPassphrase`."""
        for wrap in held.of("passphrase"):
            try:
                return wrap, wraps.unwrap_secret(wrap, passphrase)
            except WrongPassphrase:
                continue
        raise WrongPassphrase(
            "口令不对，台账没有打开。资料没有改变，请检查大小写和中英文输入法后再输一次；"
            "忘记口令可用打印的恢复码打开。"
        )

    def _owned(self, file_key: bytes) -> Wraps:
        held = self.read()
        _right(held, file_key)
        return held

    def _write(self, held: Wraps) -> None:
        data = wraps.encoded(held)
        files.write_bytes(self.path, data)
        files.write_bytes(self.previous, data)


def _of_person(held: Wraps, file_key: bytes, person: str) -> wraps.Wrap | None:
    mine = (wrap for wrap in held.of("passphrase") if wraps.person_of(wrap, file_key) == person)
    return next(mine, None)


def _with_passphrase(held: Wraps, file_key: bytes, passphrase: str, person: str) -> Wraps:
    wrap = wraps.wrap_secret(file_key, "passphrase", person, passphrase)
    return held.with_wrap(wrap, _of_person(held, file_key, person))


def _with_code(held: Wraps, file_key: bytes) -> tuple[Wraps, str]:
    """Return wraps with a new recovery code in the place of the old one, and the code."""
    code = recovery.new_code()
    wrap = wraps.wrap_secret(file_key, "recovery", "", recovery.normal_code(code))
    return held.with_wrap(wrap, next(iter(held.of("recovery")), None)), code


def _without_keyring(held: Wraps) -> Wraps:
    for wrap in held.of("keyring"):
        held = held.without(wrap)
    return held


def _right(held: Wraps, key: bytes) -> bytes:
    """Return the key if it is the one these wraps are of. Raises `Corrupt`."""
    if not hmac.compare_digest(wraps.key_check(key), held.check):
        raise Corrupt("钥匙文件与台账不相配。请把备份中的 desk.keys 和台账放回一起，资料没有改变。")
    return key


def _typed(passphrase: str) -> str:
    if not passphrase.strip():
        raise WrongPassphrase("口令不能为空，请输入口令。")
    return passphrase


def _damaged(error: DeskError) -> Corrupt:
    return Corrupt(
        "钥匙文件 desk.keys 已损坏，暂时打不开台账；台账本身没有改变。"
        "请用“恢复备份”选最近一次备份，它带有一份完好的钥匙。",
        detail=error.detail or str(error),
    )
