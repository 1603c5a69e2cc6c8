"""A TCP proxy in front of PostgreSQL that can be broken in the ways in which networks break."""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: close answers with a reset


class Proxy:
    """Listens on `port` and passes on to `target`, which may change; runs in a thread of its own."""

    def __init__(self) -> None:
        self.target = 0
        self._delay = 0.0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._under_way: set[asyncio.Task[None]] = set()
        self._resets = False
        self._passing = asyncio.Event()
        self._passing.set()
        self.port = 0
        self._do(self._listen())

    def refuse(self) -> None:
        """As a machine on which nothing listens."""
        self._do(self._close())

    def accept(self) -> None:
        """As before `refuse`."""
        self._do(self._listen())

    def reset(self, *, always: bool) -> None:
        """Breaks every connection; with `always` each new one too."""
        self._resets = always
        self._do(self._hang_up())

    def swallow(self, *, everything: bool) -> None:
        """A black hole: connections stay, and nothing comes through."""
        self._loop.call_soon_threadsafe(self._passing.clear if everything else self._passing.set)

    def slow_down(self, *, seconds: float) -> None:
        """Keeps everything that is sent to PostgreSQL for so long."""
        self._delay = seconds

    def close(self) -> None:
        """Ends it all."""
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(5)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        await self._hang_up()

    async def _hang_up(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._under_way.add(task)
        try:
            if not self._resets:
                await self._connect(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            _reset(writer)
            self._under_way.discard(task)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._passing.wait()
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        pumps = [
            asyncio.ensure_future(self._pump(reader, far_writer, slowly=True)),
            asyncio.ensure_future(self._pump(far_reader, writer, slowly=False)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            _reset(far_writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, slowly: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._passing.wait()
                if slowly and self._delay:
                    await asyncio.sleep(self._delay)
                writer.write(data)
                await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    writer.transport.abort()
