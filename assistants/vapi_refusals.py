"""Why Vapi did not do what it was asked: its answers put into a sentence that says what to do."""

import httpx
from django.conf import settings

_LONGEST_REASON = 300


def asked_pause(response: httpx.Response) -> float:
    """How many seconds Vapi wants us to wait, at least one."""
    asked = response.headers.get("Retry-After", "")
    return max(float(asked), 1.0) if asked.isascii() and asked.isdigit() else 5.0


def too_many(waited: float, pause: float) -> str:
    """The sentence for a 429 that asks for more patience than we have, in seconds."""
    return f"Vapi asks for fewer requests: after {waited:g} s of waiting it wants {pause:g} s more. Try again later."


def refusal(response: httpx.Response, what: str) -> str:
    """The sentence for an answer that is no success; `what` was asked for, such as `call 019c…`."""
    status = response.status_code
    if status in (401, 403):
        key = f"…{settings.VAPI_API_KEY[-4:]}" if len(settings.VAPI_API_KEY) > 8 else "as it is"
        return f"Vapi refused the key in VAPI_API_KEY ({key}): it must be a private key of your organisation, no other."
    if status == 404:
        return (
            f"Vapi knows no {what}: look whether the id, VAPI_API_KEY and VAPI_API_URL are those of one organisation."
        )
    if status >= 500:
        return f"Vapi has trouble of its own ({status}): try again later."
    return f"Vapi refused the request ({status}): {_reason(response)}"


def _reason(response: httpx.Response) -> str:
    """What Vapi says is wrong: a sentence or a list of them."""
    try:
        said = response.json()["message"]
    except (ValueError, KeyError, TypeError):
        return "it does not say why."
    text = "; ".join(map(str, said)) if isinstance(said, list) else str(said)
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"
