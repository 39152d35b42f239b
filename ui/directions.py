"""Which page a target leads to, and how it is made: each is loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.pages.home import HomePage
from ui.pages.page import Page, Target

if TYPE_CHECKING:
    from ui.workspace import Workspace


def _home(workspace: Workspace, _: Target) -> Page:
    return HomePage(workspace.office)


def _register(workspace: Workspace, target: Target) -> Page:
    from ui.pages.register import RegisterPage
    from ui.record.grid_cell import Editing

    page = RegisterPage(workspace.office, target.form, Editing)
    workspace.following.listen(page)
    return page


def _sync(workspace: Workspace, _: Target) -> Page:
    from ui.pages.sync import SyncPage

    return SyncPage(workspace.office)


def _indicators(workspace: Workspace, _: Target) -> Page:
    from ui.pages.indicators import IndicatorPage

    return IndicatorPage(workspace.office)


def _prints(workspace: Workspace, _: Target) -> Page:
    from ui.pages.prints import PrintPage

    return PrintPage(workspace.office, workspace.preferences)


def _settings(workspace: Workspace, _: Target) -> Page:
    from ui.pages.settings import SettingsPage

    page = SettingsPage(workspace.office, workspace.preferences)
    page.restyle_wanted.connect(workspace.restyle_wanted)
    return page


def _help(workspace: Workspace, _: Target) -> Page:
    from ui.pages.help import HelpPage

    return HelpPage(workspace.office)


def _drafts(workspace: Workspace, _: Target) -> Page:
    from ui.pages.drafts import DraftPage

    return DraftPage(workspace.office)


MAKERS: dict[str, Callable[[Workspace, Target], Page]] = {
    "home": _home,
    "register": _register,
    "sync": _sync,
    "indicators": _indicators,
    "prints": _prints,
    "settings": _settings,
    "help": _help,
    "drafts": _drafts,
}
