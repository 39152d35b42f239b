"""The words of the command line: verbs, options, help. Handlers are imported when their verb is used."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import NoReturn

from hsdesk.cli.answer import Answer, Setting
from hsdesk.errors import UsageError

Handler = Callable[[Setting, argparse.Namespace], Answer]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError("命令写得不对：{message}。用 --help 看用法。", message=message)


@cache
def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line. Global options may stand before or after the verb."""
    parser = _Parser(prog="hsdesk", description="村社台账：登记、打印、上报、数据同步。不带命令时打开窗口。")
    _global_options(parser)
    verbs = parser.add_subparsers(metavar="命令", parser_class=_Parser)
    _desk_verbs(verbs)
    _forms_verbs(verbs)
    _record_verbs(verbs)
    _journal_verbs(verbs)
    _report_verbs(verbs)
    _sync_verbs(verbs)
    _serve_verb(verbs)
    _server_verbs(verbs)
    return parser


def _global_options(parser: argparse.ArgumentParser, *, suppress: bool = False) -> None:
    default = argparse.SUPPRESS if suppress else None
    parser.add_argument("--home", metavar="DIR", default=default, help="工作台文件夹（HSDESK_HOME）")
    parser.add_argument("--json", action="store_true", default=default or False, help="输出 JSON")
    if not suppress:
        parser.add_argument(
            "--place", dest="place_option", metavar="CODE", default=None, help="村（社区）代码"
        )


def _late(module: str, name: str) -> Handler:
    def handler(setting: Setting, options: argparse.Namespace) -> Answer:
        run: Handler = getattr(import_module(f"hsdesk.cli.{module}"), name)
        return run(setting, options)

    return handler


def _verb(
    verbs: argparse._SubParsersAction[_Parser],
    name: str,
    text: str,
    module: str,
    handler: str = "",
    *,
    place: bool = True,
) -> _Parser:
    parser = verbs.add_parser(name, help=text, description=text)
    _global_options(parser, suppress=True)
    if place:
        parser.add_argument("--place", dest="place_option", metavar="CODE", default=argparse.SUPPRESS)
    if handler:
        parser.set_defaults(handler=_late(module, handler))
    return parser


def _family(
    verbs: argparse._SubParsersAction[_Parser], name: str, text: str
) -> argparse._SubParsersAction[_Parser]:
    parser = _verb(verbs, name, text, "")
    return parser.add_subparsers(metavar="操作", required=True, parser_class=_Parser)


def _desk_verbs(verbs: argparse._SubParsersAction[_Parser]) -> None:
    demo = _verb(verbs, "demo", "用虚构的样例数据走完整个流程", "demo", "demo")
    demo.add_argument("--headless", action="store_true", help="不打开窗口")
    init = _verb(verbs, "init", "新建工作台", "desk_verbs", "init", place=False)
    init.add_argument("--place", "--community", dest="places", metavar="CODE", action="append", required=True)
    init.add_argument("--person", metavar="NAME", required=True)
    _verb(verbs, "status", "工作台概况", "desk_verbs", "status")
    _verb(verbs, "rekey", "换钥匙和恢复码；HSDESK_NEW_PASSPHRASE 里有新口令的，一起换", "desk_verbs", "rekey")
    person = _verb(verbs, "person", "填报人：列出、添加、换人", "person_verbs", "person")
    person.add_argument("action", choices=["list", "add", "use"])
    person.add_argument("name", metavar="NAME", nargs="?", default="")
    audit = _verb(verbs, "audit", "本机的查看记录：完整打印、按住显示、命令行读取", "audit_verbs", "audit")
    audit.add_argument("--since", metavar="DAY", default="")
    backup = _verb(verbs, "backup", "备份", "desk_verbs", "backup")
    backup.add_argument("--out", metavar="FILE", required=True)


def _forms_verbs(verbs: argparse._SubParsersAction[_Parser]) -> None:
    family = _family(verbs, "forms", "登记表")
    _verb(family, "list", "列出登记表", "forms_verbs", "list_forms")
    for action, text in (("open", "打开一张登记表"), ("close", "收起一张登记表，内容不会少")):
        switch = _verb(family, action, text, "forms_verbs", "open_form")
        switch.add_argument("name", metavar="REGISTER")
        switch.set_defaults(action=action)
    check = _verb(family, "check", "检查登记表文件", "forms_verbs", "check")
    check.add_argument("files", metavar="FILE", nargs="+")
    install = _verb(family, "install", "安装登记表", "forms_verbs", "install")
    install.add_argument("file", metavar="FILE")
    install.add_argument("--as", dest="as_id", metavar="ID", default=None, help="换一个编号（外来的表）")
    install.add_argument("--replace", action="store_true", help="同版本内容不同、或较早的版本，也替换")
    export = _verb(family, "export", "导出登记表工作簿", "forms_verbs", "export")
    export.add_argument("name", metavar="NAME")
    export.add_argument("--out", metavar="FILE", required=True)
    replay = _verb(family, "replay", "按记录的步骤重放", "forms_verbs", "replay")
    replay.add_argument("file", metavar="FILE", nargs="?")
    replay.add_argument("trace", metavar="TRACE", nargs="?")
    replay.add_argument("--many", metavar="LIST")
    cases = _verb(family, "eval", "计算表达式用例", "forms_verbs", "evaluate")
    cases.add_argument("cases", metavar="CASES")


