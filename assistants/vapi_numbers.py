"""Numbers at Vapi: which one is meant, who answers it, and the change that points it at this server."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from assistants.later_messages import webhook
from assistants.vapi import Object
from customers.phone_numbers import InvalidNumber, parse_number, parse_sip_uri

SECRET_HEADER = "X-Vapi-Secret"
PROVIDERS = ("byo-phone-number", "twilio", "vonage", "vapi", "telnyx")
# Who can answer a number by itself; Vapi asks a server only where none of them is set.
TARGETS: Mapping[str, str] = {"assistantId": "assistant", "squadId": "squad", "workflowId": "workflow"}
_SHOWN = 10


class UnusableNumber(ValueError):
    """A sentence: why this cannot be connected, and what to do."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where Vapi shall ask, and the secrets that are accepted there, newest first."""

    url: str
    secrets: Sequence[str]


def this_server() -> Endpoint:
    """This installation's webhook as Vapi reaches it. Raises UnusableNumber where no address is known."""
    if not settings.PUBLIC_URL:
        raise UnusableNumber("PUBLIC_URL is not set: put the address into .env under which Vapi reaches this server.")
    return Endpoint(webhook(settings.PUBLIC_URL), tuple(settings.VAPI_WEBHOOK_SECRETS))


def shown(number: Object) -> str:
    """A number as people know it: its digits or SIP address, and its name."""
    address = number.get("number") or number.get("sipUri") or number["id"]
    return f"{address} ({number['name']})" if number.get("name") else str(address)


def server_of(number: Object) -> Object:
    """The number's server, in today's form or the older one; empty where it has none."""
    older = {"url": number.get("serverUrl"), "secret": number.get("serverUrlSecret")}
    return number.get("server") or {name: value for name, value in older.items() if value}


def answered_by(number: Object) -> str:
    """Who answers the number by itself, such as `assistant “asst_1”`; empty where Vapi asks a server."""
    return " and ".join(f"{word} “{number[key]}”" for key, word in TARGETS.items() if number.get(key))


def find_number(text: str, numbers: Iterable[Object], *, region: str) -> Object:
    """The number with this id, number (in any spelling) or SIP address. Raises UnusableNumber."""
    wanted, there = _spellings(text, region), list(numbers)
    for number in there:
        if wanted & {number["id"], number.get("number"), *_spellings(number.get("sipUri") or "", region)}:
            return number
    known = ", ".join(shown(number) for number in there[:_SHOWN])
    more = ", …" if len(there) > _SHOWN else ""
    raise UnusableNumber(f"Vapi has no number “{text}”: " + (f"there are {known}{more}." if there else "it has none."))


def _spellings(text: str, region: str) -> set[str]:
    """How the same number or SIP address may stand at Vapi."""
    found = {text} if text else set()
    with suppress(InvalidNumber):
        found.add(parse_number(text, region).number)
    with suppress(InvalidNumber):
        found.add(parse_sip_uri(text))
    return found


def read_fallback(text: str, *, region: str) -> Object:
    """A fallbackDestination: a number in any spelling, or a SIP address. Raises UnusableNumber."""
    try:
        if text.lower().startswith(("sip:", "sips:")):
            return {"type": "sip", "sipUri": parse_sip_uri(text)}
        found = parse_number(text, region)
    except InvalidNumber as error:
        raise UnusableNumber(f"The fallback destination “{text}” {error}: write it as in +12025550177.") from error
    return {"type": "number", "number": found.number} | ({"extension": found.extension} if found.extension else {})


def change_to_connect(number: Object, *, to: Endpoint, fallback: Object | None, credential_id: str = "") -> Object:
    """The body of PATCH /phone-number/{id} after which Vapi asks `to` who answers.

    Vapi proves itself by the credential where one is named (or already serves this very address), else by the newest
    secret in a header. Vapi replaces a server as a whole, so its other settings are sent along. Raises UnusableNumber.
    """
    if number.get("provider") not in PROVIDERS:
        raise UnusableNumber(f"{shown(number)} is of a provider that is not known here: “{number.get('provider')}”.")
    if fallback and fallback.get("number", fallback.get("sipUri")) in (number.get("number"), number.get("sipUri")):
        raise UnusableNumber(f"{shown(number)} cannot be its own fallback destination: callers would go in circles.")
    return {
        "provider": number["provider"],
        **dict.fromkeys(TARGETS),
        "server": _server(server_of(number), to, credential_id),
        "fallbackDestination": fallback,
    }


def _server(before: Object, to: Endpoint, credential_id: str) -> Object:
    kept = {name: value for name, value in before.items() if name != "secret"} if before.get("url") == to.url else {}
    headers = {name: value for name, value in (kept.pop("headers", None) or {}).items() if not _is_secret(name)}
    credential = credential_id or kept.pop("credentialId", None)
    if credential:
        proof: Object = {"credentialId": credential} | ({"headers": headers} if headers else {})
    elif to.secrets:
        proof = {"headers": {**headers, SECRET_HEADER: to.secrets[0]}}
    else:
        raise UnusableNumber(
            "VAPI_WEBHOOK_SECRETS is not set: set it, or name a credential that you made at Vapi with --credential-id."
        )
    return {**kept, "url": to.url, **proof}


def _is_secret(header: str) -> bool:
    return header.lower() in (SECRET_HEADER.lower(), "authorization")


def masked(change: Object) -> Object:
    """The change as it may be shown: all headers' values are hidden."""
    server: dict[str, Any] = change["server"]
    if "headers" not in server:
        return change
    return {**change, "server": {**server, "headers": dict.fromkeys(server["headers"], "(hidden)")}}
