"""The error tree. Every message says what happened, that the data is safe, and what to do next.

    DeskError                     exit code
    ├── UsageError                2   the command or the request is wrong
    ├── Offline                   3   no network, or the city server does not answer
    │   └── NotTheCity            3   somebody else answers in its place: the login page of a network, a proxy
    ├── Refused                   4   permission, key, missing part
    │   ├── WrongPassphrase       4   passphrase or recovery code does not open the file
    │   ├── Locked                4   the file is in use by another window
    │   ├── Wiped                 4   the city ordered this computer's keys destroyed; the program ends
    │   ├── NewerLayout           4   the file or database was written by a newer program
    │   ├── Closed                4   an entry of a ledger is closed: it can be reversed (冲正)
    │   └── Missing               4   a part of the program or a file is not there
    ├── Corrupt                   4   a file is damaged
    ├── DiskFull                  4   no room to write
    ├── Cancelled                 4   whoever waits for the work stopped it; nothing half is left
    ├── Unforeseen                4   a mistake of the program stopped the work
    ├── FormError                 1   a form definition cannot be used; lists every problem
    └── DataError                 1   data cannot be stored as it is; names line and field

A message is a Chinese template plus its values, so that a window can translate the template.
"""

from __future__ import annotations

from typing import ClassVar


class DeskError(Exception):
    """What a person is told.

    >>> str(DeskError("找不到{name}。", name="网格一"))
    '找不到网格一。'
    """

    exit_code: ClassVar[int] = 4

    def __init__(self, template: str, *, detail: str = "", **values: object) -> None:
        self.template = template
        self.values = values
        self.detail = detail
        super().__init__(template.format(**values) if values else template)


class UsageError(DeskError):
    exit_code = 2


class Offline(DeskError):
    exit_code = 3


class NotTheCity(Offline):
    pass


class Refused(DeskError):
    exit_code = 4


class WrongPassphrase(Refused):
    pass


class Locked(Refused):
    pass


class Wiped(Refused):
    pass


class NewerLayout(Refused):
    pass


class Closed(Refused):
    pass


class Missing(Refused):
    pass


class Corrupt(DeskError):
    pass


class DiskFull(DeskError):
    pass


class Cancelled(DeskError):
    """The work was stopped by the person who waits for it."""

    def __init__(self) -> None:
        super().__init__("已停下，没有留下半个文件，数据都在。")


class Unforeseen(DeskError):
    """A mistake of the program, told to whoever waits for the work that it stopped."""


class FormError(DeskError):
    """A form that cannot be used. `problems` holds every `forms.problem.Problem` found in one pass."""

    exit_code = 1

    def __init__(self, template: str, problems: tuple[object, ...] = (), **values: object) -> None:
        super().__init__(template, detail="", **values)
        self.problems = problems


class DataError(DeskError):
    """Data that cannot be stored as it is. `field` is the path, `line` the 1-based line or row (0: none)."""

    exit_code = 1

    def __init__(
        self, template: str, *, detail: str = "", field: str = "", line: int = 0, **values: object
    ) -> None:
        super().__init__(template, detail=detail, **values)
        self.field = field
        self.line = line
