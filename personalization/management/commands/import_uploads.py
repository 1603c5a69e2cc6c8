import shutil
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from customers.uploads import receiving, working
from personalization.told_to_stop import told_to_stop

_LOOK_SECONDS = 1
# Without a database there is no point in asking more often.
_PATIENCE_SECONDS = 5


class Command(BaseCommand):
    help = "Keeps running beside the server and imports what staff upload in the admin; one process per node."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.DATA_DIR / "uploads"
        shutil.rmtree(folder, ignore_errors=True)  # left by one who was killed
        stop = told_to_stop()
        pause = 0
        while not stop.wait(pause):
            try:
                receiving.forget_old(at=timezone.now())
                pause = 0 if working.work_next(folder, stop=stop) else _LOOK_SECONDS
            except (OperationalError, InterfaceError):
                connection.close()
                pause = _PATIENCE_SECONDS
