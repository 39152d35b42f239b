"""From the XML of an XForm to a `Form`, with every trouble met on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import msgspec

from hsdesk.forms.schema import Choice, Form, Group, Item, Label, Question, Repeat
from hsdesk.forms.schema import Element as Node
from hsdesk.forms.xform.binds import Bind, read_bind, saves_to_entity
from hsdesk.forms.xform.body import Body, Control
from hsdesk.forms.xform.instance import Spot, give_initial, give_keys, read_spots
from hsdesk.forms.xform.lists import is_plain, levels_passing, of_levels, read_choices, read_tree
from hsdesk.forms.xform.settings import with_settings
from hsdesk.forms.xform.source import XFORMS, XHTML, XmlElement
from hsdesk.forms.xform.text import read_texts
from hsdesk.forms.xform.types import answer_type, refused
from hsdesk.forms.xform.unplaced_problem import Path, UnplacedProblem, dotted

_NO_BIND = Bind(())
_DYNAMIC_ITEXT = re.compile(r"jr:itext\(\s*[^'\"\s]")


class NotAForm(Exception):
    """The XML is well formed, but no XForm. `reason` is Chinese."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class FormReader:
    """One XForm being read."""

    def __init__(self, document: XmlElement) -> None:
        self.troubles: list[UnplacedProblem] = []
        self.document = document
        self.model = self._model(document)
        instances = list(self.model.elements("instance"))
        if not instances:
            raise NotAForm("没有主数据（instance）", self.model.line)
        self.primary = self._content(instances[0])
        self.secondary = {instance.get("id"): instance for instance in instances[1:]}
        self.texts = read_texts(self.model.first("itext"))
        self.binds: dict[Path, Bind] = {}
        self._read_binds()
        self.body = Body(
            self.primary.name, self.texts, {bind.id: bind for bind in self.binds.values() if bind.id}
        )
        self.body.read(next((e for e in document.elements("body")), None))
        for action in self.model.elements("setvalue", "setgeopoint", "recordaudio"):
            self.body.action(action, (self.primary.name,), ())
        self.troubles += self.body.troubles

    @staticmethod
    def _model(document: XmlElement) -> XmlElement:
        for element in document.walk():
            if element.name == "model" and element.namespace in (XFORMS, XHTML, ""):
                return element
        raise NotAForm("没有 model 元素，不是 XForm")

    @staticmethod
    def _content(instance: XmlElement) -> XmlElement:
        root = next(instance.elements(), None)
        if root is None:
            raise NotAForm("主数据（instance）是空的", instance.line)
        return root

    def _read_binds(self) -> None:
        for element in self.model.elements("bind"):
            bind = read_bind(element, self.primary.name, self.texts, self.troubles)
            if bind.path in self.binds:
                self.troubles.append(
                    UnplacedProblem(
                        f"{dotted(bind.path)} 有两条 bind。", "合并成一条。", bind.path, "", bind.line
                    )
                )
            self.binds[bind.path] = bind
            if saves_to_entity(element):
                message = f"{dotted(bind.path)} 写入 ODK 实体，本软件不发送实体。"
                self.troubles.append(
                    UnplacedProblem(message, "不影响填报。", bind.path, "save_to", bind.line, "warning")
                )

    def form(self) -> Form:
        """Return the form; what is wrong has gone to `troubles`."""
        attributes = {path for path in self.binds if path[-1].startswith("@")}
        top = read_spots(self.primary, set(self.body.repeats), attributes)
        give_keys(top)
        give_initial(top)
        self._check_paths(top)
        items = tuple(self._items(top))
        meta = next((item for item in items if isinstance(item, Group) and item.name == "meta"), None)
        children = tuple(item for item in items if item is not meta)
        lists, instances, sources = self._lists()
        self._check_submission()
        form = Form(
            form_id=self.primary.get("id") or self.primary.name,
            version=self.primary.get("version") or self.primary.get("uiVersion"),
            title=self._title(),
            root=top.name,
            children=children,
            meta=meta.children if meta else (),
            lists=lists,
            instances=instances,
            sources=sources,
            languages=self.texts.languages,
            default_language=self.texts.default,
            instance_name=self._instance_name(top),
            set_values=tuple(self.body.actions),
            order=self._order(top),
        )
        form = with_settings(form, self.primary, self.troubles)
        return msgspec.structs.replace(form, translations=self._translations(form))

    def _title(self) -> str:
        for element in self.document.walk():
            if element.name == "title" and element.namespace != XFORMS:
                return element.text().strip()
        return self.primary.get("id") or self.primary.name

    def _instance_name(self, top: Spot) -> str:
        bind = self.binds.get((top.name, "meta", "instanceName"))
        return bind.calculation if bind else ""

    def _check_paths(self, top: Spot) -> None:
        """Every bind, control and action must name a node that exists."""
        known = set(_paths(top))
        for bind in self.binds.values():
            if bind.path not in known and not bind.path[-1].startswith("@"):
                message = f"{dotted(bind.path)} 在主数据里没有，这条 bind 不起作用。"
                self.troubles.append(
                    UnplacedProblem(message, "核对名称。", bind.path, "name", bind.line, "warning")
                )
        named = [(control.path, control.line) for control in self.body.controls.values()]
        named += [
            (frame.path, frame.line) for frame in (*self.body.frames.values(), *self.body.repeats.values())
        ]
        missing: dict[Path, int] = {}
        for path, line in named:
            if path not in known:
                missing.setdefault(path, line)
        for path, line in missing.items():
            self.troubles.append(
                UnplacedProblem(f"{dotted(path)} 在主数据里没有。", "核对名称。", path, "name", line)
            )

    def _check_submission(self) -> None:
        submission = self.model.first("submission")
        if submission is not None and submission.get("base64RsaPublicKey"):
            message = "不支持表单加密（encryption,public_key）。"
            remedy = "删去 settings 表的 public_key；本机数据文件本身是加密的。"
            self.troubles.append(
                UnplacedProblem(message, remedy, (self.primary.name,), "public_key", submission.line)
            )

    def _items(self, spot: Spot) -> Iterator[Item]:
        for child in spot.children.values():
            if child.repeat:
                yield self._repeat(child)
            elif child.children and child.path not in self.body.controls:
                yield self._group(child)
            else:
                yield self._question(child)

    def _group(self, spot: Spot) -> Group:
        bind = self.binds.get(spot.path, _NO_BIND)
        frame = self.body.frames.get(spot.path)
        return Group(
            name=spot.name,
            children=tuple(self._items(spot)),
            label=frame.label if frame else Group("").label,
            relevant=bind.relevant,
            readonly=bind.readonly,
            appearance=frame.appearance if frame else "",
            shown=frame is not None
            or any(path[: len(spot.path)] == spot.path for path in self.body.controls),
        )

    def _repeat(self, spot: Spot) -> Repeat:
        bind = self.binds.get(spot.path, _NO_BIND)
        frame = self.body.repeats.get(spot.path)
        outer = self.body.frames.get(spot.path)
        return Repeat(
            name=spot.name,
            key=spot.key,
            children=tuple(self._items(spot)),
            label=frame.label if frame else Group("").label,
            relevant=bind.relevant,
            readonly=bind.readonly,
            count=frame.count if frame else "",
            fixed=frame.fixed if frame else True,
            appearance=(frame.appearance if frame else "") or (outer.appearance if outer else ""),
            initial=spot.initial,
            shown=frame is not None,
        )

    def _question(self, spot: Spot) -> Question:
        bind = self.binds.get(spot.path, _NO_BIND)
        bind = bind if bind.path else msgspec.structs.replace(_NO_BIND, path=spot.path)
        control = self.body.controls.get(spot.path)
        name = refused(bind, control)
        line = control.line if control else bind.line or spot.line
        if name:
            self.troubles.append(
                UnplacedProblem(f"不支持{name}。", "请删去这一题或改用支持的题型。", spot.path, "type", line)
            )
        kind, data = answer_type(bind, control)
        question = Question(
            name=spot.name,
            key=spot.key,
            type=kind,
            data_type=data,
            required=bind.required,
            required_message=bind.required_message,
            relevant=bind.relevant,
            constraint=bind.constraint,
            constraint_message=bind.constraint_message,
            calculation=bind.calculation,
            readonly=bind.readonly,
            default=spot.text,
            preload=bind.preload,
            hs=bind.hs,
        )
        return self._with_control(question, control) if control else question

    def _with_control(self, question: Question, control: Control) -> Question:
        parameters = {
            key: value
            for key, value in control.attributes.items()
            if key in ("start", "end", "step", "rows", "accept", "mediatype")
        }
        inline = bool(control.items) and not control.nodeset
        list_name = dotted(control.path) if inline else control.list_name
        source = self.secondary.get(list_name)
        external = source is not None and bool(source.get("src"))
        stem = PurePosixPath(source.get("src")).stem if source is not None and external else ""
        passing = levels_passing(control.choice_filter, question.hs.levels)
        return msgspec.structs.replace(
            question,
            label=control.label,
            hint=control.hint,
            guidance=control.guidance,
            appearance=control.appearance,
            parameters=parameters,
            list_name=stem or list_name,
            reference=stem,
            choice_filter=passing,
            nodeset=of_levels(control, passing),
            value_ref=control.value_ref or "name",
            label_ref=control.label_ref or "label",
        )

    def _lists(self) -> tuple[dict[str, tuple[Choice, ...]], dict[str, Node], dict[str, str]]:
        lists: dict[str, tuple[Choice, ...]] = {}
        instances: dict[str, Node] = {}
        sources: dict[str, str] = {}
        users = {control.list_name: control for control in self.body.controls.values() if control.list_name}
        for name, instance in self.secondary.items():
            root = next(instance.elements(), None)
            if instance.get("src"):
                sources[name] = instance.get("src")
            elif root is None or is_plain(root):
                lists[name] = read_choices(root, self.texts, users.get(name)) if root else ()
            else:
                instances[name] = read_tree(root)
        for path, control in self.body.controls.items():
            if control.items and not control.nodeset:
                lists[dotted(path)] = control.items
        return lists, instances, sources

    def _order(self, top: Spot) -> tuple[str, ...]:
        in_body = list(dict.fromkeys(self.body.order))
        wanted = set(in_body)
        in_tree = [path for path in _paths(top) if path in wanted]
        return () if in_tree == in_body else tuple(dotted(path) for path in in_body)

    def _translations(self, form: Form) -> dict[str, Label]:
        """Keep the itext that expressions ask for: by constant id, or all where the id is computed."""
        text = msgspec.json.encode(form).decode()
        if "jr:itext(" not in text:
            return {}
        if _DYNAMIC_ITEXT.search(text):
            return {key: self.texts.label(key) for key in self.texts.entries}
        ids = re.findall(r"jr:itext\(\s*\\?['\"]([^'\"\\]+)", text)
        return {key: self.texts.label(key) for key in ids if key in self.texts.entries}


def _paths(spot: Spot) -> Iterator[Path]:
    yield spot.path
    for child in spot.children.values():
        yield from _paths(child)


def read_form(document: XmlElement) -> tuple[Form, list[UnplacedProblem]]:
    """Return the form of a parsed XForm and its troubles. Raises `NotAForm`."""
    reading = FormReader(document)
    form = reading.form()
    return form, reading.troubles
