"""The body of an XForm: controls, groups, repeats and actions, in screen order."""

from __future__ import annotations

import re

import msgspec

from hsdesk.forms.schema import Choice, Label, SetValue
from hsdesk.forms.xform.binds import Bind, path_of
from hsdesk.forms.xform.source import JAVAROSA, ODK, XmlElement
from hsdesk.forms.xform.text import ItextTexts, label_of, pieces_of
from hsdesk.forms.xform.unplaced_problem import Path, UnplacedProblem, dotted

CONTROLS = ("input", "select1", "select", "upload", "trigger", "range", "rank", "secret", "textarea")
_ACTIONS = ("setvalue", "setgeopoint", "recordaudio")
_PLAIN_LIST = re.compile(
    r"^\s*instance\(\s*(['\"])([^'\"]+)\1\s*\)\s*/\s*root\s*/\s*item\s*(?:\[(.*)\])?\s*$", re.DOTALL
)


class Control(msgspec.Struct, frozen=True):
    """A question on the screen."""

    kind: str
    path: Path
    line: int
    label: Label = Label()
    hint: Label = Label()
    guidance: Label = Label()
    appearance: str = ""
    attributes: dict[str, str] = {}
    items: tuple[Choice, ...] = ()
    nodeset: str = ""
    list_name: str = ""
    choice_filter: str = ""
    value_ref: str = ""
    label_ref: str = ""


class BodyFrame(msgspec.Struct, frozen=True):
    """A group or a repeat on the screen."""

    path: Path
    line: int
    label: Label = Label()
    appearance: str = ""
    repeat: bool = False
    count: str = ""
    fixed: bool = False


class Body:
    """All that the screen says, by path."""

    def __init__(self, root: str, texts: ItextTexts, binds: dict[str, Bind]) -> None:
        self.root = root
        self.texts = texts
        self.bind_ids = binds
        self.controls: dict[Path, Control] = {}
        self.frames: dict[Path, BodyFrame] = {}
        self.repeats: dict[Path, BodyFrame] = {}
        self.actions: list[SetValue] = []
        self.order: list[Path] = []
        self.troubles: list[UnplacedProblem] = []

    def read(self, body: XmlElement | None) -> None:
        """Read everything below `h:body`."""
        if body is not None:
            self._walk(body, (self.root,), ())

    def _walk(self, parent: XmlElement, context: Path, repeat: Path) -> None:
        for element in parent.elements():
            if element.name in ("group", "repeat"):
                self._frame(element, parent, context, repeat)
            elif element.name in CONTROLS:
                self._control(element, context)
            elif element.name in _ACTIONS:
                self.action(element, context, repeat)
            elif element.name not in ("label", "hint", "help", "alert"):
                self._unknown(element)

    def _unknown(self, element: XmlElement) -> None:
        self.troubles.append(
            UnplacedProblem(
                f"不支持控件“{element.name}”。", "请改用支持的题型。", (self.root,), "type", element.line
            )
        )

    def _path(self, element: XmlElement, context: Path) -> Path:
        bound = self.bind_ids.get(element.get("bind"))
        if bound is not None:
            return bound.path
        ref = element.get("ref") or element.get("nodeset")
        return path_of(ref, context) if ref else context

    def _frame(self, element: XmlElement, parent: XmlElement, context: Path, repeat: Path) -> None:
        path = self._path(element, context)
        label = label_of(element.first("label"), self.texts)
        frame = BodyFrame(path, element.line, label, element.get("appearance"), element.name == "repeat")
        if element.name == "repeat":
            count = element.get("count", JAVAROSA).strip()
            fixed = element.get("noAddRemove", JAVAROSA).strip() in ("true()", "true", "1") or bool(count)
            outer = label_of(parent.first("label"), self.texts) if parent.name == "group" else Label()
            frame = msgspec.structs.replace(
                frame, count=count, fixed=fixed, label=outer if outer.texts else label
            )
            self.repeats[path] = frame
            self.order.append(path)
            repeat = path
        elif element.get("ref") or element.get("bind"):
            self.frames[path] = frame
        if element.get("intent"):
            self.troubles.append(
                UnplacedProblem(
                    "不支持调用外部程序（intent）。", "删去这一列。", path, "intent", element.line
                )
            )
        self._walk(element, path, repeat)

    def _control(self, element: XmlElement, context: Path) -> None:
        path = self._path(element, context)
        itemset = element.first("itemset")
        control = Control(
            kind=element.name,
            path=path,
            line=element.line,
            label=label_of(element.first("label"), self.texts),
            hint=label_of(element.first("hint"), self.texts),
            guidance=label_of(element.first("hint"), self.texts, "guidance"),
            appearance=element.get("appearance"),
            attributes=element.attributes,
            items=self._items(element),
        )
        if itemset is not None:
            control = self._with_itemset(control, itemset)
        self.order.append(path)
        if path in self.controls:
            return  # one answer shown twice: the first place rules
        self.controls[path] = control
        for action in element.elements(*_ACTIONS):
            self.action(action, path, path)

    def _items(self, element: XmlElement) -> tuple[Choice, ...]:
        found = []
        for item in element.elements("item"):
            value = item.first("value")
            text = "".join(piece for piece in pieces_of(value) if isinstance(piece, str)) if value else ""
            found.append(Choice(text, label_of(item.first("label"), self.texts)))
        return tuple(found)

    def _with_itemset(self, control: Control, itemset: XmlElement) -> Control:
        nodeset = itemset.get("nodeset").strip()
        value, label = itemset.first("value"), itemset.first("label")
        plain = _PLAIN_LIST.match(nodeset)
        whole = plain is not None and _one_predicate(plain.group(3) or "")
        return msgspec.structs.replace(
            control,
            nodeset=nodeset,
            list_name=plain.group(2) if plain and whole else "",
            choice_filter=(plain.group(3) or "").strip() if plain and whole else "",
            value_ref=value.get("ref").strip() if value else "name",
            label_ref=label.get("ref").strip() if label else "label",
        )

    def action(self, element: XmlElement, context: Path, trigger: Path) -> None:
        """Read one action; only `setvalue` is in the subset."""
        path = path_of(element.get("ref"), context) if element.get("ref") else self._path(element, context)
        if element.name != "setvalue":
            kind = "记录位置（setgeopoint）" if element.name == "setgeopoint" else "自动录音（recordaudio）"
            self.troubles.append(
                UnplacedProblem(f"不支持{kind}。", "删去这个动作。", path, "type", element.line)
            )
            return
        expression = element.get("value").strip()
        self.actions.append(
            SetValue(
                target=dotted(path),
                events=tuple(element.get("event").split()),
                xpath=expression,
                text="" if expression else element.text().strip(),
                trigger=dotted(trigger) if trigger else "",
            )
        )


def _one_predicate(text: str) -> bool:
    """Tell whether `text` is one predicate, not `a][b`."""
    depth = 0
    for mark in text:
        depth += (mark == "[") - (mark == "]")
        if depth < 0:
            return False
    return True


def odk_action(element: XmlElement) -> bool:
    """Tell whether an element is one of the ODK actions of a model."""
    return element.name in _ACTIONS and element.namespace in (ODK, "http://www.w3.org/2002/xforms")
