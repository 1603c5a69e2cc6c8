"""The two doors: machines' requests go straight to their view, people's pages through Django's middleware."""

import logging
import os
from collections.abc import Callable, Iterable
from importlib import import_module
from ipaddress import ip_network
from multiprocessing import parent_process
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection

from personalization import forwarded, garbage, node_metrics, orphans

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "personalization.settings")
orphans.stop_worker_with_its_server()

_MACHINES = ("/api/", "/livez", "/readyz", "/metrics")
_FRONT_DOORS_ADDRESSES = "personalization.front_urls"
_FRONT_DOOR = [ip_network("127.0.0.0/8")]


class MachinesHandler(WSGIHandler):
    """Django's handler without middleware and signals: sessions, cookies, redirects are for browsers and cost time."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Leaves the view alone in the chain."""
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]  # its stub lacks it

    def answer(
        self, environ: dict[str, Any], start_response: Callable[..., Any], *, addresses: str = settings.ROOT_URLCONF
    ) -> list[bytes]:
        """The answer as a list, which the server sends in one piece and with its length."""
        request = self.request_class(environ)
        request.urlconf = addresses  # type: ignore[attr-defined]  # documented by Django, and not in its stubs
        response = self.get_response(request)
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return list(response)


_pages = get_wsgi_application()
import_module(_FRONT_DOORS_ADDRESSES)  # now, so that no call waits for it
_handler = MachinesHandler()
garbage.close_connections_of_ended_threads()


def serve_here() -> None:
    """For processes that serve: what they count is counted with the node's."""
    logging.captureWarnings(True)  # by themselves they go to standard error, and wait until somebody reads it
    node_metrics.share(settings.DATA_DIR / "metrics")


if parent_process():  # a web server's worker
    serve_here()


def machines(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """The WSGI application for what the front door answers itself, calls excepted: the probes."""
    forwarded.believe(environ, settings.TRUSTED_PROXIES)
    return _handler.answer(environ, start_response, addresses=_FRONT_DOORS_ADDRESSES)


def behind_front_door(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application for what the front door on this machine hands on; it says where requests come from."""
    forwarded.believe(environ, _FRONT_DOOR)
    return _answer(environ, start_response)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The whole as one WSGI application (PEP 3333), for a server of one's own."""
    forwarded.believe(environ, settings.TRUSTED_PROXIES)
    return _answer(environ, start_response)


def _answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if not environ["PATH_INFO"].startswith(_MACHINES):
        return _pages(environ, start_response)
    if connection.errors_occurred:
        connection.close_if_unusable_or_obsolete()  # what the signals would do
    return _handler.answer(environ, start_response)
