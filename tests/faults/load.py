"""Calls as they come: so many a second by the clock, whatever became of those before, each judged by what it hears."""

import asyncio
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

from bench.people import name_of
from tests.faults.node import PEOPLE, Node, call_body, greeted_name, message_headers

RATE = 100
_PATIENCE_S = 7.5  # Vapi's
_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Heard:
    """What came of one call: seconds since it was due, which rung answered, and what is wrong with it, if anything."""

    seconds: float
    source: str
    wrong: str


@dataclass(frozen=True)
class Outcome:
    """What came of all calls."""

    calls: list[Heard]

    @property
    def lost(self) -> list[str]:
        """What was wrong with those that did not hear their own name."""
        return [call.wrong for call in self.calls if call.wrong]

    def quantiles(self, *shares: float) -> list[float]:
        """Within how many seconds such shares of all calls were answered; of 1: the slowest."""
        times = sorted(call.seconds for call in self.calls)
        return [times[min(int(len(times) * share), len(times) - 1)] for share in shares]


class Load:
    """`with Load(node) as load:` calls within; `load.outcome` afterwards. Every other call makes a new connection."""

    def __init__(self, node: Node, *, rate: int = RATE) -> None:
        self._port, self._rate = node.port, rate
        self._heard: list[Heard] = []
        self._idle: deque[_Connection] = deque()
        self._stopping = False
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stopping = True
        self._thread.join()

    @property
    def outcome(self) -> Outcome:
        """So far."""
        return Outcome(list(self._heard))

    async def _run(self) -> None:
        began, number = time.monotonic(), 0
        under_way: set[asyncio.Task[None]] = set()
        while not self._stopping:
            due_at = began + number / self._rate
            await asyncio.sleep(max(0, due_at - time.monotonic()))
            task = asyncio.create_task(self._call(number, due_at))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            number += 1
        await asyncio.gather(*under_way)
        for _, writer in self._idle:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _call(self, number: int, due_at: float) -> None:
        person = 1 + number % (PEOPLE - 1)
        source, wrong = "none", ""
        try:
            async with asyncio.timeout_at(asyncio.get_running_loop().time() + _PATIENCE_S):
                head, body = await self._answer(person, keep_alive=bool(number % 2))
            source = _header(head, b"x-answer-source")
            if not head.startswith(b"HTTP/1.1 200") or greeted_name(body) != name_of(person):
                wrong = f"{head[:30]!r} {body[:200]!r}"
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            wrong = repr(error)
        self._heard.append(Heard(time.monotonic() - due_at, source, wrong))

    async def _answer(self, person: int, *, keep_alive: bool) -> tuple[bytes, bytes]:
        connection = (self._pooled() if keep_alive else None) or await self._connected()
        return await self._exchange(connection, person, keep_alive=keep_alive)

    async def _exchange(self, connection: _Connection, person: int, *, keep_alive: bool) -> tuple[bytes, bytes]:
        reader, writer = connection
        stays = False
        try:
            writer.write(_request(call_body(person), keep_alive=keep_alive))
            await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(int(_header(head, b"content-length") or 0))
            stays = keep_alive and _header(head, b"connection") != "close"
            return head, body
        finally:
            if stays:
                self._idle.append(connection)
            else:
                writer.close()

    async def _connected(self) -> _Connection:
        return await asyncio.open_connection("127.0.0.1", self._port)

    def _pooled(self) -> _Connection | None:
        """A connection that is still open, as any client's pool looks for one."""
        while self._idle:
            reader, writer = self._idle.popleft()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        return None


def _request(body: bytes, *, keep_alive: bool) -> bytes:
    lines = ["POST /api/assistant-selector HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in message_headers().items()]
    lines += [] if keep_alive else ["Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _header(head: bytes, name: bytes) -> str:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(name + b":"):
            return line.split(b":", 1)[1].strip().decode()
    return ""
