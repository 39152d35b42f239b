"""Labels, hints and messages of an XForm, in every language."""

from __future__ import annotations

import re

from hsdesk.forms.schema import Label, Value
from hsdesk.forms.xform.source import XmlElement

Pieces = tuple[str | Value, ...]
_ITEXT = re.compile(r"""^\s*jr:itext\(\s*(['"])(.*)\1\s*\)\s*$""", re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]+")


class ItextTexts:
    """The itext of a form: id → language → form of the text ("" or guidance, image …) → pieces."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, dict[str, Pieces]]] = {}
        self.languages: tuple[str, ...] = ()
        self.default = ""

    def label(self, key: str, form: str = "") -> Label:
        """Return the label of an id; empty when there is none."""
        found = self.entries.get(key, {})
        texts = {language: self._pick(forms, form) for language, forms in found.items()}
        return Label({language: pieces for language, pieces in texts.items() if pieces})

    @staticmethod
    def _pick(forms: dict[str, Pieces], form: str) -> Pieces:
        if form:
            return forms.get(form, ())
        return forms.get("", forms.get("long", forms.get("short", ())))


def read_texts(itext: XmlElement | None) -> ItextTexts:
    """Return all translations below `itext`."""
    texts = ItextTexts()
    if itext is None:
        return texts
    languages: list[str] = []
    for translation in itext.elements("translation"):
        language = translation.get("lang")
        languages.append(language)
        if "default" in translation.attributes and not texts.default:
            texts.default = language
        for text in translation.elements("text"):
            forms = texts.entries.setdefault(text.get("id"), {}).setdefault(language, {})
            for value in text.elements("value"):
                forms[value.get("form")] = pieces_of(value)
    texts.languages = tuple(dict.fromkeys(languages))
    texts.default = texts.default or (languages[0] if languages else "")
    return texts


def pieces_of(element: XmlElement) -> Pieces:
    """Return the mixed content of a label: text with its blanks folded, and computed pieces."""
    raw: list[str | Value] = []
    _collect(element, raw)
    joined: list[str | Value] = []
    for piece in raw:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    folded = [_fold(piece) if isinstance(piece, str) else piece for piece in joined]
    return _trim(folded)


def _collect(element: XmlElement, raw: list[str | Value]) -> None:
    for part in element.content:
        if isinstance(part, str):
            raw.append(part)
        elif part.name == "output":
            raw.append(Value((part.get("value") or part.get("ref")).strip()))
        else:
            _collect(part, raw)


def _fold(text: str) -> str:
    lines = (_SPACE.sub(" ", line) for line in text.split("\n"))
    return "\n".join(lines)


def _trim(pieces: list[str | Value]) -> Pieces:
    if pieces and isinstance(pieces[0], str):
        pieces[0] = pieces[0].lstrip()
    if pieces and isinstance(pieces[-1], str):
        pieces[-1] = pieces[-1].rstrip()
    return tuple(piece for piece in pieces if piece != "")


def itext_id(reference: str) -> str:
    """Return the constant id of `jr:itext('id')`, or "".

    >>> itext_id("jr:itext('/data/name:label')")
    '/data/name:label'
    """
    found = _ITEXT.match(reference)
    return found.group(2) if found else ""


def label_of(element: XmlElement | None, texts: ItextTexts, form: str = "") -> Label:
    """Return the label that a `label` or `hint` element gives."""
    if element is None:
        return Label()
    reference = element.get("ref")
    if not reference:
        pieces = pieces_of(element) if not form else ()
        return Label({"": pieces}) if pieces else Label()
    key = itext_id(reference)
    if key:
        return texts.label(key, form)
    return Label({"": (Value(reference.strip()),)}) if not form else Label()


def message_of(text: str, texts: ItextTexts) -> Label:
    """Return the label of a message attribute: plain text or `jr:itext('id')`."""
    key = itext_id(text)
    if key:
        return texts.label(key)
    return Label({"": (text,)}) if text else Label()
