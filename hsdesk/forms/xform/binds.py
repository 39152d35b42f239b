"""The binds of an XForm: what a node is and which expressions govern it."""

from __future__ import annotations

import re
from typing import get_args

import msgspec

from hsdesk.forms.schema import Extension, Label
from hsdesk.forms.xform.settings import words_of
from hsdesk.forms.xform.source import ENTITIES, HSDESK, JAVAROSA, XmlElement
from hsdesk.forms.xform.text import ItextTexts, message_of
from hsdesk.forms.xform.unplaced_problem import Path, UnplacedProblem
from hsdesk.model.masking import Mark
from hsdesk.model.place import LEVELS

_HS_NAMES = (
    "class", "merge", "was", "search", "title", "carry", "standard", "print", "severity", "accept", "ledger",
    "same", "person", "setting", "mask", "level", "since", "until",
)  # fmt: skip
_YES = {"yes", "true", "1", "true()", "是"}


class Bind(msgspec.Struct, frozen=True):
    """One bind. Expressions are text, "" when absent; `false()` and `true()` of required stay as they are."""

    path: Path
    line: int = 0
    type: str = ""
    relevant: str = ""
    required: str = ""
    required_message: Label = Label()
    constraint: str = ""
    constraint_message: Label = Label()
    calculation: str = ""
    readonly: str = ""
    preload: str = ""
    id: str = ""
    hs: Extension = Extension()


def path_of(text: str, context: Path) -> Path:
    """Return the absolute path that a nodeset or ref names, seen from `context`.

    >>> path_of(" /data/a ", ()), path_of("../b", ("data", "a")), path_of("b", ("data",))
    (('data', 'a'), ('data', 'b'), ('data', 'b'))
    """
    text = text.strip().removeprefix("current()/")
    steps: list[str] = [] if text.startswith("/") else list(context)
    for step in text.split("/"):
        name = step.strip().rpartition(":")[2].partition("[")[0]
        if name == "..":
            del steps[-1:]
        elif name not in ("", "."):
            steps.append("@" + name.removeprefix("@") if "@" in step else name)
    return tuple(steps)


def read_bind(element: XmlElement, root: str, texts: ItextTexts, troubles: list[UnplacedProblem]) -> Bind:
    """Return one bind; what we do not know of our own columns goes to `troubles`."""
    path = path_of(element.get("nodeset") or element.get("ref"), (root,))
    preload = element.get("preload", JAVAROSA)
    parameter = element.get("preloadParams", JAVAROSA)
    return Bind(
        path=path,
        line=element.line,
        type=element.get("type").rpartition(":")[2] or "",
        relevant=element.get("relevant").strip(),
        required=element.get("required").strip(),
        required_message=message_of(_message(element, "requiredMsg"), texts),
        constraint=element.get("constraint").strip(),
        constraint_message=message_of(_message(element, "constraintMsg"), texts),
        calculation=element.get("calculate").strip(),
        readonly=element.get("readonly").strip(),
        preload=f"{preload} {parameter}".strip(),
        id=element.get("id"),
        hs=_extension(element, path, troubles),
    )


def _message(element: XmlElement, name: str) -> str:
    return element.get(name, JAVAROSA) or element.get(f"jr:{name}")


def _extension(element: XmlElement, path: Path, troubles: list[UnplacedProblem]) -> Extension:
    own = {}
    prefix = f"{{{HSDESK}}}"
    for key, value in element.attributes.items():
        if key.startswith(prefix):
            own[key.removeprefix(prefix)] = value.strip()
    if not own:
        return Extension()
    for name in own:
        if name not in _HS_NAMES:
            troubles.append(
                UnplacedProblem(
                    f"扩展列“hs:{name}”不认识。",
                    f"可用的有：{'、'.join(_HS_NAMES)}。",
                    path,
                    f"bind::hs:{name}",
                    element.line,
                )
            )
    return extension(own, path, element.line, troubles)


_CLASSES = ("", "common", "party", "personal")
_MERGES = ("", "later", "township", "ask")
_SEVERITIES = ("", "error", "warn")
_LEDGER_ROLES = ("", "same", "amount", "day", "reverses", "reason", "late")
_WORDS = (
    ("class", _CLASSES), ("merge", _MERGES), ("severity", _SEVERITIES), ("ledger", _LEDGER_ROLES),
    ("mask", ("", *get_args(Mark))),
)  # fmt: skip


def extension(own: dict[str, str], path: Path, line: int, troubles: list[UnplacedProblem]) -> Extension:
    """Return the typed extension of an answer; wrong words go to `troubles`."""
    for name, allowed in _WORDS:
        if own.get(name, "") not in allowed:
            words = "、".join(word for word in allowed if word)
            message = f"扩展列“hs:{name}”不能填“{own[name]}”。"
            troubles.append(UnplacedProblem(message, f"只能填：{words}。", path, f"bind::hs:{name}", line))
            own = {**own, name: ""}
    levels = words_of(own.get("level", ""))
    if not set(levels) <= set(LEVELS):
        message = f"扩展列“hs:level”不能填“{own['level']}”。"
        remedy = f"只能填：{'、'.join(LEVELS)}，可以写几个。"
        troubles.append(UnplacedProblem(message, remedy, path, "bind::hs:level", line))
        levels = ()
    return Extension(
        cls=own.get("class", ""),  # type: ignore[arg-type]  # checked above
        merge=own.get("merge", ""),  # type: ignore[arg-type]
        was=words_of(own.get("was", "")),
        search=own.get("search", "").lower() in _YES,
        title=own.get("title", "").lower() in _YES,
        carry=own.get("carry", "").lower() in _YES,
        standard=own.get("standard", ""),
        print=own.get("print", ""),
        severity=own.get("severity", ""),  # type: ignore[arg-type]
        accept=tuple(re.findall(r"[0-9a-z]{1,8}", own.get("accept", "").lower())),
        ledger=own.get("ledger", ""),  # type: ignore[arg-type]
        same=words_of(own.get("same", "")),
        person=own.get("person", ""),
        mask=own.get("mask", ""),  # type: ignore[arg-type]
        setting=own.get("setting", ""),
        levels=levels,  # type: ignore[arg-type]  # checked above
        since=" ".join(own.get("since", "").split()),
        until=" ".join(own.get("until", "").split()),
    )


def saves_to_entity(element: XmlElement) -> bool:
    """Tell whether a bind writes an ODK entity property."""
    return bool(element.get("saveto", ENTITIES))