def _record_verbs(verbs: argparse._SubParsersAction[_Parser]) -> None:
    add = _verb(verbs, "add", "新增（JSON 或 JSON 行；附件写作 @文件）", "record_verbs", "add")
    add.add_argument("register", metavar="REGISTER")
    add.add_argument("file", metavar="FILE|-")
    edit = _verb(verbs, "edit", "修改（附件写作 栏目=@文件）", "record_verbs", "edit")
    edit.add_argument("register", metavar="REGISTER")
    edit.add_argument("target", metavar="ID|FILE|-")
    edit.add_argument("changes", metavar="FIELD=VALUE", nargs="*")
    listing = _verb(verbs, "list", "列表", "record_verbs", "list_records")
    listing.add_argument("register", metavar="REGISTER")
    listing.add_argument("--search", metavar="TEXT", default="")
    listing.add_argument("--where", metavar="EXPR", default="")
    listing.add_argument("--count", metavar="NAME", default="", help="只列这个口径（counts.json）算到的")
    listing.add_argument("--limit", metavar="N", type=int, default=None)
    show = _verb(verbs, "show", "看一条", "record_verbs", "show")
    show.add_argument("register", metavar="REGISTER")
    show.add_argument("id", metavar="ID")
    show.add_argument("--history", action="store_true")
    delete = _verb(verbs, "delete", "作废（可恢复）", "record_verbs", "delete")
    delete.add_argument("register", metavar="REGISTER")
    delete.add_argument("id", metavar="ID")
    delete.add_argument("--reason", metavar="TEXT", required=True)
    reverse = _verb(verbs, "reverse", "冲正一条已入账的流水（只增不改）", "record_verbs", "reverse")
    reverse.add_argument("register", metavar="REGISTER")
    reverse.add_argument("id", metavar="ID")
    reverse.add_argument("--reason", metavar="TEXT", required=True)
    erase = _verb(verbs, "erase", "清除（不能恢复）", "record_verbs", "erase")
    erase.add_argument("register", metavar="REGISTER")
    erase.add_argument("id", metavar="ID")
    erase.add_argument("--fields", metavar="FIELD[,…]", default="")
    erase.add_argument("--reason", metavar="TEXT", required=True)
    move = _verb(verbs, "move", "转到另一个村（社区）", "record_verbs", "move")
    move.add_argument("register", metavar="REGISTER")
    move.add_argument("id", metavar="ID")
    move.add_argument("--to", dest="target", metavar="CODE", required=True)
    restore = _verb(verbs, "restore", "恢复一条，或从备份恢复", "record_verbs", "restore")
    restore.add_argument("register", metavar="REGISTER|FILE")
    restore.add_argument("id", metavar="ID", nargs="?")
    restore.add_argument("--at", metavar="VERSION", type=int, default=None)


def _journal_verbs(verbs: argparse._SubParsersAction[_Parser]) -> None:
    undo = _verb(verbs, "undo", "撤销最近几步（清除、转移、已入账的流水不能撤销）", "journal_verbs", "undo")
    undo.add_argument("count", metavar="N", type=int, nargs="?", default=1)
    undo.add_argument("--list", action="store_true", help="列出最近做了什么")
    undo.add_argument("--act", metavar="NUMBER", type=int, default=None, help="只撤销列出的这一步")
    redo = _verb(verbs, "redo", "重做刚才撤销的几步", "journal_verbs", "redo")
    redo.add_argument("count", metavar="N", type=int, nargs="?", default=1)
    batch = _verb(verbs, "import", "按批撤销从文件存入的记录", "journal_verbs", "batches")
    batch.add_argument("--list", action="store_true", help="列出各批")
    batch.add_argument("--undo", dest="batch", metavar="BATCH", default="", help="撤销这一批")


