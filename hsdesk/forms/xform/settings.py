"""Our own settings of a form, as attributes of the instance's root (`attribute::hs:…`)."""

from __future__ import annotations

import msgspec

from hsdesk.forms.schema import Form
from hsdesk.forms.xform.source import HSDESK, XmlElement
from hsdesk.forms.xform.unplaced_problem import UnplacedProblem
from hsdesk.model.place import LEVELS

WORDS: dict[str, tuple[str, ...]] = {
    "class": ("common", "party", "personal"),
    "level": LEVELS,
    "publish": ("", "down"),
    "kind": ("register", "single", "ledger"),
}
_NAMES = (*WORDS, "number", "life", "event")


def with_settings(form: Form, root: XmlElement, troubles: list[UnplacedProblem]) -> Form:
    """Return the form with what the attributes say of it; wrong words go to `troubles`."""
    changes: dict[str, object] = {}
    prefix = f"{{{HSDESK}}}"
    for key, value in root.attributes.items():
        name, word = key.removeprefix(prefix), value.strip()
        if not key.startswith(prefix) or not word:
            continue
        column = f"attribute::hs:{name}"
        if name not in _NAMES:
            message = f"设置列“{column}”不认识。"
            troubles.append(
                UnplacedProblem(message, f"可用的有：{'、'.join(_NAMES)}。", (root.name,), column, root.line)
            )
        elif name == "level" and set(levels := words_of(word)) <= set(LEVELS):
            changes |= {"level": levels[0], "further_levels": levels[1:]}
        elif word not in WORDS.get(name, (word,)):
            listed = "、".join(word for word in WORDS[name] if word)
            message = f"设置列“{column}”不能填“{word}”。"
            troubles.append(UnplacedProblem(message, f"只能填：{listed}。", (root.name,), column, root.line))
        else:
            changes["cls" if name == "class" else name] = tuple(word.split()) if name == "life" else word
    return msgspec.structs.replace(form, **changes)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a cell that may hold several, each once.

    >>> words_of("city, county city")
    ('city', 'county')
    """
    return tuple(dict.fromkeys(text.replace(",", " ").replace("，", " ").split()))
