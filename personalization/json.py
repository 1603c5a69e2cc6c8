"""JSON in and out of DRF by orjson: one parser, one renderer, nothing to negotiate."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

import orjson
from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_BOM = b"\xef\xbb\xbf"


class BodyTooLarge(APIException):
    """413: the body is larger than we take."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is larger than 32 MiB."


class JSONParser(BaseParser):
    """JSON in UTF-8, with or without a byte order mark; the body is bounded before it is read."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as Python values. Raises ParseError (400) and BodyTooLarge (413)."""
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise BodyTooLarge
        return loads(body)


class JSONRenderer(BaseRenderer):
    """JSON as orjson writes it."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """The bytes of `data`; nothing for None."""
        return b"" if data is None else orjson.dumps(data)


class OnlyJSON(BaseContentNegotiation):
    """Whatever the sender says it accepts, the answer is JSON: this is a machine's door."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The JSON parser; raises UnsupportedMediaType (415) for another Content-Type, and for compressed bodies.

        A few kilobytes of those could become gigabytes, and Vapi sends none.
        """
        encoding = request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
        if encoding != "identity":
            raise UnsupportedMediaType(encoding, "Send the body uncompressed: no Content-Encoding is taken.")
        content_type = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        if content_type != "application/json":
            raise UnsupportedMediaType(content_type, "Send Content-Type: application/json.")
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The JSON renderer."""
        return renderers[0], renderers[0].media_type


def loads(body: bytes) -> Any:
    """JSON text as Python values. Raises ParseError (400) with what is wrong.

    Python's own parser has a second look at what orjson refuses (a byte order mark, lone surrogates), since a
    report with a broken character in its transcript is still a report.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        refusal = str(error)
    try:
        return _without_surrogates(json.loads(body.removeprefix(_BOM).decode(), parse_constant=_refuse_constant))
    except RecursionError:
        raise ParseError("The JSON is nested too deeply.") from None
    except ValueError:
        raise ParseError(f"The body is not JSON: {refusal}.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _without_surrogates(value: Any) -> Any:
    """`value` with lone surrogates, which no database stores, replaced; infinities are refused."""
    match value:
        case str():
            return value if value.isascii() else value.encode("utf-8", "replace").decode()
        case list():
            return [_without_surrogates(item) for item in value]
        case dict():
            return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
        case float() if value in {float("inf"), float("-inf")}:
            raise ValueError("a number is too large")
        case _:
            return value
