"""Registers of which each is read once, for work that looks at the same records several times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from hsdesk.forms.schema import Form
from hsdesk.language.aggregate import Aggregate
from hsdesk.model.answer import Class
from hsdesk.model.place import Directory
from hsdesk.registers.contract import RegisterRecord, Registers


class ReadOnce:
    """Answers as the registers it is made of; whole registers are kept, so it must not outlive a change."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self._whole: dict[tuple[str, tuple[str, ...]], Sequence[RegisterRecord] | None] = {}

    @property
    def directory(self) -> Directory:
        return self._registers.directory

    @property
    def settings(self) -> Mapping[str, str]:
        return self._registers.settings

    def may_read(self, place: str, cls: Class) -> bool:
        return self._registers.may_read(place, cls)

    def readable(self, cls: Class) -> frozenset[str]:
        return self._registers.readable(cls)

    @property
    def stands_alone(self) -> bool:
        return self._registers.stands_alone

    def form(self, register: str) -> Form:
        return self._registers.form(register)

    def records(
        self, register: str, places: Sequence[str], where: str = ""
    ) -> Sequence[RegisterRecord] | None:
        if where:
            return self._registers.records(register, places, where)
        key = (register, tuple(places))
        if key not in self._whole:
            self._whole[key] = self._registers.records(register, places)
        return self._whole[key]

    def answered(self, places: Sequence[str], as_of: date) -> Mapping[str, tuple[int, int]] | None:
        return self._registers.answered(places, as_of)

    def figures(
        self, queries: Sequence[Aggregate], places: Sequence[str]
    ) -> Sequence[Mapping[str, float] | None]:
        return self._registers.figures(queries, places)
