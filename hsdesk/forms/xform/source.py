"""XML read with suspicion: no document types, entities, endless nesting; every element knows its line."""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

MAX_BYTES = 64 * 1024 * 1024
MAX_ELEMENTS = 200_000  # about 300 bytes of memory each; the largest form of the corpus has 15,000
MAX_DEPTH = 200
XFORMS = "http://www.w3.org/2002/xforms"
XHTML = "http://www.w3.org/1999/xhtml"
JAVAROSA = "http://openrosa.org/javarosa"
ODK = "http://www.opendatakit.org/xforms"
ENTITIES = "http://www.opendatakit.org/xforms/entities"
HSDESK = "urn:hsdesk:form"


class BadXml(Exception):
    """The text is not XML that we read. `line` is 1-based, 0 when unknown."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class XmlElement:
    """One element: local name, namespace, attributes (`{uri}name` or `name`), mixed content, line."""

    __slots__ = ("attributes", "content", "line", "name", "namespace")

    def __init__(self, name: str, namespace: str, attributes: dict[str, str], line: int) -> None:
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
        self.content: list[XmlElement | str] = []
        self.line = line

    def elements(self, *names: str) -> Iterator[XmlElement]:
        """Yield child elements, of the given local names if any are given."""
        for part in self.content:
            if isinstance(part, XmlElement) and (not names or part.name in names):
                yield part

    def first(self, name: str) -> XmlElement | None:
        """Return the first child element of this local name."""
        return next(self.elements(name), None)

    def text(self) -> str:
        """Return the text directly inside this element."""
        return "".join(part for part in self.content if isinstance(part, str))

    def get(self, name: str, namespace: str = "") -> str:
        """Return an attribute, or ""."""
        return self.attributes.get(f"{{{namespace}}}{name}" if namespace else name, "")

    def walk(self) -> Iterator[XmlElement]:
        """Yield this element and all below it in document order."""
        yield self
        for child in self.elements():
            yield from child.walk()


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition(" ")
    return local, namespace


def _attribute(name: str) -> str:
    local, namespace = _split(name)
    return f"{{{namespace}}}{local}" if namespace else local


class _Builder:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype
        self.open: list[XmlElement] = []
        self.made = 0
        self.root: XmlElement | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise BadXml(f"嵌套超过 {MAX_DEPTH} 层", self.parser.CurrentLineNumber)
        self.made += 1
        if self.made > MAX_ELEMENTS:
            raise BadXml(f"标记超过 {MAX_ELEMENTS} 个", self.parser.CurrentLineNumber)
        local, namespace = _split(name)
        named = {_attribute(key): value for key, value in attributes.items()}
        element = XmlElement(local, namespace, named, self.parser.CurrentLineNumber)
        if self.open:
            self.open[-1].content.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _name: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        self.open[-1].content.append(text)

    def refuse_doctype(self, *_parts: object) -> None:
        raise BadXml("含有 DOCTYPE 声明（可能带恶意实体）", self.parser.CurrentLineNumber)


def parse_xml(data: bytes) -> XmlElement:
    """Return the root element.

    Raises `BadXml` for anything not well formed, a document type, nesting over 200 levels, over 64 MB or
    200,000 elements.

    >>> parse_xml(b"<a x='1'>t<b/></a>").get("x")
    '1'
    """
    if len(data) > MAX_BYTES:
        raise BadXml("文件超过 64 MB")
    builder = _Builder()
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadXml(f"XML 写法不对（{expat.ErrorString(error.code)}）", error.lineno) from error
    except (ValueError, LookupError) as error:  # an encoding that does not exist
        raise BadXml("文字编码认不出来") from error
    if builder.root is None:
        raise BadXml("文件是空的")
    return builder.root
