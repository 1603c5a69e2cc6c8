"""livez: the process answers. readyz: it could answer a call now."""

from django.http import HttpRequest, JsonResponse

from assistants import live
from customers import directory


def livez(request: HttpRequest) -> JsonResponse:
    """200 as long as this process can answer at all."""
    return JsonResponse({"status": "alive"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 where a call could be answered now, else 503; the body says what is missing."""
    try:
        live.current()
    except Exception as error:  # whatever keeps us from reading the rules, the answer is no
        return _not_ready(f"The rules cannot be read ({type(error).__name__}): is the database there and migrated?")
    if not directory.is_ready():
        return _not_ready("Customers cannot be looked up: is the database there and migrated?")
    return JsonResponse({"status": "ready"})


def _not_ready(detail: str) -> JsonResponse:
    response = JsonResponse({"status": "not ready", "detail": detail}, status=503)
    # Django would log each of the probes that a load balancer sends every second; the answer says it all.
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark, which its stub lacks
    return response
