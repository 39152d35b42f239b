"""What is wrong with an expression, in words for the official who wrote it."""

from __future__ import annotations

from hsdesk.errors import DeskError


class ExpressionError(DeskError):
    """An expression that cannot be read or cannot be evaluated.

    `message` says what is wrong, `column` is the 1-based place in the expression (0: the whole),
    `remedy` what to write instead ("" when there is no single answer).
    """

    exit_code = 1

    def __init__(self, message: str, column: int = 0, remedy: str = "") -> None:
        self.message = message
        self.column = column
        self.remedy = remedy
        where = f"第 {column} 个字符处：" if column else ""
        super().__init__("{text}", text=f"{where}{message}{' ' + remedy if remedy else ''}")


class NotHeld(ExpressionError):
    """此处不知: the expression asks for a register that this device does not hold. Never to be shown as 0."""


class NotSql(Exception):  # it never leaves the forms layer: callers fall back to closures
    """An expression that has no SQL of the same meaning."""
