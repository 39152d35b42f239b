"""What the operating system must bring along, and how to get it on Debian and Ubuntu.

Libraries are looked for by loading them, not by asking the package system: the answer is the same on every
distribution, and package names differ (`libglib2.0-0t64` on Ubuntu 24.04).
"""

from __future__ import annotations

import ctypes
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from devtools.environment import Trouble, say

Purpose = Literal["run", "screen", "test"]
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


@dataclass(frozen=True)
class Need:
    """A Debian package, how to see that what it brings is there, and what it is needed for."""

    package: str
    is_there: Callable[[], bool]
    purpose: Purpose


def library(soname: str) -> Callable[[], bool]:
    """Return a probe that loads the shared library `soname`."""

    def is_there() -> bool:
        try:
            ctypes.CDLL(soname)
        except OSError:
            return False
        return True

    return is_there


def command(name: str) -> Callable[[], bool]:
    """Return a probe for a program on the search path."""
    return lambda: shutil.which(name) is not None


def font(pattern: str) -> Callable[[], bool]:
    """Return a probe for a font file anywhere below the system's font folders."""
    return lambda: any(next(folder.rglob(pattern), None) for folder in FONT_FOLDERS if folder.is_dir())


NEEDS: tuple[Need, ...] = (
    Need("python3-venv", lambda: find_spec("ensurepip") is not None, "run"),
    Need("ca-certificates", Path("/etc/ssl/certs").is_dir, "run"),
    Need("libglib2.0-0", library("libglib-2.0.so.0"), "run"),
    Need("libgl1", library("libGL.so.1"), "run"),
    Need("libegl1", library("libEGL.so.1"), "run"),
    Need("libbrotli1", library("libbrotlidec.so.1"), "run"),
    Need("libxkbcommon0", library("libxkbcommon.so.0"), "run"),
    Need("libdbus-1-3", library("libdbus-1.so.3"), "run"),
    Need("libfontconfig1", library("libfontconfig.so.1"), "run"),
    Need("libcups2", library("libcups.so.2"), "run"),
    # WenQuanYi and not Noto: text copied from a PDF set in Noto CJK comes out as Kangxi radicals.
    Need("fonts-wqy-zenhei", font("wqy-zenhei*"), "run"),
    Need("libxkbcommon-x11-0", library("libxkbcommon-x11.so.0"), "screen"),
    Need("libxcb-cursor0", library("libxcb-cursor.so.0"), "screen"),
    Need("libxcb-icccm4", library("libxcb-icccm.so.4"), "screen"),
    Need("libxcb-keysyms1", library("libxcb-keysyms.so.1"), "screen"),
    Need("libxcb-image0", library("libxcb-image.so.0"), "screen"),
    Need("libxcb-render-util0", library("libxcb-render-util.so.0"), "screen"),
    Need("libxcb-shape0", library("libxcb-shape.so.0"), "screen"),
    Need("libxcb-xkb1", library("libxcb-xkb.so.1"), "screen"),
    Need("libxcb-render0", library("libxcb-render.so.0"), "screen"),
    Need("libwayland-cursor0", library("libwayland-cursor.so.0"), "screen"),
    Need("libwayland-egl1", library("libwayland-egl.so.1"), "screen"),
    Need("poppler-utils", command("pdftotext"), "test"),
)


def has_display() -> bool:
    """Tell whether a window can be shown here."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def missing(purposes: Iterable[Purpose]) -> list[str]:
    """Return the Debian packages that are needed for `purposes` and not there; none outside Linux."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = frozenset(purposes)
    return [need.package for need in NEEDS if need.purpose in wanted and not need.is_there()]


def sentence(packages: Iterable[str]) -> str:
    """Return the one sentence that names what is missing and how to get it.

    >>> sentence(["libgl1", "libcups2"])
    'Missing system packages: libgl1 libcups2 – install them with: sudo apt-get install -y libgl1 libcups2'
    """
    names = " ".join(packages)
    return f"Missing system packages: {names} – install them with: sudo apt-get install -y {names}"


def may_install() -> bool:
    """Tell whether we are root on Debian or one of its children."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def provide(purposes: Iterable[Purpose]) -> None:
    """See to it that the system has what `purposes` need.

    Root on Debian or Ubuntu installs what is missing for any purpose in one go; everyone else is told in one
    sentence.

    Raises:
        Trouble: something is missing and could not be installed.
    """
    if not missing(purposes):
        return
    if may_install():
        absent = missing(("run", "screen", "test"))
        say(f"Missing system packages: {' '.join(absent)} – installing them with apt-get …")
        apt_install(absent)
    still = missing(purposes)
    if still:
        raise Trouble(sentence(still))


def apt_install(packages: Iterable[str]) -> None:
    """Install Debian packages without asking and without recommended extras.

    Raises:
        Trouble: apt-get gave up; its last lines are in the message.
    """
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    for step in (["apt-get", "update", "-q"], install):
        done = subprocess.run(
            step, env=quiet, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
        importlib.invalidate_caches()  # python3-venv brings a module
        if done.returncode != 0:
            lines = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
            raise Trouble(f"{' '.join(step[:2])} failed:\n{lines}")
