"""Errors of the API as problem details (RFC 9457), each wrong field with its name and a sentence."""

import logging
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from personalization.api.keys import HasScope, KeyAuthentication, LacksScope, PerKey
from personalization.json import JSONParser, JSONRenderer, OnlyJSON

logger = logging.getLogger("personalization.api")

MEDIA_TYPE = "application/problem+json"
_WHOLE = "non_field_errors"


class Conflict(APIException):
    """409: what is asked for contradicts what is there."""

    status_code = HTTPStatus.CONFLICT


class Gone(APIException):
    """410: this was erased and does not come back."""

    status_code = HTTPStatus.GONE


class PreconditionFailed(APIException):
    """412: somebody changed it since it was read."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_detail = "This customer was changed since you read it: read it again, and repeat your change."


class Refused(APIException):
    """422: our rules or settings forbid what is asked for. `extra` goes into the answer (RFC 9457, section 3.2)."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, sentence: str, **extra: Any) -> None:
        super().__init__(sentence)
        self.extra = extra


class BadGateway(APIException):
    """502: Vapi refused or could not be reached; nothing happened."""

    status_code = HTTPStatus.BAD_GATEWAY


class Unavailable(APIException):
    """503: the database cannot answer now."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = "The customer or the database is busy: please send this again."
    wait = 5


class FieldProblem(serializers.Serializer[Any]):
    """One field that is wrong."""

    field = serializers.CharField(
        help_text="Such as email, phones[1], attributes; empty for the whole.", allow_blank=True
    )
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """What went wrong."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FieldProblem(many=True, required=False)  # type: ignore[assignment]  # a field, not what DRF calls so


class RefusedProblem(Problem):
    """What our rules or settings forbid."""

    reason = serializers.CharField(
        help_text="For programs: blocked, pin or rule:… where a refusal or transfer answers; else no-consent, "
        "do-not-call, inactive, blocked, no-number, country, quiet-hours, hourly-limit, daily-limit, notice, key-used …"
    )
    next_allowed_at = serializers.DateTimeField(required=False, help_text="When it may be asked for again.")
    say = serializers.CharField(required=False, help_text="What the customer may be told.")
    destination = serializers.DictField(required=False, help_text="Whom a phone call would be transferred to.")


class ApiView(APIView):
    """What all addresses of the API have in common; `scopes` says by method what a key must be good for."""

    authentication_classes = [KeyAuthentication]
    permission_classes = [HasScope]
    throttle_classes = [PerKey]
    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OnlyJSON
    scopes: dict[str, str] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuses a request to write that says nothing of what."""
        super().initial(request, *args, **kwargs)
        if request.method in {"POST", "PUT", "PATCH"} and request.META.get("CONTENT_LENGTH") in {None, "", "0"}:
            raise ValidationError("The request has no body: send JSON.")

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        """Problem details for all that goes wrong."""
        return handle


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an error; None for one that is our own, which the server logs and answers with 500."""
    error = _as_api_error(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, LacksScope):
        response.headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.scope}"'
    response.data = _problem(response.status_code, response.data)
    if isinstance(error, Refused):
        response.data |= error.extra
    response.content_type = MEDIA_TYPE
    return response


def field_problems(errors: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Each wrong field with its sentence, of errors nested as serializers give them: `phones[1]`, `sentence`."""
    if isinstance(errors, dict):
        for key, inner in errors.items():
            whole = key == _WHOLE
            yield from field_problems(inner, name if whole else _joined(name, key))
    elif isinstance(errors, list):
        for inner in errors:
            yield from field_problems(inner, name)
    else:
        yield name, str(errors)


def _joined(name: str, key: Any) -> str:
    if isinstance(key, int):
        return f"{name}[{key}]"
    return f"{name}.{key}" if name else str(key)


def _problem(status: int, data: Any) -> dict[str, Any]:
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if isinstance(data, dict) and set(data) == {"detail"}:
        return problem | {"detail": str(data["detail"])}
    errors = [{"field": field, "detail": detail} for field, detail in field_problems(data)]
    return problem | {"detail": " ".join(map(_sentence, errors)), "errors": errors}


def _sentence(error: dict[str, str]) -> str:
    return f"{error['field']}: {error['detail']}" if error["field"] else error["detail"]


def _as_api_error(error: Exception) -> Exception:
    match error:
        case Http404():
            return NotFound("There is nothing at this address.")
        case IntegrityError():
            return Conflict("Somebody saved the same customer or number just now: read it again, and repeat.")
        case OperationalError():
            logger.error("the database does not answer: %s", type(error.__cause__).__name__)
            return Unavailable()
        case SuspiciousOperation():
            return ValidationError({_WHOLE: ["The request names a host that this server does not answer for."]})
    return error
