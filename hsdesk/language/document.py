"""An XML document as a tree for expressions: what `forms eval` walks. Form answers use plain `Node`s."""

from __future__ import annotations

from typing import Any, Literal
from xml.parsers import expat

from hsdesk.errors import DataError
from hsdesk.language.tree import Node

Kind = Literal["document", "element", "attribute", "text", "comment", "processing-instruction", "namespace"]
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
_MAX_DEPTH = 200


class DocumentNode(Node):
    """A node of an XML document. `name` is the local name; `content` holds child nodes of every kind in
    order; `children` the element children by local name; `value` of a text, comment or attribute its
    text.
    """

    __slots__ = ("attributes", "content", "declared", "kind", "ordinal", "prefix", "uri")

    def __init__(self, kind: Kind, name: str = "", value: str = "", prefix: str = "", uri: str = "") -> None:
        super().__init__(name, value)
        self.kind: Kind = kind
        self.prefix = prefix
        self.uri = uri
        self.content: list[DocumentNode] = []
        self.attributes: list[DocumentNode] = []
        self.declared: dict[str, str] = {}
        self.ordinal = 0  # place in document order among everything below one parent; attributes are negative

    def text(self) -> str:
        """Return the XPath string-value."""
        if self.kind not in {"element", "document"}:
            return str(self.value)
        pieces: list[str] = []
        waiting = list(reversed(self.content))
        while waiting:
            node = waiting.pop()
            if node.kind == "text":
                pieces.append(str(node.value))
            waiting.extend(reversed(node.content))
        return "".join(pieces)

    def add(self, node: DocumentNode) -> None:
        """Add a child node of any kind at the end."""
        if node.kind == "element":
            self.append(node)
        node.parent = self
        node.ordinal = len(self.content)
        self.content.append(node)

    def namespaces(self) -> list[DocumentNode]:
        """Return the namespace nodes in scope."""
        in_scope: dict[str, str] = {}
        here: Any = self
        while here is not None:
            for prefix, uri in here.declared.items():
                in_scope.setdefault(prefix, uri)
            here = here.parent
        in_scope["xml"] = XML_NAMESPACE
        found = [DocumentNode("namespace", prefix, uri) for prefix, uri in in_scope.items()]
        for place, node in enumerate(found):
            node.parent = self
            node.ordinal = place - 10_000
        return found

    def uri_of(self, prefix: str) -> str:
        """Return the namespace bound to a prefix here ("" if none)."""
        here: Any = self
        while here is not None:
            if prefix in here.declared:
                return str(here.declared[prefix])
            here = here.parent
        return XML_NAMESPACE if prefix == "xml" else ""


def read_document(text: str) -> DocumentNode:
    """Read XML; the result is the document node, its one element child the root.

    Elements keep a `value`: their text when they have no element children. Raises DataError.
    """
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.CommentHandler = builder.comment
    parser.ProcessingInstructionHandler = builder.instruction
    parser.StartCdataSectionHandler = builder.cdata
    parser.EndCdataSectionHandler = builder.cdata
    parser.EntityDeclHandler = builder.entity
    try:
        parser.Parse(text.strip(), True)
    except expat.ExpatError as problem:
        raise DataError("XML 无法读取：{problem}。", problem=problem) from problem
    return builder.document


class _Builder:
    def __init__(self) -> None:
        self.document = DocumentNode("document")
        self._here = self.document
        self._depth = 0
        self._joinable = False

    def start(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise DataError("XML 嵌套超过 {most} 层。", most=_MAX_DEPTH)
        prefix, _, local = name.rpartition(":")
        node = DocumentNode("element", local, prefix=prefix)
        pairs = list(zip(attributes[::2], attributes[1::2], strict=True))
        node.declared = {
            key.removeprefix("xmlns").removeprefix(":"): uri for key, uri in pairs if _declares(key)
        }
        self._here.add(node)
        node.uri = node.uri_of(prefix)
        for key, value in pairs:
            if not _declares(key):
                _add_attribute(node, key, value)
        for place, attribute in enumerate(node.attributes):
            attribute.ordinal = place - len(node.attributes)
        self._here = node
        self._joinable = False

    def end(self, _name: str) -> None:
        node = self._here
        if not node.children:
            node.value = node.text()
        self._depth -= 1
        self._here = node.parent
        self._joinable = False

    def characters(self, text: str) -> None:
        content = self._here.content
        if self._joinable and content and content[-1].kind == "text":
            content[-1].value = str(content[-1].value) + text
            return
        self._here.add(DocumentNode("text", value=text))
        self._joinable = True

    def comment(self, text: str) -> None:
        self._here.add(DocumentNode("comment", value=text))
        self._joinable = False

    def instruction(self, target: str, text: str) -> None:
        self._here.add(DocumentNode("processing-instruction", target, text))
        self._joinable = False

    def cdata(self) -> None:
        self._joinable = False

    def entity(self, *_declaration: object) -> None:
        raise DataError("XML 里不能声明实体。")


def _declares(attribute: str) -> bool:
    return attribute == "xmlns" or attribute.startswith("xmlns:")


def _add_attribute(node: DocumentNode, key: str, value: str) -> None:
    prefix, _, local = key.rpartition(":")
    attribute = DocumentNode("attribute", local, value, prefix, node.uri_of(prefix) if prefix else "")
    attribute.parent = node
    node.attributes.append(attribute)
