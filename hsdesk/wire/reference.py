"""What the reference stream carries beside forms: code lists, places, settings, rounds; and what holds by it.

    codelist  one list: all its codes, withdrawn ones too
    place     `places`: every row of each place that differs from the shipped directory
    setting   `settings`: the choices that differ from the defaults
    round     one round (填报任务)

What a server publishes stands in place of what the program ships; a desk and a server make the same of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from hsdesk.errors import DataError
from hsdesk.forms.codelists import CodeLists, digest_of, list_body, read_list, shipped_list
from hsdesk.model.place import LAST_DAY, Directory, Place, load_directory
from hsdesk.model.round import Round
from hsdesk.wire.messages import Kind

PLACES = "places"  # the id of the one item of places
SETTINGS = "settings"
_places_of = msgspec.json.Decoder(tuple[Place, ...]).decode
_settings_of = msgspec.json.Decoder(dict[str, str]).decode
_round_of = msgspec.json.Decoder(Round).decode

Bodies = Mapping[tuple[str, str], bytes]  # of the latest version, by kind and id


class Standing(msgspec.Struct, frozen=True):
    """What holds now (现行): places, code lists, choices of settings, rounds."""

    directory: Directory
    lists: CodeLists
    settings: Mapping[str, str]  # those that differ from the default
    rounds: tuple[Round, ...]


def standing(bodies: Bodies, shipped: Directory | None = None, day: str = LAST_DAY) -> Standing:
    """Return what holds by what was received, over what is shipped. Raises DataError if it is unreadable."""
    directory = shipped or load_directory()
    try:
        rows = _places_of(bodies.get(("place", PLACES), b"[]"))
        return Standing(
            (directory.with_rows(rows) if rows else directory).seen_on(day),
            CodeLists({name: read_list(body) for (kind, name), body in bodies.items() if kind == "codelist"}),
            _settings_of(bodies.get(("setting", SETTINGS), b"{}")),
            tuple(_round_of(body) for (kind, _), body in sorted(bodies.items()) if kind == "round"),
        )
    except (msgspec.MsgspecError, KeyError) as error:
        raise DataError("市级服务器下发的参考数据读不懂，没有采用。已填内容都保存在本机。") from error


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
        case "setting":
            return digest_of(settings_body({}))
        case _:
            return ""
