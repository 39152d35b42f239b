"""Names and numbers that the databases behind a form allow: checked before a form is installed anywhere.

A register is a table named by its form, a roster (子表) a table named `form__roster`; SQLite does not tell
upper from lower case, PostgreSQL cuts names after 63 bytes. Some names of answers mean something of their own
in paths, in JSON and in row predicates; some are columns that PostgreSQL gives every table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from hsdesk.forms.schema import Form, Group, Item, Question, Repeat
from hsdesk.forms.types import has_column
from hsdesk.forms.xform.unplaced_problem import Path, UnplacedProblem
from hsdesk.model.answer import SYSTEM
from hsdesk.model.public_id import ID_RULE, can_be_asked_for, is_public_id

MOST_QUESTIONS = 1500  # of a record, and of each roster: a table of PostgreSQL has at most 1600 columns
MOST_IN_ALL = 5000  # with all rosters: opening a record grows with it
RESERVED_STARTS = ("hs_", "sqlite_", "pg_", "_")  # tables of our own and of the databases
RESERVED_ENDS = ("_pkey",)  # PostgreSQL names the index of a table so, in the same room
RESERVED_NAMES = SYSTEM | {
    "_id", "_place", "_title", "_record", "_code",  # what JSON and row predicates say of a record itself
    "_more", "_rev", "_required", "_filled", "_made", "_settled", "_later",  # kept for other programs' sake
}  # fmt: skip
_POSTGRESQL_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
_NAME_BYTES = 63
_RESERVED = "表单编号“{}”不能用：不能以 hs_、sqlite_、pg_ 或下划线开头，也不能以 _pkey 结尾。"
_ANOTHER_NAME = "请换一个名称。"


def identifier(name: str) -> str:
    """Return a name that both databases keep whole: at most 63 bytes, cut names told apart by a hash.

    >>> identifier("social_org")
    'social_org'
    >>> len(identifier("很长的名字" * 9).encode()) <= 63
    True
    """
    encoded = name.encode()
    if len(encoded) <= _NAME_BYTES - 3:  # room for what tells equal names apart
        return name
    mark = hashlib.blake2b(encoded, digest_size=4).hexdigest()
    return encoded[: _NAME_BYTES - 13].decode(errors="ignore") + "~" + mark


def is_reserved(form_id: str) -> bool:
    """Tell whether the name of a form belongs to tables of our own or of the database."""
    name = form_id.casefold()
    return name.startswith(RESERVED_STARTS) or name.endswith(RESERVED_ENDS)


def id_named(form: Form) -> str:
    """Return how a sentence about the id of a form begins."""
    return f"表单编号“{form.form_id}”"


def id_refused(form: Form) -> str:
    """Return why a form cannot be published or installed for the first time under its id, "" when it can.

    >>> id_refused(Form("SURVEY9", "1", ""))
    '表单编号“SURVEY9”不能用：要小写字母开头，只用小写字母、数字和下划线，不超过 48 个字符。'
    """
    if is_reserved(form.form_id):
        return _RESERVED.format(form.form_id)
    if not is_public_id(form.form_id):
        return f"{id_named(form)}不能用：要{ID_RULE}。"
    return version_refused(form)


def version_refused(form: Form) -> str:
    """Return why a version of a form cannot be published or installed, "" when it can."""
    return (
        ""
        if can_be_asked_for("", form.version)
        else f"版本“{form.version}”不能用：里面不能有单独的“.”或“..”。"
    )


def table_names(form: Form) -> list[tuple[str, Path]]:
    """Return the names of a form's tables, as a database that ignores case sees them, and what they are for.

    The path is that of the roster, () for the form itself.
    """
    return [
        (identifier(form.form_id).casefold(), ()),
        *_roster_tables(form.children, form.form_id, (form.root,)),
    ]


def _roster_tables(items: Iterable[Item], prefix: str, above: Path) -> Iterator[tuple[str, Path]]:
    for item in items:
        match item:
            case Group():
                yield from _roster_tables(item.children, prefix, (*above, item.name))
            case Repeat():
                name, path = f"{prefix}__{item.key}", (*above, item.name)
                yield identifier(name).casefold(), path
                yield from _roster_tables(item.children, name, path)
            case Question():
                pass


def name_met(form: Form, others: Iterable[Form]) -> str:
    """Return why a form cannot stand beside others, "" when it can: a table of it would be one of theirs.

    A form of the same `form_id` is another version of it, not another form.
    """
    own = {name for name, _path in table_names(form)}
    for other in others:
        if other.form_id != form.form_id and any(name in own for name, _path in table_names(other)):
            theirs = f"“{other.form_id}”（{other.title}）"
            return f"表单编号“{form.form_id}”和已有的登记表{theirs}在数据库里是同一个名称。"
    return ""


def too_many_in_all(number: int) -> UnplacedProblem | None:
    """Return what is wrong with a form of so many questions, before anything is built of them."""
    if number <= MOST_IN_ALL:
        return None
    return UnplacedProblem(
        f"这张表一共有 {number} 题，最多 {MOST_IN_ALL} 题。", "请分成几张登记表。", column="type"
    )


def troubles_of_names(form: Form) -> Iterator[UnplacedProblem]:
    """Yield what keeps a form from being stored: its names, and how many questions it has."""
    if is_reserved(form.form_id):
        message = _RESERVED.format(form.form_id)
        yield UnplacedProblem(message, "请改 settings 表的 form_id。", column="form_id")
    elif not is_public_id(form.form_id):
        message = f"{id_named(form)}不能用来安装或发布：要{ID_RULE}。"
        remedy = "请改 settings 表的 form_id，或安装、发布时加 --as 编号。"
        yield UnplacedProblem(message, remedy, column="form_id", severity="warning")
    if said := version_refused(form):
        yield UnplacedProblem(said, "请改 settings 表的 version。", column="version", severity="warning")
    yield from _same_tables(form)
    yield from _reserved(form.children, (form.root,))
    yield from _too_many(form.children, (form.root,), "这张表")


def _same_tables(form: Form) -> Iterator[UnplacedProblem]:
    taken: dict[str, Path] = {}
    for name, path in table_names(form):
        if name in taken:
            message = f"子表“{path[-1]}”和另一张子表在数据库里是同一个名称（{name}）。"
            yield UnplacedProblem(
                message, "大小写不同、或双下划线相连的名称算同一个；" + _ANOTHER_NAME, path, "name"
            )
        taken.setdefault(name, path)


def _reserved(items: Iterable[Item], above: Path) -> Iterator[UnplacedProblem]:
    for item in items:
        path = (*above, item.name)
        if not isinstance(item, Group) and item.key in RESERVED_NAMES:
            yield UnplacedProblem(f"名称“{item.name}”是软件自用的。", _ANOTHER_NAME, path, "name")
        elif isinstance(item, Question) and item.key in _POSTGRESQL_COLUMNS:
            yield UnplacedProblem(f"名称“{item.name}”是数据库自用的。", _ANOTHER_NAME, path, "name")
        if not isinstance(item, Question):
            yield from _reserved(item.children, path)


def _too_many(items: tuple[Item, ...], path: Path, name: str) -> Iterator[UnplacedProblem]:
    number = _columns(items)
    if number > MOST_QUESTIONS:
        message = f"{name}有 {number} 题，最多 {MOST_QUESTIONS} 题。"
        remedy = "请分成几张登记表，或把重复的题目改成子表（begin_repeat）。"
        yield UnplacedProblem(message, remedy, path if len(path) > 1 else (), "type")
    for roster, below in _rosters(items, path):
        yield from _too_many(roster.children, below, f"子表“{roster.name}”")


def _columns(items: tuple[Item, ...]) -> int:
    """Return how many questions have a column in the table of a record or of one roster."""
    return sum(
        has_column(item)
        if isinstance(item, Question)
        else _columns(item.children)
        if isinstance(item, Group)
        else 0
        for item in items
    )


def _rosters(items: tuple[Item, ...], above: Path) -> Iterator[tuple[Repeat, Path]]:
    for item in items:
        match item:
            case Repeat():
                yield item, (*above, item.name)
            case Group():
                yield from _rosters(item.children, (*above, item.name))
            case Question():
                pass
