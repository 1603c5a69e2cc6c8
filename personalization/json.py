"""JSON in and out by orjson, for the webhook and for DRF: one parser, one renderer, nothing to negotiate."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from customers import foreign_json


class BodyTooLarge(APIException):
    """413: the body is larger than we take."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class JSONParser(BaseParser):
    """JSON in UTF-8, with or without a byte order mark; the body is bounded before it is read."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as Python values. Raises ParseError (400) and BodyTooLarge (413)."""
        try:
            return loads(whole(stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)))
        except TooLarge as error:
            raise BodyTooLarge(str(error)) from None
        except ValueError as error:
            raise ParseError(str(error)) from None


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
        """The JSON parser; raises UnsupportedMediaType (415) for bodies of another kind."""
        if sentence := what_to_send_instead(request.headers):
            raise UnsupportedMediaType("", sentence)
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The JSON renderer."""
        return renderers[0], renderers[0].media_type


def what_to_send_instead(headers: Mapping[str, str]) -> str:
    """A sentence where a body with these headers (names in lower case) is not plain JSON; else nothing.

    A few compressed kilobytes could become gigabytes, and Vapi sends none.
    """
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        return "Send the body uncompressed: no Content-Encoding is taken."
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return "Send Content-Type: application/json."
    return ""


class TooLarge(Exception):
    """A body of which not all was read."""

    def __str__(self) -> str:
        return f"The body is larger than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20} MiB."


def whole(body: bytes) -> bytes:
    """The same body. Raises TooLarge where it goes beyond what is read."""
    if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise TooLarge
    return body


def loads(body: bytes) -> Any:
    """JSON text as Python values. Raises ValueError with a sentence that says what is wrong."""
    try:
        return foreign_json.loads(body)
    except foreign_json.TooDeep:
        raise ValueError("The JSON is nested too deeply.") from None
    except ValueError as error:
        raise ValueError(f"The body is not JSON: {error}.") from None
