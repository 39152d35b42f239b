"""Texts: string concat join substr substring … translate regex digest base64-decode."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hsdesk.language import regex
from hsdesk.language.ast import Call, Constant
from hsdesk.language.compare import node_value
from hsdesk.language.functions.numbers import round_half_up
from hsdesk.language.functions.spec import FunctionSpec, located, simple
from hsdesk.language.problem import ExpressionError
from hsdesk.language.values import to_text

if TYPE_CHECKING:
    from hsdesk.language.context import Context
    from hsdesk.language.scope import Builder, Closure
    from hsdesk.language.tree import Node

_LONGEST = 1_000_000  # characters that concat() and join() may come to
_BLANKS = re.compile(r"[ \t\r\n]+")  # XML's own; a no-break or full-width space is text
_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def _of_context(name: str, function: Callable[[str], Any], kind: Any) -> FunctionSpec:
    """A function of one text, by default that of the context node."""

    def build(builder: Builder, call: Call) -> Closure:
        if call.arguments:
            text = builder.text(call.arguments[0])
            return lambda node, env: function(text(node, env))

        def own(node: Node, env: Context) -> Any:
            require_node(env, call)
            return function(node.text())

        return own

    # without an argument it reads the context node, so only the call with one is constant;
    # Builder.is_constant
    # cannot see that, hence not pure
    return FunctionSpec(name, 0, 1, kind, build, pure=False)


def require_node(env: Context, call: Call) -> None:
    """Raise when there is no tree to take the context node from."""
    if env.root is None:
        raise ExpressionError(f"函数 {call.name}() 缺少参数。", call.column)


def texts_of(value: Any) -> list[str]:
    """Return the text of a value, or of every node of a node-set."""
    if type(value) is list:
        return [to_text(node_value(node)) for node in value]
    return [to_text(value)]


def _concat(builder: Builder, call: Call) -> Closure:
    parts = [builder.value(each) for each in call.arguments]

    def concat(node: Node, env: Context) -> str:
        return _bounded("", [text for part in parts for text in texts_of(part(node, env))])

    return concat


def _join(builder: Builder, call: Call) -> Closure:
    separator = builder.text(call.arguments[0])
    parts = [builder.value(each) for each in call.arguments[1:]]

    def join(node: Node, env: Context) -> str:
        between: str = separator(node, env)
        return _bounded(between, [text for part in parts for text in texts_of(part(node, env))])

    return join


def _bounded(between: str, texts: list[str]) -> str:
    """Return texts joined. Raises ExpressionError where they would be too long: doubling fills memory."""
    if sum(map(len, texts)) + len(between) * len(texts) > _LONGEST:
        raise ExpressionError(f"连起来的文字超过 {_LONGEST} 个字符，没有算。")
    return between.join(texts)


def _substr(text: str, start: float, end: float | None = None) -> str:
    """From `start` to before `end`, counted from 0, negative ones from the end."""
    first = _place(start, len(text))
    last = len(text) if end is None else _place(end, len(text))
    return text[first:last] if first <= last else ""


def _place(number: float, length: int) -> int:
    if math.isnan(number):
        return 0
    place = length if number > length else -length if number < -length else math.trunc(number)
    return max(0, place + length) if place < 0 else place


def _substring(text: str, start: float, length: float | None = None) -> str:
    """XPath's own substring: counted from 1, both numbers rounded."""
    first = round_half_up(start)
    end = math.inf if length is None else first + round_half_up(length)
    if math.isnan(first) or math.isnan(end):
        return ""
    low = int(max(1.0, min(first, len(text) + 1.0)))
    high = int(max(float(low), min(end, len(text) + 1.0)))
    return text[low - 1 : high - 1]


def _before(text: str, part: str) -> str:
    place = text.find(part)
    return text[:place] if place >= 0 else ""


def _after(text: str, part: str) -> str:
    place = text.find(part)
    return text[place + len(part) :] if place >= 0 else ""


def _translate(text: str, old: str, new: str) -> str:
    table: dict[int, str | None] = {}
    for place, char in enumerate(old):
        table.setdefault(ord(char), new[place] if place < len(new) else None)
    return text.translate(table)


def _normalized(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(" ")


def _regex(builder: Builder, call: Call) -> Closure:
    """Whether the pattern matches the whole text (JavaRosa); in a document, whether it is found in it."""
    text, pattern = builder.text(call.arguments[0]), call.arguments[1]
    anchored = not builder.dialect.document
    if isinstance(pattern, Constant):
        try:
            fits = regex.matcher(to_text(pattern.value), anchored=anchored)
        except ExpressionError as problem:
            raise ExpressionError(problem.message, pattern.column, problem.remedy) from problem
        return lambda node, env: fits(text(node, env))
    written = builder.text(pattern)

    def matches(node: Node, env: Context) -> bool:
        return regex.matcher(written(node, env), anchored=anchored)(text(node, env))

    return located(matches, call)


def _digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    name = _HASHES.get(algorithm.strip().upper())
    if name is None:
        raise ExpressionError(f"digest() 不认识算法 {algorithm} 。", 0, "可用 " + "、".join(_HASHES) + " 。")
    summed = hashlib.new(name, text.encode(errors="surrogatepass"), usedforsecurity=False).digest()
    if encoding.strip().lower() == "hex":
        return summed.hex()
    if encoding.strip().lower() == "base64":
        return base64.b64encode(summed).decode()
    raise ExpressionError(f"digest() 不认识编码 {encoding} 。", 0, "可用 hex、base64 。")


def _base64_decode(text: str) -> str:
    try:
        return base64.b64decode(text.encode(errors="replace"), validate=False).decode(errors="replace")
    except binascii.Error:
        return ""


TEXTS = (
    _of_context("string", lambda text: text, "text"),
    _of_context("string-length", lambda text: float(len(text)), "number"),
    _of_context("normalize-space", _normalized, "text"),
    FunctionSpec("concat", 0, None, "text", _concat),
    FunctionSpec("join", 1, None, "text", _join),
    simple("contains", "tt", "truth", lambda text, part: part in text),
    simple("starts-with", "tt", "truth", lambda text, part: text.startswith(part)),
    simple("ends-with", "tt", "truth", lambda text, part: text.endswith(part)),
    simple("substr", "tnn?", "text", _substr),
    simple("substring", "tnn?", "text", _substring),
    simple("substring-before", "tt", "text", _before),
    simple("substring-after", "tt", "text", _after),
    simple("translate", "ttt", "text", _translate),
    FunctionSpec("regex", 2, 2, "truth", _regex),
    simple("digest", "ttt?", "text", _digest, fails=True),
    simple("base64-decode", "t", "text", _base64_decode),
)
