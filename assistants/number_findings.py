"""What is to be done about a number at Vapi, so that its calls reach this server and never end in silence."""

from collections.abc import Iterator
from dataclasses import dataclass

from assistants.vapi import Object
from assistants.vapi_numbers import SECRET_HEADER, Endpoint, answered_by, server_of

# Vapi waits 7.5 s for an assistant whatever this says; it limits how long a report of many megabytes may take.
_SHORTEST_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence with what to do; a remark where nothing is wrong."""

    sentence: str
    is_wrong: bool = True

    def __str__(self) -> str:
        return f"{'wrong' if self.is_wrong else 'note'}: {self.sentence}"


def number_findings(number: Object, *, here: Endpoint, is_line: bool) -> Iterator[Finding]:
    """What to know about one number (as Vapi sends it); `is_line` where this server has a line for it.

    Numbers that are neither a line of ours nor point here are other people's: noted, and not wrong.
    """
    server, target = server_of(number), answered_by(number)
    ours = is_line or server.get("url") == here.url
    if number.get("status") == "blocked":
        yield Finding("Vapi has blocked this number: see its dashboard.", is_wrong=ours)
    if target:
        yield Finding(f"{target} answers by itself, so this server is not asked: connect_phone_number.", is_wrong=ours)
    elif not server.get("url"):
        yield Finding("it has no server of its own to ask: connect_phone_number.", is_wrong=ours)
    elif server["url"] != here.url:
        yield Finding(f"Vapi asks {server['url']}, and not {here.url}: connect_phone_number.", is_wrong=ours)
    else:
        yield from _server_findings(server, here)
        if not is_line:
            yield Finding("no line here is this number, so only rules for all lines hold: add a line.", is_wrong=False)
    if ours and not number.get("fallbackDestination"):
        yield Finding(
            "no fallback destination: callers hear an error when this server is down. Name one to connect_phone_number."
        )


def _server_findings(server: Object, here: Endpoint) -> Iterator[Finding]:
    if here.url.startswith("http://"):
        yield Finding("the address is not https://, so secrets and numbers travel readable: change PUBLIC_URL.")
    yield from _secret_findings(server, here)
    seconds = server.get("timeoutSeconds")
    if isinstance(seconds, int | float) and seconds < _SHORTEST_TIMEOUT_S:
        yield Finding(f"Vapi gives up on reports after {seconds:g} s: leave its time-out at 20 s.")


def _secret_findings(server: Object, here: Endpoint) -> Iterator[Finding]:
    sent = _secrets_in(server)
    known = [here.secrets.index(secret) for secret in sent if secret in here.secrets]
    if known:
        if position := min(known):
            sentence = (
                f"it still sends secret {position + 1} of VAPI_WEBHOOK_SECRETS: connect it again before that goes."
            )
            yield Finding(sentence, is_wrong=False)
    elif server.get("credentialId") or any("*" in secret for secret in sent):
        what = f"credential “{server['credentialId']}”" if server.get("credentialId") else "a hidden secret"
        yield Finding(f"it proves itself by {what}, which cannot be read: try a call.", is_wrong=False)
    else:
        which = "a secret that is not in VAPI_WEBHOOK_SECRETS" if sent else "no secret"
        yield Finding(f"it sends {which}, so every call is refused (401): connect_phone_number.")


def _secrets_in(server: Object) -> list[str]:
    """The secrets that Vapi sends, in whatever header."""
    headers = {name.lower(): str(value) for name, value in (server.get("headers") or {}).items()}
    bearer = headers.get("authorization", "").removeprefix("Bearer ").strip()
    return [secret for secret in (headers.get(SECRET_HEADER.lower()), bearer, server.get("secret")) if secret]
