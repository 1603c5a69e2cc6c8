"""The two doors: machines' requests go straight to their view, people's pages through Django's middleware."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "personalization.settings")

_MACHINES = ("/api/", "/livez", "/readyz")


class MachinesHandler(WSGIHandler):
    """Django's handler without middleware: sessions, cookies and redirects are for browsers and cost time."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Leaves the view alone in the chain."""
        self._view_middleware = []
        self._template_response_middleware = []
        self._exception_middleware = []
        self._middleware_chain = convert_exception_to_response(self._get_response)


_pages = get_wsgi_application()
_machines = MachinesHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application (PEP 3333)."""
    handler = _machines if environ["PATH_INFO"].startswith(_MACHINES) else _pages
    return handler(environ, start_response)
