"""Rules of the house that neither ruff, mypy nor import-linter knows.

    python packaging/architecture.py        prints every breach; exit code 1 when there is one

A rule is a function from the tree (path → text of what git tracks) to breaches; it touches nothing else.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
TOP_LEVEL = frozenset({"pyproject.toml", "hsdesk", "ui", "resources", "tests", "packaging", "README.md"})
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
BROAD_ALLOWED = frozenset({"ui/work.py", "ui/crash.py"})  # thread boundary, crash dialog
CODE = ("hsdesk/", "ui/", "tests/", "packaging/")
PRODUCT = ("hsdesk/", "ui/")
CHINESE = re.compile(r"[\u3400-\u9fff]")
WRITTEN = frozenset({".py", ".sh", ".toml", ".md", ".yaml", ".yml", ".json", ".ts", ".qss", ".txt", ""})
# A folder of one person's or one build machine's disk; `[/]` keeps this line itself out.
MACHINE_PATH = re.compile(r"(?<![\w.$}/])[/](?:(?:work|farm|home|Users)[/]\w|tmp[/]\w)|\b[A-Z]:\\Users")
NAMELESS = frozenset({"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"})


@dataclass(frozen=True)
class Breach:
    """One place where a rule is broken; `line` is 1-based, 0 for a whole file."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


@dataclass(frozen=True)
class Tree:
    """What git tracks: path (with `/`) → text; None for what is not text."""

    texts: Mapping[str, str | None]
    _parsed: dict[str, ast.Module] = field(default_factory=dict, compare=False, repr=False)

    def below(self, *folders: str, suffix: str = ".py") -> Iterator[tuple[str, str]]:
        """Yield (path, text) of the text files with `suffix` below `folders`."""
        for path, text in self.texts.items():
            if text is not None and path.endswith(suffix) and path.startswith(folders):
                yield path, text

    def modules(self, *folders: str) -> Iterator[tuple[str, ast.Module]]:
        """Yield (path, syntax tree) of the Python files below `folders`."""
        for path, text in self.below(*folders):
            if path not in self._parsed:
                self._parsed[path] = ast.parse(text, path)
            yield path, self._parsed[path]

    @cached_property
    def english(self) -> frozenset[str] | None:
        """The Chinese sentences that have an English one; None where there are no translations yet."""
        files = [
            path for path in self.texts if path.startswith("resources/translations/") and _is_english(path)
        ]
        if not files:
            return None
        return frozenset(source for path in files for source in _translated(path, self.texts[path] or ""))


