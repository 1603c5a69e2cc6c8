from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from assistants import live
from customers.local_copy.in_force import wait_until_in_force
from personalization import demo


class Command(BaseCommand):
    help = "Puts the demo data in: a dozen customers, their calls, two lines, six rules. What is there already stays."

    def handle(self, *args: Any, **options: Any) -> None:
        published = demo.load(at=timezone.now())
        note = "" if published else " Other changes wait too: publish all in the admin, then callers hear it."
        if options["verbosity"]:
            not_yet = wait_until_in_force(and_then=live.LOOK_S)
            note = note or (not_yet and f" {not_yet}")
            self.stdout.write(f"The demo data are in; `manage.py remove_demo` takes them out.{note}")