def _report_verbs(verbs: argparse._SubParsersAction[_Parser]) -> None:
    export = _verb(verbs, "export", "导出 Excel", "paper_verbs", "export")
    export.add_argument("name", metavar="REGISTER|TEMPLATE")
    export.add_argument("--out", metavar="FILE.xlsx|FOLDER/", required=True)
    _picking_options(export)
    check = _verb(verbs, "check", "校验", "report_verbs", "check")
    check.add_argument("--register", metavar="NAME", default="")
    indicators = _verb(verbs, "indicators", "考核指标", "report_verbs", "indicators")
    _day_options(indicators)
    indicators.add_argument(
        "--level", metavar="L", default="", choices=["", "village", "township", "county", "city"]
    )
    _verb(verbs, "rounds", "填报任务", "reference_verbs", "rounds")
    report = _verb(verbs, "report", "打印件", "paper_verbs", "report")
    report.add_argument("name", metavar="NAME", nargs="?", help="打印件、list/登记表 或 blank/登记表")
    report.add_argument("--out", metavar="FILE|FOLDER/", help="一个文件；或一个文件夹，每村、每条一个文件")
    report.add_argument("--list", action="store_true", help="列出可用的打印件")
    report.add_argument("--format", choices=["pdf", "xlsx", "docx"], default="", help="文件夹里用的格式")
    _picking_options(report)


def _picking_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--record", metavar="ID", nargs="+", action="extend", help="只要这几条，按写的次序")
    parser.add_argument("--where", metavar="EXPR", default="", help="只要符合条件的")
    parser.add_argument("--columns", metavar="A,B", default="", help="list/登记表 只要这几栏，按写的次序")
    _day_options(parser)
    _full_options(parser)


def _day_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", metavar="DATE", default=None, help="按这一天的情况，如 2020-03-31")
    parser.add_argument(
        "--period", metavar="P", default=None, help="按一个报告期：2020、2020H1、2020Q1、2020M03"
    )


def _full_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--full", action="store_true", help="不遮蔽；要再输口令、写原因，并留下记录")
    parser.add_argument("--reason", metavar="TEXT", default="", help="为什么要完整的")


def _sync_verbs(verbs: argparse._SubParsersAction[_Parser]) -> None:
    enroll = _verb(verbs, "enroll", "设备登记", "sync_verbs", "enroll")
    enroll.add_argument("url", metavar="URL")
    enroll.add_argument("code", metavar="CODE")
    enroll.add_argument("--proxy", metavar="URL", default="")
    sync = _verb(verbs, "sync", "数据同步", "sync_verbs", "sync")
    sync.add_argument("--proxy", metavar="URL|none")
    conflicts = _verb(verbs, "conflicts", "两边改得不一样", "sync_verbs", "conflicts")
    conflicts.add_argument("action", nargs="?", choices=["resolve"])
    conflicts.add_argument("id", metavar="ID", nargs="?")
    conflicts.add_argument("--keep", metavar="a|b|mine|theirs|VALUE")


def _serve_verb(verbs: argparse._SubParsersAction[_Parser]) -> None:
    serve = _verb(verbs, "serve", "市级服务器", "server_verbs", "serve")
    serve.add_argument("--database", metavar="URL", default="")
    serve.add_argument("--host", metavar="H", default="127.0.0.1")
    serve.add_argument("--port", metavar="N", type=int, default=8787)
    serve.add_argument("--tls-cert", metavar="F", default="")
    serve.add_argument("--tls-key", metavar="F", default="")
    serve.add_argument(
        "--trusted-proxy", metavar="ADDRESS", action="append", help="反向代理的地址，只信它的 X-Forwarded-For"
    )
    serve.add_argument("--log-days", metavar="N", type=int, default=183, help="安全日志留多少天，至少 183 天")
    serve.add_argument(
        "--limit", dest="limits", metavar="NAME=N", action="append", help="改一项限额，名称见管理手册"
    )