def read_tree(root: Path = ROOT) -> Tree:
    """Return the files that git tracks in `root`, as they are on disk now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True)
    texts: dict[str, str | None] = {}
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = root / name
        if path.is_file():
            texts[name] = _text(path.read_bytes())
    return Tree(texts)


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def top_level_is_the_cards(tree: Tree) -> Iterator[Breach]:
    """Only the folders and files that the README names, and dot-files."""
    for name in sorted({path.split("/", 1)[0] for path in tree.texts}):
        if name not in TOP_LEVEL and not name.startswith("."):
            yield Breach(name, 0, "does not belong at the top level")


def files_are_short(tree: Tree) -> Iterator[Breach]:
    """At most 400 lines a Python file or script."""
    for suffix in (".py", ".sh"):
        for path, text in tree.below(*CODE, suffix=suffix):
            lines = len(text.splitlines())
            if lines > LONGEST_FILE:
                yield Breach(path, 0, f"{lines} lines (at most {LONGEST_FILE})")


def functions_are_short(tree: Tree) -> Iterator[Breach]:
    """At most 40 lines a function, docstring included."""
    for path, module in tree.modules(*CODE):
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    yield Breach(
                        path, node.lineno, f"{node.name} has {lines} lines (at most {LONGEST_FUNCTION})"
                    )


def broad_handlers_stay_at_two_rims(tree: Tree) -> Iterator[Breach]:
    """`except Exception` and its kin only at the thread boundary and in the crash dialog."""
    for path, module in tree.modules(*CODE):
        if path in BROAD_ALLOWED:
            continue
        for node in ast.walk(module):
            if isinstance(node, ast.ExceptHandler) and _is_broad(node.type):
                yield Breach(path, node.lineno, "broad except")
            elif (
                isinstance(node, ast.Call)
                and _dotted(node.func).endswith("suppress")
                and any(map(_is_broad, node.args))
            ):
                yield Breach(path, node.lineno, "broad suppress")


def _is_broad(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    if isinstance(kind, ast.Tuple):
        return any(_is_broad(part) for part in kind.elts)
    return _dotted(kind).rsplit(".", 1)[-1] in {"Exception", "BaseException"}


@dataclass(frozen=True)
class Home:
    """Modules or Qt classes that may be named in few files only.

    `names` are matched from their start (`openpyxl` also matches `openpyxl.styles`). `allowed` are paths or
    folders ending in `/`; where it is empty, any one file below `within` may have the names to itself.
    """

    names: tuple[str, ...]
    within: str
    allowed: tuple[str, ...] = ()

    def breaches(self, tree: Tree) -> Iterator[Breach]:
        """Yield the files that name what is not theirs."""
        users = {path: line for path, module in tree.modules(self.within) if (line := self._line(module))}
        alone = len(users) <= 1
        for path, line in users.items():
            allowed = path.startswith(self.allowed) if self.allowed else alone
            if not allowed:
                where = ", ".join(self.allowed) or "one file"
                yield Breach(path, line, f"{self.names[0]} belongs in {where}")

    def _line(self, module: ast.Module) -> int:
        found = (line for line, name in imported(module) if any(_starts(name, own) for own in self.names))
        return min(found, default=0)


HOMES = (
    Home(("requests",), "hsdesk/", ("hsdesk/sync/carriers/line.py",)),
    Home(("sqlcipher3", "pysqlcipher3"), "hsdesk/", ("hsdesk/deskfile/cipher.py",)),
    Home(("keyring",), "hsdesk/"),
    Home(("re2",), "hsdesk/", ("hsdesk/language/regex.py",)),
    Home(("openpyxl",), "hsdesk/", ("hsdesk/reports/", "hsdesk/forms/workbook/")),
    Home(("requests", "sqlcipher3", "keyring", "openpyxl"), "ui/", ("none of ui",)),
    Home(("pypinyin",), "hsdesk/", ("none of hsdesk",)),
    # The server answers many at once; a keyring may wait for a prompt that nobody sees.
    Home(
        ("threading", "concurrent.futures"), "hsdesk/", ("hsdesk/city/", "hsdesk/deskfile/keyring_vault.py")
    ),
    Home(
        (
            "threading",
            "concurrent.futures",
            "PySide6.QtCore.QThread",
            "PySide6.QtCore.QThreadPool",
            "PySide6.QtCore.QRunnable",
            "PySide6.QtConcurrent",
        ),
        "ui/",
    ),
    Home(("PySide6.QtPrintSupport",), "ui/"),
)


def names_have_one_home(tree: Tree) -> Iterator[Breach]:
    """`requests`, `sqlcipher3`, `keyring`, `openpyxl`, threads and printers stay where they belong."""
    for home in HOMES:
        yield from home.breaches(tree)


def imported(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of everything a module imports, in functions too."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _dotted(node.func).rsplit(".", 1)[-1] in {
            "import_module",
            "__import__",
        }:
            literal = (part.value for part in node.args[:1] if isinstance(part, ast.Constant))
            yield from ((node.lineno, str(value)) for value in literal)


def _starts(name: str, own: str) -> bool:
    return name == own or name.startswith(own + ".")


def the_core_knows_no_window(tree: Tree) -> Iterator[Breach]:
    """`hsdesk` imports neither Qt nor `ui`; only the script's entry point joins them."""
    for path, module in tree.modules("hsdesk/"):
        for line, name in imported(module):
            if name.split(".", 1)[0] in {"PySide6", "shiboken6", "ui"}:
                yield Breach(path, line, f"imports {name}")


