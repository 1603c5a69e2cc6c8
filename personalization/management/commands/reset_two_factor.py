from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from personalization import lock_out, two_factor


class Command(BaseCommand):
    help = (
        "Lets somebody in who has lost telephone and recovery codes: turns two-step sign-in off for the account, and "
        "ends its lock-outs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="NAME", help="the account's name")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["user"]
        try:
            two_factor.reset(get_user_model().objects.get(username=name))
        except get_user_model().DoesNotExist as error:
            raise CommandError(f"There is no user “{name}”.") from error
        lock_out.unlock([name])
        self.stdout.write(f"{name} can sign in with the password alone; two-step sign-in can be set up again.")
