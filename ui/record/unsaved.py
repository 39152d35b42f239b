"""What of an open record is not in the file: answers whose save failed, cells whose draft failed, and why."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from msgspec.structs import replace

from hsdesk.desk.values import Edit
from hsdesk.errors import DeskError, Unforeseen
from hsdesk.model.answer import Value, members
from ui.words import error_text, tr


@dataclass(frozen=True)
class Save:
    """An edit on its way. `given`: what a person gave of it; the rest are defaults of a new record."""

    edit: Edit
    given: frozenset[str]

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(self.edit.answers)

    def without(self, paths: Collection[str]) -> Save:
        """Return the save of the other answers."""
        answers = {path: value for path, value in self.edit.answers.items() if path not in paths}
        return Save(replace(self.edit, answers=answers), self.given)

    def below(self, later: Save) -> Save:
        """Return what of the save is still wanted when a later one was made on top of it.

        Another answer takes its place; of a set, the changes that the later one did not take back stay.
        """
        answers: dict[str, Value] = {}
        for path, value in self.edit.answers.items():
            now, before = later.edit.answers.get(path), self.edit.stood.get(path)
            if path not in later.edit.answers:
                answers[path] = value
            elif isinstance(now, tuple) or isinstance(value, tuple):
                was, meant, kept = set(members(before)), set(members(value)), set(members(now))
                wanted = (was | ((meant - was) & kept)) - ((was - meant) - kept)
                if wanted != was:
                    answers[path] = tuple(sorted(wanted)) or None
        return Save(replace(self.edit, answers=answers), self.given)


@dataclass(frozen=True)
class Failed:
    """A save that failed. `stays`: a mistake of the program, which fails again until something changes."""

    save: Save
    error: DeskError
    stays: bool


class Unsaved:
    """Kept by the autosave of an open record, which tells of every save and draft what became of it."""

    def __init__(self) -> None:
        self.cells: dict[str, str] = {}  # path: text being typed whose draft could not be written
        self._why: dict[str, DeskError] = {}
        self._under_way: list[Save] = []  # in the order in which they will end
        self._failed: list[Failed] = []
        self._kept: set[str] = set()  # paths whose text is a draft cell in the file
        self._is_made = False  # a save of this record has reached the file since it was opened

    def __bool__(self) -> bool:
        return bool(self._failed or self.cells)

    @property
    def answers(self) -> frozenset[str]:
        """The paths whose answer could not be saved."""
        return frozenset().union(*(one.save.paths for one in self._failed))

    @property
    def under_way(self) -> frozenset[str]:
        """The paths whose answer is on its way to the file."""
        return frozenset().union(*(one.paths for one in self._under_way))

    def edit_of(self, path: str) -> Edit | None:
        """Return the edit that could not be saved at a path, None for none."""
        return next((one.save.edit for one in self._failed if path in one.save.paths), None)

    @property
    def told(self) -> frozenset[str]:
        """The paths a person is told about: defaults of a new record are made again with it."""
        saves = [one.save for one in self._failed]
        return frozenset(self.cells).union(
            *(save.paths if self._is_made else save.paths & save.given for save in saves)
        )

    @property
    def at_risk(self) -> frozenset[str]:
        """The paths whose content is neither an answer nor a draft in the file: it is only on the screen."""
        return frozenset(path for path in self.told if path in self.cells or path not in self._kept)

    def words(self, path: str) -> str:
        """Return what a person is told at a field: what happened, whether it is safe, what to do."""
        failed = next((one.error for one in self._failed if path in one.save.paths), None)
        why = error_text(failed or self._why[path])
        if failed is None:
            return tr("还没有留在磁盘里，只在屏幕上，请先不要关机。{why}", why=why)
        if path in self.at_risk:
            where = tr("没有存进去，只在屏幕上，请先不要关机。")
        else:
            where = tr("没有存进去，已留作草稿，不会丢。")
        return tr("{where}按回车再存一次。{why}", where=where, why=why)

    # Saves

    def sent(self, save: Save) -> None:
        """A save was given to the database thread."""
        self._under_way.append(save)

    def written(self, save: Save) -> None:
        """A save has reached the file."""
        self._under_way.remove(save)
        self._is_made = True

    def failed(self, save: Save, error: DeskError) -> frozenset[str]:
        """A save has failed; return the paths that a person gave and that no later save has answered."""
        self._under_way.remove(save)
        rest = save
        for later in self._under_way:
            rest = rest.below(later)
        if rest.paths:
            self._failed.append(Failed(rest, error, isinstance(error, Unforeseen)))
        return rest.paths & rest.given

    def on_file(self, edit: Edit) -> Edit:
        """Return an edit that counts from what is in the file: it takes the place of edits that failed."""
        stood = dict(edit.stood)
        for path in edit.answers:
            failed = self.edit_of(path)
            if failed is not None:
                stood[path] = failed.stood.get(path)
        return replace(edit, stood=stood)

    def supersede(self, paths: Collection[str]) -> None:
        """These are answered anew: what else was in the saves that failed is worth another try."""
        kept = []
        for one in self._failed:
            if one.save.paths.isdisjoint(paths):
                kept.append(one)
            elif (rest := one.save.without(paths)).paths:
                kept.append(Failed(rest, one.error, stays=False))
        self._failed = kept

    def take(self, wanted: Callable[[Failed], bool]) -> tuple[Save, ...]:
        """Return failed saves to be sent again, oldest first; they are no longer counted as failed."""
        taken = tuple(one.save for one in self._failed if wanted(one))
        self._failed = [one for one in self._failed if not wanted(one)]
        return taken

    # Draft cells

    def draft_kept(self, path: str) -> None:
        """The text of a cell is in the file."""
        self.draft_gone(path)
        self._kept.add(path)

    def draft_not_kept(self, path: str, text: str, error: DeskError) -> None:
        """The text of a cell is nowhere but on the screen."""
        self._kept.discard(path)
        self.cells[path], self._why[path] = text, error

    def draft_gone(self, path: str) -> None:
        """There is no unfinished text in this cell any more."""
        self.cells.pop(path, None)
        self._why.pop(path, None)
        self._kept.discard(path)