SLEEPS = frozenset(
    {"time.sleep", "asyncio.sleep", "qtbot.wait", "sleep", "QTest.qWait", "QThread.sleep", "QThread.msleep"}
)


def tests_do_not_sleep(tree: Tree) -> Iterator[Breach]:
    """Tests wait for a fact (`qtbot.waitUntil`), never for the clock."""
    for path, module in tree.modules("tests/"):
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and (name := _dotted(node.func)) in SLEEPS:
                yield Breach(path, node.lineno, f"{name} waits by the clock")


def no_path_of_one_machine(tree: Tree) -> Iterator[Breach]:
    """No folder that exists on one machine only."""
    for path, written in tree.texts.items():
        if written is None or PurePosixPath(path).suffix not in WRITTEN or "/corpus/" in path:
            continue
        for line, content in enumerate(written.splitlines(), 1):
            if found := MACHINE_PATH.search(content):
                yield Breach(path, line, f"path of one machine: {found.group()}…")


def every_sentence_speaks_english(tree: Tree) -> Iterator[Breach]:
    """Each Chinese sentence in `tr()` is a plain literal and has its English one in the resources."""
    known = tree.english
    for path, module in tree.modules("ui/"):
        for node in ast.walk(module):
            if (
                not isinstance(node, ast.Call)
                or not node.args
                or _dotted(node.func).rsplit(".", 1)[-1] != "tr"
            ):
                continue
            said = node.args[0]
            if isinstance(said, ast.JoinedStr):
                yield Breach(path, node.lineno, "tr() of an f-string cannot be translated")
            elif known is not None and isinstance(said, ast.Constant) and _untranslated(said.value, known):
                yield Breach(path, node.lineno, f"no English for {said.value!r}")


def _untranslated(said: object, known: frozenset[str]) -> bool:
    return isinstance(said, str) and bool(CHINESE.search(said)) and said not in known


def _is_english(path: str) -> bool:
    name = PurePosixPath(path)
    return name.suffix in {".ts", ".json"} and (name.stem == "en" or name.stem.endswith("_en"))


def _translated(path: str, text: str) -> Iterable[str]:
    if path.endswith(".json"):
        return [source for source, english in json.loads(text).items() if english]
    messages = ElementTree.fromstring(text).iter("message")  # noqa: S314 - our own file
    return [message.findtext("source") or "" for message in messages if message.findtext("translation")]


def modules_are_named_for_things(tree: Tree) -> Iterator[Breach]:
    """No module named for nothing in particular, and none that hides the library `packaging`."""
    for path, _ in tree.below(*CODE):
        parts = PurePosixPath(path).with_suffix("").parts
        if NAMELESS & set(parts):
            yield Breach(path, 0, "a module is named for what it holds")
        if path in {"packaging/__init__.py", "tests/packaging/__init__.py"}:
            yield Breach(path, 0, "would hide the library of the same name")


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


RULES: tuple[Callable[[Tree], Iterator[Breach]], ...] = (
    top_level_is_the_cards,
    files_are_short,
    functions_are_short,
    broad_handlers_stay_at_two_rims,
    names_have_one_home,
    the_core_knows_no_window,
    tests_do_not_sleep,
    no_path_of_one_machine,
    every_sentence_speaks_english,
    modules_are_named_for_things,
)


def main() -> int:
    """Check the checkout; print every breach and one closing line."""
    tree = read_tree()
    breaches = [breach for rule in RULES for breach in rule(tree)]
    for breach in breaches:
        print(breach)
    print(f"architecture: {len(RULES)} rules, {len(tree.texts)} files, {len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
