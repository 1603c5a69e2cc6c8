"""People's pages and the API, handed on by the front door to the processes that answer them.

Lanes bound how many are under way at once: the API has more room than the pages, and neither can grow without end.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from string import punctuation
from typing import Any
from urllib.parse import quote

import httpx
import orjson
from django.conf import settings

from personalization.exchange import JSON, TEXT, BadBody, Exchange, Headers, Scope, read_body, wsgi_environ, wsgi_name
from personalization.forwarded import believe

# Between two hops only (RFC 9110, section 7.6.1), or said anew by who sends on.
_OF_ONE_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection"}
_PATIENCE = httpx.Timeout(120, connect=2).as_dict()
_REFUSED_AFTER_SECONDS = 1  # as those who ask again at once would be a flood
_BODY_SECONDS = 60
_LARGEST_BODY = 64 * 1024 * 1024
_SMALL = 256 * 1024


class Busy(Exception):
    """As many wait already as may."""


class Lane:
    """At most `at_once` under way, at most `waiting` more in line, none in line for longer than `seconds`."""

    def __init__(self, *, at_once: int, waiting: int, seconds: float) -> None:
        self._free, self._room, self._seconds = asyncio.Semaphore(at_once), at_once + waiting, seconds

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Waits for a place. Raises Busy."""
        if not self._room:
            raise Busy
        self._room -= 1
        try:
            try:
                async with asyncio.timeout(self._seconds):
                    await self._free.acquire()
            except TimeoutError:
                raise Busy from None
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._room += 1


class HandingOn:
    """The way to the processes behind, one per worker of the front door."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._api = Lane(at_once=16, waiting=200, seconds=20)
        self._pages = Lane(at_once=8, waiting=200, seconds=20)
        # No client: it would keep the cookies of whoever signs in, and send them with everybody's requests.
        self._wire = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=64), trust_env=False)

    async def answer(self, scope: Scope, exchange: Exchange, more: Headers, body: bytes | None = None) -> None:
        """Answers the request as the process behind does, with `more` headers; `body` where it was read already."""
        lane = self._api if scope.path.startswith("/api/") else self._pages
        try:
            if body is None:
                body = await read_body(scope, exchange, largest=_LARGEST_BODY, seconds=_BODY_SECONDS)
            async with lane.entered(), self._asked(scope, body) as answer:
                await _pass_on(answer, exchange, more)
        except BadBody as error:
            _refuse_body(scope, exchange, error)
        except Busy:
            await _refuse(exchange, "Too much to do right now: try again.", retry_after=5)
        except httpx.TransportError:
            # Also where the answer broke off half-way: then this raises once more, and the connection ends.
            await _refuse(exchange, "Not there right now: try again in a moment.", retry_after=2)

    @asynccontextmanager
    async def _asked(self, scope: Scope, body: bytes) -> AsyncIterator[httpx.Response]:
        query = f"?{quote(scope.query_string, safe=punctuation)}" if scope.query_string else ""
        # As it is: in a URL, /a/../b would become /b, and a request about one customer would be about another.
        target = f"{quote(scope.path, safe='/:@!$&()*+,;=')}{query}".encode()
        told: dict[str, Any] = {"timeout": _PATIENCE, "target": target}
        url = f"http://127.0.0.1:{self._port}/"
        request = httpx.Request(scope.method, url, headers=_headers(scope), content=body, extensions=told)
        answer = await self._wire.handle_async_request(request)
        try:
            yield answer
        finally:
            await answer.aclose()


def _headers(scope: Scope) -> Headers:
    """The request's headers; of the X-Forwarded-… ones only what can be believed, and whom we heard it from."""
    environ = wsgi_environ(scope, b"")
    believe(environ, settings.TRUSTED_PROXIES)
    kept = [
        (name, value)
        for name, value in scope.headers.items()
        if name not in _OF_ONE_HOP and name != "x-forwarded-for" and "_" not in name
        if not name.startswith("x-forwarded-") or wsgi_name(name) in environ
    ]
    return [*kept, ("x-forwarded-for", environ["REMOTE_ADDR"])]


def _refuse_body(scope: Scope, exchange: Exchange, error: BadBody) -> None:
    if scope.path.startswith("/api/"):
        exchange.response_bytes(error.status, JSON, orjson.dumps({"detail": str(error)}))
    else:
        exchange.response_bytes(error.status, TEXT, str(error).encode())


async def _refuse(exchange: Exchange, sentence: str, *, retry_after: int) -> None:
    await asyncio.sleep(_REFUSED_AFTER_SECONDS)
    exchange.response_bytes(503, [*TEXT, ("retry-after", str(retry_after))], sentence.encode())


async def _pass_on(answer: httpx.Response, exchange: Exchange, more: Headers) -> None:
    headers = [(name, value) for name, value in answer.headers.multi_items() if name not in _OF_ONE_HOP] + more
    if int(answer.headers.get("content-length", _SMALL)) < _SMALL:
        exchange.response_bytes(answer.status_code, headers, b"".join([part async for part in answer.aiter_raw()]))
        return
    stream = exchange.response_stream(answer.status_code, headers)
    async for part in answer.aiter_raw():
        await stream.send_bytes(part)
