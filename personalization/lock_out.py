"""Five wrong passwords for one account from one address: what django-axes asks of us, and how staff undo it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from personalization.forwarded import address_in

_TOO_MANY_REQUESTS = 429


def client_address(request: HttpRequest) -> str | None:
    """Where the request comes from, once forwarded.believe has looked behind our proxies; a Unix socket is nowhere."""
    address = address_in(request.META.get("REMOTE_ADDR", ""))
    return str(address) if address else None


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """The page for somebody who is locked out, known to us or not, the right password or not."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    sentence = (
        f"Too many wrong passwords for this name from your address: wait {minutes} minutes, "
        "or ask an administrator to unlock you."
    )
    context = admin.site.each_context(request) | {"title": "Locked out", "sentence": sentence}
    return render(request, "personalization/locked_out.html", context, status=_TOO_MANY_REQUESTS)


def unlock(names: Iterable[str]) -> int:
    """Lets these accounts sign in again from everywhere; gives how many lock-outs and half-filled counts that ended."""
    return sum(reset(username=name) for name in names)


def current(*, at: datetime) -> QuerySet[Any, dict[str, Any]]:
    """The names and addresses that are locked out at `at`; browsers count together."""
    recent = AccessAttempt.objects.filter(attempt_time__gt=at - settings.AXES_COOLOFF_TIME)
    counted = recent.values("username", "ip_address").annotate(failures=Sum("failures_since_start"))
    locked: QuerySet[Any, dict[str, Any]] = counted.filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    return locked
