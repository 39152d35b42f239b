"""Parse, run one command, print its answer; every error becomes one plain sentence and an exit code."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from hsdesk.cli.answer import Answer, PaintPdf, Setting
from hsdesk.cli.arguments import make_parser
from hsdesk.errors import Closed, DataError, DeskError, FormError, UsageError
from hsdesk.model.clean_text import whole


def run(argv: Sequence[str], paint_pdf: PaintPdf | None, out: IO[str], err: IO[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        code = _run(argv, paint_pdf, out, err)
        out.flush()  # help is written by argparse, which does not
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        _let_go(out)
        return 0
    return code


def _let_go(out: IO[str]) -> None:
    """Lead what is still to be written nowhere, so that Python does not try again when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, out.fileno())
    except io.UnsupportedOperation:  # not a file: nothing is left over in it
        pass
    finally:
        os.close(nowhere)


def _run(argv: Sequence[str], paint_pdf: PaintPdf | None, out: IO[str], err: IO[str]) -> int:
    parser = make_parser()
    try:
        options = parser.parse_args(list(argv))
    except UsageError as error:
        _say(err, f"{parser.format_usage()}{error}")
        return error.exit_code
    except SystemExit as stop:  # argparse leaves this way after --help
        return int(stop.code or 0)
    if getattr(options, "handler", None) is None:
        _say(err, parser.format_usage().rstrip())
        return UsageError.exit_code
    setting = Setting(
        home=home_of(options),
        place=getattr(options, "place_option", None) or "",
        register=getattr(options, "register", None) or "",
        json=bool(getattr(options, "json", False)),
        out=out,
        err=err,
        paint_pdf=paint_pdf,
    )
    return _answer(setting, options)


def _answer(setting: Setting, options: argparse.Namespace) -> int:
    try:
        answer: Answer = options.handler(setting, options)
    except DeskError as error:
        _report(setting, error)
        return error.exit_code
    except OSError as error:  # of a file that the command names
        return _unwritten(setting, error)
    except KeyboardInterrupt:
        _say(setting.err, "已停止。已保存的内容都在。")
        return 130
    _print(setting, answer)
    return answer.code


def _unwritten(setting: Setting, error: OSError) -> int:
    """Say in words what the file system answered."""
    if isinstance(error, BrokenPipeError):
        raise error
    from hsdesk.deskfile.files import explain

    told = explain(error, Path(str(error.filename or "")))
    _report(setting, told)
    return told.exit_code


def home_of(options: argparse.Namespace) -> Path:
    """Return the folder of the desk: --home, HSDESK_HOME, else the user's own data folder."""
    given = getattr(options, "home", None) or os.environ.get("HSDESK_HOME")
    return Path(given) if given else default_home()


def default_home() -> Path:
    """Return the usual data folder of this system for this user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "HSDesk"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "hsdesk"


def _print(setting: Setting, answer: Answer) -> None:
    if setting.json:
        if answer.document:
            _say(setting.out, json.dumps(answer.document, ensure_ascii=False))
        return
    for line in answer.lines:
        _say(setting.out, line)


def _report(setting: Setting, error: DeskError) -> None:
    if setting.json:
        _say(setting.out, json.dumps(_error_document(error), ensure_ascii=False))
    _say(setting.err, str(error))
    if isinstance(error, Closed):
        _say(setting.err, "冲正请用：hsdesk reverse 登记表 编号 --reason 原因")
    if isinstance(error, FormError):
        for problem in error.problems:
            _say(setting.err, f"  {problem}")


def _error_document(error: DeskError) -> dict[str, object]:
    import msgspec

    document: dict[str, object] = {"error": str(error), "kind": type(error).__name__}
    if isinstance(error, FormError):
        document["problems"] = msgspec.to_builtins(error.problems)
    if isinstance(error, DataError):
        document |= {"field": error.field, "line": error.line}
    return document


def _say(stream: IO[str], text: str) -> None:
    stream.write(whole(text) + "\n")
    stream.flush()
