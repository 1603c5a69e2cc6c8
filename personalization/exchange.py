"""RSGI, the server's interface to an event loop: a request, its body, and the way back.

https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md
"""

import asyncio
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Protocol

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # public, but not said to be exported

Headers = list[tuple[str, str]]
JSON: Headers = [("content-type", "application/json")]
TEXT: Headers = [("content-type", "text/plain; charset=utf-8")]


class Scope(Protocol):
    """A request without its body; `client` is address:port, `path` as it came, `headers` by name in lower case."""

    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    headers: Any


class Exchange(Protocol):
    """The body, at once or in pieces, and the answer."""

    async def __call__(self) -> bytes: ...
    def __aiter__(self) -> Any: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...
    def response_stream(self, status: int, headers: Headers) -> Any: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: HTTP's status, the headers and the body."""

    status: int
    headers: Headers
    content: bytes


class BadBody(Exception):
    """A body that is too large or takes too long; `status` is HTTP's word for it."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


async def read_body(scope: Scope, exchange: Exchange, *, largest: int, seconds: float) -> bytes:
    """The whole body.

    Raises BadBody where it has more than `largest` bytes, is not here in so many seconds, or breaks off before the
    length that was announced; where none was, the server does not tell.
    """
    announced = scope.headers.get("content-length")
    try:
        async with asyncio.timeout(seconds):
            if announced and int(announced) <= largest:
                return await exchange()  # in pieces it takes longer, by a sixth of a call's time
            return await _read_in_pieces(exchange, largest)
    except TimeoutError:
        raise BadBody(f"The body took longer than {seconds} seconds to arrive.", 408) from None
    except ProtocolClosed:
        raise BadBody("The body broke off.", 400) from None


async def _read_in_pieces(exchange: Exchange, largest: int) -> bytes:
    parts, size = [], 0
    async for part in exchange:
        parts.append(part)
        if (size := size + len(part)) > largest:
            raise BadBody(f"The body is larger than {largest // 2**20} MiB.", 413)
    return b"".join(parts)


def wsgi_environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """The request as WSGI (PEP 3333) has it."""
    address, _, port = scope.client.rpartition(":")
    environ = {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path,
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": address,
        "REMOTE_PORT": port,
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": scope.scheme,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue  # no proxy writes such, and WSGI would take it for the one with hyphens
        key = wsgi_name(name)
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    environ |= {"CONTENT_TYPE": environ.get("HTTP_CONTENT_TYPE", ""), "CONTENT_LENGTH": str(len(body))}
    return environ


def wsgi_name(header: str) -> str:
    """What WSGI calls a request's header."""
    return f"HTTP_{header.upper().replace('-', '_')}"
