"""What the reference stream carries beside forms: code lists, places, settings, rounds; and what holds by it.

    codelist  one list: all its codes, withdrawn ones too
    place     `places`: every row of each place that differs from the shipped directory
    setting   `settings`: the choices that differ from the defaults; `registers`: which registers the city
              switched on or off, for everybody or for levels
    round     one round (填报任务)

What a server publishes stands in place of what the program ships; a desk and a server make the same of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import msgspec

from hsdesk.forms.codelists import CodeLists, digest_of, list_body, read_list, shipped_list
from hsdesk.model.place import LAST_DAY, Directory, Place, load_directory
from hsdesk.model.round import Round
from hsdesk.wire.messages import Kind

PLACES = "places"  # the id of the one item of places
SETTINGS = "settings"
REGISTERS = "registers"
EVERYBODY = "all"
NOBODY = "off"
_places_of = msgspec.json.Decoder(tuple[Place, ...]).decode
_settings_of = msgspec.json.Decoder(dict[str, str]).decode
_round_of = msgspec.json.Decoder(Round).decode

Bodies = Mapping[tuple[str, str], bytes]  # of the latest version, by kind and id


class Unfit(msgspec.Struct, frozen=True):
    """A definition that cannot be used here and was set aside; `reason` is what a person is told."""

    kind: Kind
    id: str
    version: str
    reason: str


class CurrentReference(msgspec.Struct, frozen=True):
    """What holds now (现行): places, code lists, choices of settings, rounds; and what was set aside."""

    directory: Directory
    lists: CodeLists
    settings: Mapping[str, str]  # those that differ from the default
    rounds: tuple[Round, ...]
    unfit: tuple[Unfit, ...] = ()
    switches: Mapping[str, str] = {}  # by form id: `all`, `off`, or levels with commas between

    def switched(self, form_id: str, levels: Collection[str]) -> bool | None:
        """Return whether the city switched a register on for one of these levels; None: it said nothing."""
        word = self.switches.get(form_id)
        if word in (EVERYBODY, NOBODY):
            return word == EVERYBODY
        return True if word and not set(levels).isdisjoint(word.split(",")) else None


def current_reference(
    bodies: Bodies, shipped: Directory | None = None, day: str = LAST_DAY
) -> CurrentReference:
    """Return what holds by what was received, over what is shipped.

    What cannot be read is set aside: the shipped one stands in its place, everything else holds.
    """
    directory = shipped or load_directory()
    read: dict[tuple[str, str], Any] = {}
    unfit: list[Unfit] = []
    for (kind, name), body in sorted(bodies.items()):
        try:
            read[kind, name] = _READERS[kind](body)
            if kind == "place" and read[kind, name]:
                directory = directory.with_rows(read[kind, name])
        except (msgspec.MsgspecError, LookupError, ValueError, TypeError) as error:
            unfit.append(_unreadable(kind, name, error))
    return CurrentReference(
        directory.seen_on(day),
        CodeLists({name: one for (kind, name), one in read.items() if kind == "codelist"}),
        read.get(("setting", SETTINGS), {}),
        tuple(one for (kind, _), one in read.items() if kind == "round"),
        tuple(unfit),
        read.get(("setting", REGISTERS), {}),
    )


_READERS: Mapping[str, Callable[[bytes], Any]] = {
    "place": _places_of, "codelist": read_list, "setting": _settings_of, "round": _round_of,
}  # fmt: skip
_KINDS: Mapping[str, str] = {"place": "区划", "codelist": "代码表", "setting": "口径", "round": "填报任务"}


def _unreadable(kind: str, name: str, error: Exception) -> Unfit:
    reason = (
        f"市级下发的{_KINDS.get(kind, kind)}“{name}”这里读不懂，先放在一边，照原来的用；"
        f"填过的内容都没有改变。请升级程序，或告诉系统管理员。（{type(error).__name__}）"
    )
    return Unfit(kind, name, "", reason)  # type: ignore[arg-type]


def places_body(rows: Iterable[Place]) -> bytes:
    """Return rows of places as they travel; empty columns are left out."""
    return msgspec.json.encode(
        [{name: text for name, text in msgspec.structs.asdict(row).items() if text} for row in rows]
    )


def settings_body(choices: Mapping[str, str]) -> bytes:
    """Return choices of settings as they travel."""
    return msgspec.json.encode(dict(sorted(choices.items())))


def shipped_digest(kind: Kind, name: str) -> str:
    """Return the digest of what the program itself carries under this name, "" where it carries nothing."""
    match kind:
        case "codelist":
            listed = shipped_list(name)
            return digest_of(list_body(listed)) if listed is not None else ""
        case "place":
            return digest_of(places_body(()))
        case "setting":  # `registers` too: nothing is switched
            return digest_of(settings_body({}))
        case _:
            return ""
