"""The desk file as a person deals with it: its key, its registers, its backup."""

from __future__ import annotations

from pathlib import Path

from hsdesk.desk import opening, shipped, switching
from hsdesk.desk.exchange import ALONE
from hsdesk.desk.opening import Opened
from hsdesk.desk.printing import SAMPLE
from hsdesk.desk.standing import Standing, keep_standing, kept_standing
from hsdesk.desk.values import (
    Changes,
    FormInfo,
)
from hsdesk.errors import Refused
from hsdesk.forms.schema import Form
from hsdesk.forms.shipped import form_named, index
from hsdesk.model import passphrase as passphrases
from hsdesk.model.step import Step, unheard


class OwnFile:
    """The file of an open desk: keys, forms and which of them are switched on, backup."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._file = opened.file

    def remember(self) -> bool:
        """Let this computer open the desk without the passphrase; False when its keyring cannot."""
        return self._opened.keys.remember(self._opened.key)

    def forget(self) -> None:
        """Ask for the passphrase again from now on."""
        self._opened.keys.forget()

    def change_passphrase(self, old: str, new: str, *, new_code: bool = False) -> str:
        """Give the person a new passphrase and the file a new key (换钥匙).

        Old backups, with the old passphrase, then open nothing of today.
        `new_code`: with a new recovery code too, as at a hand-over. Returns the new recovery code, "" where
        the printed one stays. Raises WrongPassphrase, DataError, DiskFull, Refused; all is then as before.
        """
        self._opened.keys.unlock(old)
        return self.rekey(new, new_code=new_code)

    def rekey(self, new_passphrase: str = "", *, new_code: bool = True) -> str:
        """Give the open file a new key, on demand; the passphrase stays unless a new one is given.

        Returns and raises like `change_passphrase`.
        """
        person = self._opened.person
        if not new_passphrase:
            return opening.give_new_key(self._opened, new_code=new_code)
        passphrases.check(new_passphrase, (person,))
        return opening.give_new_key(self._opened, (person, new_passphrase), new_code=new_code)

    def take_guessable(self) -> bool:
        """Tell whether to speak of a passphrase that is soon guessed: once for each desk."""
        return self._opened.take_guessable()

    def registers(self) -> tuple[FormInfo, ...]:
        """Return every register of this desk in the order it is shown, with counts.

        One that the city took back stands only where there are records of it.
        """
        here, standing, places = (
            switching.said_here(self._file),
            self._opened.standing,
            self._opened.own_places,
        )
        forms = {form.form_id: form for form in self._file.all_forms()}
        ordered = [name for name in index() if name in forms]
        ordered += sorted(set(forms) - set(ordered))
        own = {place.level for place in places}
        infos = (
            shipped.form_info(
                forms[name],
                count=self._file.count(name),
                on=switching.word_on(name, here, standing, places),
                writable=not forms[name].retired
                and (forms[name].publish != "down" or not own.isdisjoint(forms[name].levels)),
            )
            for name in ordered
        )
        return tuple(info for info in infos if info.count or not forms[info.form_id].retired)

    def open_form(self, form_id: str, on: bool) -> Changes:
        """Switch a register on or off on this desk; its records stay. Raises Missing, DataError."""
        switching.switch(self._file, form_id, on)
        return Changes(forms=True)

    def switched_off(self) -> tuple[FormInfo, ...]:
        """Return the registers of the program that are not there until they are switched on."""
        return shipped.switched_off(frozenset(filter(self._file.has_form, index())))

    def form(self, form_id: str) -> Form:
        """Return a register's form by form_id or printed number."""
        return self._file.form(form_named(form_id))

    def install(self, form: Form) -> Changes:
        """Install a form or its new version. Raises FormError when old answers would not fit it."""
        from hsdesk.forms.versions import succeed

        old = self._file.form(form.form_id) if self._file.has_form(form.form_id) else None
        self._file.install_form(succeed(old, form))
        return Changes(forms=True, registers=(form.form_id,))

    def mark_as_sample(self, *, alone: bool = False) -> None:
        """Say on every print-out of this desk that its data is invented (样例).

        `alone`: it can never be enrolled, and no backup is put in its place.
        """
        self._file.set(SAMPLE, "1")
        if alone:
            self._file.set(ALONE, "1")

    def stand(self, standing: Standing) -> None:
        """Keep where the person stands in the window."""
        keep_standing(self._file, standing)

    def standing(self) -> Standing | None:
        """Return where a person stood last; None where that is not known."""
        return kept_standing(self._file)

    def renew_code(self, passphrase: str) -> str:
        """Return a new recovery code, with a new key for the file; who holds the passphrase may ask.

        The code printed before then opens nothing of today. Raises like `change_passphrase`.
        """
        self._opened.keys.unlock(passphrase)
        return self.rekey(new_code=True)

    def make_way(self, backup: Path) -> None:
        """Before a backup is put in the place of this desk: read it to the end, and back up the desk.

        Raises Corrupt, Missing, DiskFull, Refused; nothing has changed then.
        """
        from hsdesk.deskfile.backup import check_backup

        if self._file.get(ALONE):
            raise Refused("这是示例，备份不能恢复到这里，没有改变什么。请先扔掉示例，再恢复。")
        check_backup(backup)
        opening.keep_backup(self._opened, "restore")

    def backup(self, out: Path, step: Step = unheard) -> None:
        """Write an encrypted copy and verify it by opening it; `step` hears of bytes and may stop it.

        What was at `out` stays until the whole new one is there. Raises like `deskfile.backup.write_backup`.
        """
        from hsdesk.deskfile.backup import write_backup

        write_backup(self._file, self._opened.keys, out, step)
