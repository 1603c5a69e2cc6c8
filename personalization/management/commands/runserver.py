"""Django's development server, with the processes beside it that calls, reports and uploads need."""

import os
from typing import Any

from django.contrib.staticfiles.management.commands import runserver
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from personalization.supervisor import supervised


class Command(runserver.Command):
    help = "Starts Django's server for developers, and what answers calls beside it. For everything else: serve."

    def run(self, **options: Any) -> None:
        """Serves until Ctrl-C; the process that a change of code makes anew has no others of its own."""
        if os.environ.get(DJANGO_AUTORELOAD_ENV):
            return super().run(**options)
        with supervised() as supervisor:
            for command in ("follow", "housekeeping", "import_uploads"):
                supervisor.start(command, "django", [command], restarts=True)
            super().run(**options)
