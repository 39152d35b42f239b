"""`forms eval`: expressions evaluated over XML documents, one JSON line in, one out."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from hsdesk.errors import DataError, DeskError
from hsdesk.language import compiler
from hsdesk.language.axes import kind_of
from hsdesk.language.calendar import Calendar
from hsdesk.language.compiler import Compiled
from hsdesk.language.context import Context, SilentHost
from hsdesk.language.document import DocumentNode, read_document
from hsdesk.language.problem import ExpressionError
from hsdesk.language.scope import Dialect
from hsdesk.language.tree import Node
from hsdesk.language.values import to_text

_SPECIAL = {math.inf: "Infinity", -math.inf: "-Infinity"}


class Case(msgspec.Struct, frozen=True):
    """One line of the input. `kind` is the type asked for, as an XPath API is asked for one; `xml` the
    document, `ctx` the path of the context node in it, `tz` the zone, `lang` the language of
    `jr:itext()`.
    """

    expr: str
    id: int | str | None = None
    kind: str = ""
    xml: str | None = None
    ctx: str | None = None
    tz: str | None = None
    lang: str | None = None


class CaseResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the output: `value`, or `error` in words."""

    id: int | str | None
    value: Any = None
    error: str = ""

    def line(self) -> dict[str, Any]:
        """Return what is printed."""
        return {"id": self.id, "error": self.error} if self.error else {"id": self.id, "value": self.value}


class DocumentHost(SilentHost):
    """Answers from the document itself: `<instance id>` and `<itext>` elements."""

    def __init__(self, document: DocumentNode | None, zone: dt.tzinfo | None, language: str | None) -> None:
        self._document = document
        self._zone = zone
        self._language = language

    def now(self) -> dt.datetime:
        return dt.datetime.now(self._zone).astimezone(self._zone)

    def instance(self, name: str) -> Node | None:
        for node in _elements(self._document, "instance"):
            if _attribute(node, "id") == name:
                return node
        return None

    def translate(self, text_id: str) -> str | None:
        for translation in _translations(self._document, self._language):
            for text in translation.children.get("text", ()):
                if _attribute(text, "id") == text_id:
                    values = [each for each in text.children.get("value", ()) if not _attribute(each, "form")]
                    return str(values[0].text()) if values else ""
        return None


def _elements(document: DocumentNode | None, name: str) -> Iterator[DocumentNode]:
    if document is not None:
        for node in document.descendants():
            if node.name == name and isinstance(node, DocumentNode):
                yield node


def _attribute(node: DocumentNode, name: str) -> str:
    return next((str(each.value) for each in node.attributes if each.name == name), "")


def _translations(document: DocumentNode | None, language: str | None) -> list[DocumentNode]:
    found = list(_elements(document, "translation"))
    wanted = [node for node in found if _attribute(node, "lang") == language]
    default = [node for node in found if _attribute(node, "default")]
    return wanted or default or found[:1]


def evaluate_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Evaluate JSON lines in order; an unreadable line gives an error too."""
    for line in lines:
        try:
            case = msgspec.json.decode(line, type=Case)
        except (msgspec.DecodeError, UnicodeError) as problem:
            yield CaseResult(None, error=f"这一行不是合格的 JSON:{problem}").line()
            continue
        yield evaluate(case).line()


def evaluate(case: Case) -> CaseResult:
    """Evaluate one case as the type it asks for."""
    try:
        document = _document(case.xml)
        dialect = _dialect(case.tz, document is not None)
        context = _context(case, document, dialect)
        compiled = compiler.compile(case.expr, dialect=dialect, strict=False)
        return CaseResult(case.id, _result(compiled, context, case.kind))
    except DeskError as problem:
        return CaseResult(case.id, error=str(problem))


@lru_cache(maxsize=16)
def _document(xml: str | None) -> DocumentNode | None:
    return read_document(xml) if xml and xml.strip() else None


@lru_cache(maxsize=16)
def _dialect(zone: str | None, document: bool) -> Dialect:
    """Return the dialect of a case: that of the web engines with a document, JavaRosa's without one."""
    try:
        info = ZoneInfo(zone) if zone else None
    except (LookupError, ValueError, OSError) as problem:
        raise DataError("不认识的时区 {zone} 。", zone=zone) from problem
    return Dialect(Calendar(info, utc_days=document, strict=not document), document=document)


def _context(case: Case, document: DocumentNode | None, dialect: Dialect) -> Context:
    host = DocumentHost(document, dialect.calendar.zone, case.lang)
    if document is None:
        return Context(None, None, host)
    root = next(node for node in document.content if node.kind == "element")
    context = Context(document, root, host)
    if case.ctx == "?":
        context.node = next((node for node in _below(document) if location(node) == "?"), document)
    elif case.ctx not in {None, "", "/"}:
        found = compiler.compile(case.ctx or "", dialect=dialect).nodes(context)
        if not found:
            raise DataError("文档里没有 {path} 。", path=case.ctx)
        context.node = found[0]
    return context


def _below(node: DocumentNode) -> Iterator[DocumentNode]:
    for child in node.content:
        yield child
        yield from _below(child)


def _result(compiled: Compiled, context: Context, kind: str) -> Any:
    match kind.partition("-")[0]:
        case "boolean":
            return compiled.boolean(context)
        case "string":
            return compiled.string(context)
        case "number":
            return _json_number(compiled.number(context))
        case "nodes":
            return [location(node) for node in compiled.nodes(context)]
        case "date":
            return to_text(_day(compiled.evaluate(context)))
        case _:
            return _natural(compiled.evaluate(context))


def _day(value: Any) -> Any:
    return value.date() if isinstance(value, dt.datetime) else value


def _natural(value: Any) -> Any:
    if isinstance(value, list):
        return [node.text() for node in value]
    if isinstance(value, bool):
        return value
    return _json_number(value) if isinstance(value, float) else to_text(value)


def _json_number(number: float) -> float | str:
    if math.isnan(number):
        return "NaN"
    return _SPECIAL.get(number, number)


def location(node: Node) -> str:
    """Return where a node of a document stands: `/*[1]/*[2]/@id`; "?" for comments and instructions."""
    steps: list[str] = []
    here: Any = node
    while here.parent is not None:
        steps.append(_location_step(here))
        here = here.parent
    if "?" in steps:
        return "?"
    return "/" + "/".join(reversed(steps))


def _location_step(node: Any) -> str:
    match kind_of(node):
        case "attribute":
            return f"@{node.prefix}:{node.name}" if node.prefix else f"@{node.name}"
        case "element":
            same = [each for each in node.parent.content if each.kind == "element"]
            return f"*[{_index(same, node)}]"
        case "text":
            return f"text()[{_index([each for each in node.parent.content if each.kind == 'text'], node)}]"
        case _:
            return "?"


def _index(nodes: list[Any], node: Any) -> int:
    return next(place for place, each in enumerate(nodes, 1) if each is node)


__all__ = ["Case", "CaseResult", "ExpressionError", "evaluate", "evaluate_lines", "location"]
