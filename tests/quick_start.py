"""Processes of the program for tests, forked from one that has read the program already.

Each is a process like any other: with its own memory, arguments, environment, files and end, and it may be
killed. It merely does not spend its first half second on reading the code, and its passphrases and passwords
are cheap to guess, as everywhere in the tests. The process they are forked from is started when the first is
asked for, and ends with the tests. Where a system cannot do that, and where a test says things that Python
takes in only when it starts, the program is started as everywhere.
"""

from __future__ import annotations

import ctypes
import inspect
import json
import os
import runpy
import socket
import subprocess
import sys
import threading
import time
import types
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_START = subprocess.Popen._execute_child  # type: ignore[attr-defined]
_NAMES = inspect.signature(_START)
_READ_AT_START = ("PYTHONPATH", "PYTHONHOME", "PYTHONHASHSEED", "PYTHONUNBUFFERED", "PYTHONDEVMODE", "LANG")
_TAKEN_IN = {name: os.environ.get(name) for name in _READ_AT_START}
FORKED = "# forked: does not ask what was read before it\n"
_LONGEST = 150_000  # bytes of a request
_TAKE_IN_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER
_PRELOADED = ("uvicorn", "uvicorn.protocols.http.h11_impl", "uvicorn.lifespan.off", "uvicorn.loops.asyncio")


class Popen(subprocess.Popen[Any]):
    """Forks `python -m hsdesk …`, and `python -c …` of a text that begins with `FORKED`; starts all else."""

    anew = False  # nothing is forked

    def _execute_child(self, *given: Any) -> None:
        asked = _NAMES.bind(self, *given).arguments
        if self.anew or not _is_ours(asked["args"]) or not _may_fork(asked):
            _START(self, *given)
            return
        ends = (asked["p2cread"], asked["c2pwrite"], asked["errwrite"])
        fds = [fd if fd != -1 else own for own, fd in enumerate(ends)]
        self.pid = _nursery().ask(asked["args"][1:], asked["env"], asked["cwd"], fds)
        self._child_created = True
        self._close_pipe_fds(*(asked[name] for name in _NAMES.parameters if name in _PIPES))  # type: ignore[attr-defined]


@contextmanager
def started_anew() -> Iterator[None]:
    """Let the program be started as everywhere, for the length of a block."""
    Popen.anew = True
    try:
        yield
    finally:
        Popen.anew = False


def _is_ours(command: object) -> bool:
    if not isinstance(command, list) or len(command) < 3 or command[0] != sys.executable:
        return False
    return command[1:3] == ["-m", "hsdesk"] or (command[1] == "-c" and command[2].startswith(FORKED))


_PIPES = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")


def _may_fork(asked: Mapping[str, Any]) -> bool:
    env = os.environ if asked["env"] is None else asked["env"]
    return (
        sys.platform == "linux"
        and asked["executable"] in (None, sys.executable)
        and not (asked["preexec_fn"] or asked["pass_fds"] or asked["shell"])
        and all(env.get(name) == said for name, said in _TAKEN_IN.items())
        and env.get("PYTHONWARNINGS", "") in ("", "error")
    )


@dataclass
class Nursery:
    """The process that has read the program, and forks."""

    process: subprocess.Popen[bytes]
    line: socket.socket
    turn: threading.Lock

    def ask(
        self, words: Sequence[str], env: Mapping[str, str] | None, cwd: object, fds: Sequence[int]
    ) -> int:
        """Fork a process with these arguments and open files; return its number. Raises ImportError."""
        asked = {
            "words": [os.fspath(word) for word in words],
            "env": dict(os.environ if env is None else env),
            "cwd": str(cwd or Path.cwd()),
        }
        with self.turn:
            try:
                socket.send_fds(self.line, [json.dumps(asked).encode()], list(fds))
                return int(self.line.recv(100))
            except (OSError, ValueError) as error:
                raise ImportError("the program could not be read; the lines above say why") from error


@cache
def _nursery() -> Nursery:
    """Start the process once. What it forks becomes a child of this one when whoever forked it has gone."""
    ctypes.CDLL(None).prctl(_TAKE_IN_ORPHANS, 1, 0, 0, 0)
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        process = subprocess.Popen(
            [sys.executable, __file__, str(there.fileno())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[there.fileno()],
        )  # fmt: skip
    return Nursery(process, here, threading.Lock())


def close() -> None:
    """End the process, if there is one."""
    if not _nursery.cache_info().currsize:
        return
    nursery = _nursery()
    nursery.line.close()
    nursery.process.communicate(timeout=20)
    _nursery.cache_clear()


def cheap_keys() -> Iterator[tuple[types.ModuleType, object]]:
    """Yield each module that derives keys from what people type, and a COST at which that takes no time."""
    from hsdesk.city.people import accounts
    from hsdesk.deskfile import wraps

    yield wraps, wraps.Argon2(memory=16, passes=1)
    yield accounts, accounts.Argon2Cost(memory=64, passes=1)


# The other side


def _serve(line: socket.socket) -> Mapping[str, Any] | None:
    """Fork until nobody asks any more. Returns in each new process, with what it is to do, and at the end."""
    while True:
        message, fds, *_rest = socket.recv_fds(line, _LONGEST, 3)
        if not message:
            return None
        reading, writing = os.pipe()
        between = os.fork()
        if between == 0:
            number = os.fork()
            if number == 0:
                for own, fd in enumerate(fds):
                    os.dup2(fd, own)
                for fd in (*fds, reading, writing):
                    os.close(fd)
                line.close()
                asked: Mapping[str, Any] = json.loads(message)
                return asked
            os.write(writing, str(number).encode())
            os._exit(0)
        os.waitpid(between, 0)  # from here on the new process belongs to the tests
        line.send(os.read(reading, 100))
        for fd in (*fds, reading, writing):
            os.close(fd)


def _preload() -> None:
    import gc
    import importlib
    import pkgutil

    import hsdesk

    for found in pkgutil.walk_packages(hsdesk.__path__, "hsdesk."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    for name in _PRELOADED:
        importlib.import_module(name)
    for module, cost in cheap_keys():
        module.__dict__["COST"] = cost
    gc.collect()
    gc.freeze()


def _run(asked: Mapping[str, Any]) -> None:
    """Be the program that was asked for."""
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    os.chdir(asked["cwd"])
    if os.environ.get("PYTHONWARNINGS"):
        warnings.simplefilter("error")
    sys.path[0] = asked["cwd"]
    how, what, *rest = asked["words"]
    sys.argv[:] = ["-c" if how == "-c" else what, *rest]
    if how == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
        return
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    exec(compile(what, "<string>", "exec"), main.__dict__)


if __name__ == "__main__":
    sys.path.insert(1, str(Path(__file__).parents[1]))
    _preload()
    to_do = _serve(socket.socket(fileno=int(sys.argv[1])))
    if to_do is not None:
        _run(to_do)
