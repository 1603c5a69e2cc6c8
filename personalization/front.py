"""The front door: Vapi's messages are answered here, in one event loop per worker; people's pages are handed on.

A call is decided in well under a millisecond and waits for nothing but its own body, so it is answered at once, in
the loop; so is what assistants ask in its midst. What waits (for a disk, a database, a slow reader) waits elsewhere:
reports in a few threads, pages and the API in processes of their own. So no flood of those, and no slow sender, takes a
call's place.
"""

import asyncio
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import orjson
from django.conf import settings

from assistants.later_messages import WEBHOOK
from personalization import metrics
from personalization.exchange import JSON, BadBody, Exchange, Headers, Reply, Scope, read_body, wsgi_environ
from personalization.handing_on import HandingOn
from personalization.messages import WAITED_FOR
from personalization.wsgi import machines  # which sets Django up: what follows needs models

# isort: split
from personalization.views import answer

_WEBHOOK = {WEBHOOK, f"{WEBHOOK}/"}
_OWN = _WEBHOOK | {"/livez", "/readyz", "/metrics"}
# A call says little. What is larger is a report, and parsing it here would keep calls waiting.
_LARGEST_BODY = 256 * 1024
# With its key: reports quote assistants, and these list the messages that they want sent.
_QUESTION = re.compile(rf'"type"\s*:\s*"(?:{"|".join(map(re.escape, WAITED_FOR))})"'.encode())
_BODY_SECONDS = 10
_THREADS = 4
_MOST_WAITING = 256
_CLOSE: Headers = [("connection", "close")]


class Front:
    """The RSGI application of each worker of the public port."""

    def __init__(self) -> None:
        self._reports = ThreadPoolExecutor(_THREADS, thread_name_prefix="reports")
        self._waiting = 0
        self._farewell: Headers = []

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called in each worker before its first request."""
        self._handing_on = HandingOn(int(os.environ["PAGES_PORT"]))

    def take_leave(self) -> None:
        """From now on every answer says that its connection closes, before the server closes those that are idle.

        Who sends a request just then would lose it (RFC 9112, section 9.6).
        """
        self._farewell = _CLOSE

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        """One request."""
        await self._answer(scope, exchange, self._farewell)

    async def answer_once(self, scope: Scope, exchange: Exchange) -> None:
        """One request, the only one of its connection."""
        await self._answer(scope, exchange, _CLOSE)

    async def _answer(self, scope: Scope, exchange: Exchange, farewell: Headers) -> None:
        if scope.path not in _OWN or int(scope.headers.get("content-length") or 0) > _LARGEST_BODY:
            await self._handing_on.answer(scope, exchange, farewell)
            return
        try:
            body = await read_body(scope, exchange, largest=settings.DATA_UPLOAD_MAX_MEMORY_SIZE, seconds=_BODY_SECONDS)
        except BadBody as error:
            exchange.response_bytes(error.status, JSON, orjson.dumps({"detail": str(error)}))
            return
        if len(body) > _LARGEST_BODY:
            await self._handing_on.answer(scope, exchange, farewell, body)
        else:
            reply = await self._reply(scope, body)
            exchange.response_bytes(reply.status, [*reply.headers, *farewell], reply.content)

    async def _reply(self, scope: Scope, body: bytes) -> Reply:
        if scope.path in _WEBHOOK:
            reply, is_quick = partial(answer, scope.method, scope.headers, body), may_be_call(body) or not body
        else:  # adding up a node's metrics takes milliseconds, in which no call should wait
            reply, is_quick = partial(_by_wsgi, scope, body), scope.path != "/metrics" and not body
        if is_quick:
            return reply()
        if self._waiting >= _MOST_WAITING:
            metrics.count_message(kind="", status=503)
            return Reply(503, JSON, b'{"detail":"Too many messages at once: please send this one again."}')
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._reports, reply)
        finally:
            self._waiting -= 1


def may_be_call(body: bytes) -> bool:
    """Whether a call may wait for the answer."""
    return bool(_QUESTION.search(body))


def _by_wsgi(scope: Scope, body: bytes) -> Reply:
    started = _Started()
    content = b"".join(machines(wsgi_environ(scope, body), started))
    return Reply(started.status, started.headers, content)


@dataclass
class _Started:
    """A WSGI answer's first half."""

    status: int = 500
    headers: Headers = field(default_factory=list)

    def __call__(self, status: str, headers: Headers) -> None:
        self.status, self.headers = int(status[:3]), headers


app = Front()
