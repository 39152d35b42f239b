"""A cable between a desk and a city server that is cut after so many bytes, and mended again."""

from __future__ import annotations

import asyncio

from bench.storm import Proxy

_PIECE = 8192


class CutCable(Proxy):
    """Passes bytes until `left` have gone up (or down); then every connection breaks."""

    def __init__(self, port: int, *, up: int = 1 << 40, down: int = 1 << 40) -> None:
        self.left = [up, down]
        self.passed = [0, 0]
        super().__init__(port)

    def mend(self) -> None:
        self.left = [1 << 40, 1 << 40]

    def _fails(self) -> bool:
        return min(self.left) <= 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._near = writer
        await super()._serve(reader, writer)

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, other: asyncio.StreamWriter
    ) -> None:
        way = 1 if sink is self._near else 0
        try:
            while piece := await source.read(_PIECE):
                self.left[way] -= len(piece)
                if self._fails():
                    break
                self.passed[way] += len(piece)
                sink.write(piece)
                await sink.drain()
        except OSError:
            pass
        finally:
            for end in (sink, other):
                end.transport.abort() if self._fails() else None
            sink.close()