def _server_verbs(verbs: argparse._SubParsersAction[_Parser]) -> None:
    family = _family(verbs, "server", "市级服务器管理")
    init = _server(family, "init", "新建服务器数据库与市级证书")
    init.add_argument("--host", dest="hosts", metavar="NAME", action="append", help="证书上的名称或地址")
    user = _server(family, "user", "人员账号（口令取自 HSDESK_PASSPHRASE）")
    user.add_argument("action", choices=["add", "disable", "list"])
    user.add_argument("name", metavar="NAME", nargs="?", default="")
    user.add_argument("--scope", metavar="CODE[,…]", default="")
    user.add_argument("--role", choices=["village", "township", "county", "city"], default="village")
    backup = _server(family, "backup", "备份服务器数据")
    backup.add_argument("--out", metavar="FILE", required=True)
    restore = _server(family, "restore", "从备份恢复服务器数据")
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("--key", metavar="FILE", default="", help="恢复钥匙文件")
    restore.add_argument("--erasures", metavar="FILE", default="", help="另外保存的 erasures.jsonl")
    code = _server(family, "code", "设备登记码")
    code.add_argument("--scope", metavar="CODE[,…]", required=True)
    code.add_argument("--role", choices=["village", "township", "county", "city"], default="village")
    for parser in (user, code):
        parser.add_argument("--classes", metavar="common,party,personal", default="")
        parser.add_argument("--verbs", metavar="read,write,enrol,…", default="", help="只给这些权限")
    device = _server(family, "device", "设备")
    device.add_argument("action", choices=["list", "revoke", "release", "wipe"])
    device.add_argument("id", metavar="ID", nargs="?", default="")
    person = _server(family, "person", "填报人：哪台电脑上的谁；改名只能在这里")
    person.add_argument("action", choices=["list", "rename"])
    for name in ("device", "number", "name"):
        person.add_argument(name, metavar=name.upper(), nargs="?", default="")
    trail = _server(family, "audit", "核对审计记录和改动记录")
    trail.add_argument("action", choices=["verify"], nargs="?", default="verify")
    trail.add_argument(
        "--head", dest="heads", metavar="N:HASH", action="append", help="上级电脑留存的一条（hsdesk status）"
    )
    _server_forms_verb(family)
    _disposal_verbs(family)
    _reference_verbs(family)


def _server_forms_verb(family: argparse._SubParsersAction[_Parser]) -> None:
    forms = _server(family, "forms", "登记表")
    forms.add_argument("action", choices=["add", "withdraw", "list", "open", "close"])
    forms.add_argument("file", metavar="FILE|FORM", nargs="?", default="")
    forms.add_argument("--to", metavar="VERSION", default="")
    forms.add_argument("--level", metavar="village,…", default="", help="只给这些级别打开，不写就是各级")
    forms.add_argument("--as", dest="as_id", metavar="ID", default=None, help="换一个编号发布（外来的表）")


def _disposal_verbs(family: argparse._SubParsersAction[_Parser]) -> None:
    move = _server(family, "move", "把资料转到另一个村；不写 --from 就转走已合并的村留下的", "erasure_verbs")
    move.add_argument("--from", dest="source", metavar="CODE", default="")
    move.add_argument("--to", dest="target", metavar="CODE", default="")
    move.add_argument("--register", metavar="NAME", default="")
    move.add_argument("--where", metavar="EXPR", default="")
    erase = _server(family, "erase", "清除一条记录或其中几栏（不能恢复），或答复清除申请", "erasure_verbs")
    erase.add_argument("id", metavar="ID", nargs="?", default="")
    erase.add_argument("--fields", metavar="FIELD[,…]", default="")
    erase.add_argument("--list", action="store_true", help="等着办的清除申请")
    erase.add_argument("--confirm", metavar="ID", default="", help="同意一件申请，照它清除")
    erase.add_argument("--refuse", metavar="ID", default="", help="不同意一件申请，要写原因")
    erase.add_argument("--reason", metavar="TEXT", default="")


def _reference_verbs(family: argparse._SubParsersAction[_Parser]) -> None:
    for name, text in (("codelists", "代码表"), ("places", "区划目录"), ("settings", "口径设置")):
        book = _server(family, name, f"{text}（工作簿）", "reference_verbs")
        book.add_argument("action", choices=["export", "add"])
        book.add_argument("name", metavar="NAME|all|FILE.xlsx", nargs="?", default="")
        book.add_argument("--out", metavar="FILE.xlsx", default="")
        book.add_argument("--dry-run", action="store_true", help="只看改了什么，不发布")
    asked = _server(family, "round", "填报任务", "reference_verbs")
    asked.add_argument("action", choices=["open", "list", "close"])
    asked.add_argument("name", metavar="ID|FILE.json", nargs="?", default="")
    for option, metavar in (
        ("title", "TEXT"), ("period", "2026Q4"), ("deadline", "DATE"), ("forms", "REGISTER[,…]"),
        ("summaries", "NAME[,…]"), ("places", "CODE[,…]"),
    ):  # fmt: skip
        asked.add_argument(f"--{option}", metavar=metavar, default="")
    asked.add_argument("--level", choices=["village", "township", "county", "city"], default="village")


def _server(
    family: argparse._SubParsersAction[_Parser], name: str, text: str, module: str = "server_verbs"
) -> _Parser:
    parser = _verb(family, name, text, module, f"server_{name}")
    parser.add_argument("--database", metavar="URL", default="")
    return parser
