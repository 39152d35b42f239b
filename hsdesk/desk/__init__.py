"""The desk (工作台): the only door to local data for windows and the command line."""

from hsdesk.desk.desk import Desk
from hsdesk.desk.entry import Entry

__all__ = ["Desk", "Entry"]
