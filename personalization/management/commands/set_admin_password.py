"""What `make password` runs."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from personalization import admin_account, lock_out


class Command(BaseCommand):
    help = "Gives the admin's account a new password and shows it; makes the account where there is none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", help="whose password; by default that of the account `make run` made")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["user"] or admin_account.find()
        if name is None:
            name, password = admin_account.create()
        else:
            try:
                password = admin_account.set_password(name)
            except get_user_model().DoesNotExist as error:
                raise CommandError(f"There is no user “{name}”.") from error
        lock_out.unlock([name])
        self.stdout.write(f"The password of {name} is now: {password}")
