"""livez: the process answers. readyz: it could answer a call now."""

from django.http import HttpRequest, JsonResponse

from assistants import live
from customers import directory
from customers.local_copy.file import CopyUnusable
from personalization.node_state import node_state

# Counting goes no further: a probe must not take long.
_MOST_MESSAGES = 1_000


def livez(request: HttpRequest) -> JsonResponse:
    """200 as long as this process can answer at all."""
    return JsonResponse({"status": "alive"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 where a call could be answered now, else 503; the body says what is missing."""
    try:
        directory.require_copy()
        live.current()
    except CopyUnusable as sentence:
        return _not_ready(str(sentence))
    except Exception as error:  # whatever keeps us from reading the rules, the answer is no
        return _not_ready(f"The rules cannot be read ({type(error).__name__}).")
    state = node_state(most_messages=_MOST_MESSAGES)
    return JsonResponse(
        {
            "status": "ready",
            "version": state.version,
            "copy": directory.freshness(),
            "copy_age_s": None if state.copy_age_s is None else round(state.copy_age_s, 1),
            "spool": state.waiting,
        }
    )


def _not_ready(detail: str) -> JsonResponse:
    response = JsonResponse({"status": "not ready", "detail": detail}, status=503)
    # Django would log each of the probes that a load balancer sends every second; the answer says it all.
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark, which its stub lacks
    return response
