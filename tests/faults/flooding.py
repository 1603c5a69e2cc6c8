"""A flood in a process of its own, so that it takes no time from those who call: `python -m tests.faults.flooding`."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tests.faults.node import message_headers, report

_PAGE = b"GET /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
_TABS = 500


async def transcripts(port: int) -> None:
    """500 a second."""
    await _messages(port, {"type": "transcript", "transcript": "Hello?", "call": {"id": "call-1"}}, a_second=500)


async def reports(port: int) -> None:
    """20 a second, of 200 kB each."""
    await _messages(port, report("flood") | {"artifact": {"transcript": "word " * 40_000}}, a_second=20)


async def admin_tabs(port: int) -> None:
    """Load one page after the other."""

    async def tab() -> None:
        while True:
            await _answered(port, _PAGE)

    await asyncio.gather(*(tab() for _ in range(_TABS)))


async def _messages(port: int, message: object, *, a_second: int) -> None:
    body = json.dumps({"message": message}).encode()
    headers = "".join(f"{name}: {value}\r\n" for name, value in message_headers().items())
    head = f"POST /api/assistant-selector HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{headers}"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    began, sent = time.monotonic(), 0
    async with asyncio.TaskGroup() as group:
        while True:
            for _ in range(int((time.monotonic() - began) * a_second) - sent):
                group.create_task(_answered(port, request))
                sent += 1
            await asyncio.sleep(0.01)


async def _answered(port: int, request: bytes) -> None:
    """Sends the request on a new connection and reads the answer to its end."""
    with suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(request)
            await reader.read()
        finally:
            writer.close()


FLOODS: dict[str, Callable[[int], Awaitable[None]]] = {
    "500 transcripts a second": transcripts,
    "20 reports of 200 kB a second": reports,
    "500 admin tabs": admin_tabs,
}


async def main(name: str, port: str) -> None:
    """Floods until killed."""
    await FLOODS[name](int(port))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
