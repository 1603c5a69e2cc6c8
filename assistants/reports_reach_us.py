"""Will Vapi's reports of a variant's calls come to this server? An assistant's own server gets them first.

Vapi sends an assistant's messages to the server of the assistant, else of the number, else of the organisation; the
overrides in our answer stand over the assistant: https://docs.vapi.ai/server-url/setting-server-urls
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

Facts = Mapping[str, Any]

_REPORT = "end-of-call-report"


def other_servers(assistant: Any) -> list[str]:
    """The hosts to which an assistant, a squad or overrides in Vapi's form send messages, other than this server's."""
    match assistant:
        case {"members": list(members)}:
            hosts = [host for member in members for host in _member_servers(member)]
        case {"server": {"url": str(url)}} | {"serverUrl": str(url)} if url:
            hosts = [_host(url)]
        case _:
            hosts = []
    return [host for host in dict.fromkeys(hosts) if host != _host(settings.PUBLIC_URL)]


def report_warnings(variant: Facts) -> Iterator[str]:
    """Sentences about one variant in the document's form: reports that will not come here, tools that will fail."""
    document, overrides = variant.get("document", {}), variant.get("overrides", {})
    if hosts := other_servers(overrides if "server" in overrides else document):
        yield elsewhere(variant, " and ".join(hosts))
    if variant.get("reports_here") and not settings.PUBLIC_URL:
        yield "“Reports to this server” does nothing: PUBLIC_URL is not set, so Vapi cannot be told where that is."
    chosen = overrides.get("serverMessages", document.get("serverMessages"))
    if isinstance(chosen, list) and _REPORT not in chosen:
        yield f"No reports will come of these calls: add “{_REPORT}” to serverMessages."


def elsewhere(variant: Facts, where: str) -> str:
    """What it means that messages of the variant's calls go `where`, as in `shop.example.com`."""
    if variant.get("reports_here"):
        return f"Messages for {where} will come here: tool calls that are answered there will fail."
    return (
        f"Vapi reports these calls to {where} and not here. Tick “reports to this server” "
        "if no tool calls are answered there; else `sync_calls` fetches what Vapi knows of them."
    )


def _host(url: str) -> str:
    """The address's host; all of it where it has none, or is no address."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _member_servers(member: Any) -> list[str]:
    match member:
        case {"assistantOverrides": {"server": _} as overrides}:
            return other_servers(overrides)
        case {"assistant": assistant}:
            return other_servers(assistant)
        case _:
            return []
