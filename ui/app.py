"""The `hsdesk` script: no verb opens the window, a verb runs the command line PDF painter at hand."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hsdesk.reports.content import Summary

_WITH_VALUE = ("--home", "--place")
_ASKS_HELP = ("-h", "--help", "--version")


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window or run one command; return the exit code.

    Qt is imported only when a window or a PDF is asked for.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    verb = verb_of(words)
    if verb is None and not any(word in _ASKS_HELP for word in words):
        return _open_window(words)
    from hsdesk.cli import main as run

    if verb == "demo" and "--headless" not in words and not any(word in _ASKS_HELP for word in words):
        from ui.launch import make_application

        make_application()  # else painting a PDF makes one without a screen, and a process has only one
        return run([*words, "--headless"], paint_pdf=paint_pdf) or _open_sample(words)
    return run(words, paint_pdf=paint_pdf)


def verb_of(words: Sequence[str]) -> str | None:
    """Return the first word that is no global option.

    >>> verb_of(["--home", "demo", "--json", "list", "grid"])
    'list'
    >>> verb_of(["--home=somewhere"]) is None
    True
    """
    rest = iter(words)
    for word in rest:
        if word in _WITH_VALUE:
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None


def paint_pdf(summary: Summary | Sequence[Summary], out: Path) -> str:
    """Write a summary as PDF; Qt is loaded at this moment."""
    from ui.painter import paint_pdf as paint

    return paint(summary, out)


def home_in(words: Sequence[str]) -> Path:
    """Return the desk's folder: --home, HSDESK_HOME, else the user's own data folder."""
    from hsdesk.cli.arguments import make_parser
    from hsdesk.cli.run import home_of

    return home_of(make_parser().parse_args(list(words)))


def _open_sample(words: Sequence[str]) -> int:
    from hsdesk.cli.demo import demo_home
    from hsdesk.desk.sample import PASSPHRASE
    from ui.launch import open_window

    return open_window(demo_home(home_in(words)), PASSPHRASE)


def _open_window(words: Sequence[str]) -> int:
    from hsdesk.errors import UsageError

    try:
        home = home_in(words)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    from ui.launch import open_window

    return open_window(home)


if __name__ == "__main__":
    sys.exit(main())
