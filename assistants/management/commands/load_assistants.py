import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from assistants import live
from assistants.differences import Change, ChangeKind, differences
from assistants.document import Document, draft_document, write_draft
from assistants.publishing import CannotPublish, publish, published_document
from assistants.rules_file import IdMap, UnreadableFile, load, load_ids
from customers.command_user import command_user
from customers.local_copy.in_force import wait_until_in_force

_LONGEST_VALUE = 200


class Command(BaseCommand):
    help = (
        "Reads lines, variants, variables, rules and the site's fallback from YAML, shows what changes, replaces the "
        "draft and publishes it: all or nothing. Names are keys; pins and emergency switches stay as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="A file that dump_assistants wrote; - for standard input.")
        parser.add_argument("--dry-run", action="store_true", help="Shows what would change, and changes nothing.")
        parser.add_argument("--prune", action="store_true", help="Takes out what the file does not name.")
        parser.add_argument(
            "--ids", metavar="FILE", help="YAML of `name: id`: ids at Vapi that stand in for the file's."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        ids = load_ids(_read(options["ids"])) if options["ids"] else None
        document = _parsed(options["file"], ids, {} if options["prune"] else draft_document())
        with transaction.atomic():
            before = published_document()
            write_draft(document, prune=options["prune"])
            changes = differences(before, draft_document())
            number = None if options["dry_run"] or not changes else self._publish(options["file"])
            transaction.set_rollback(options["dry_run"])
        for change in changes:
            self._show(change)
        not_yet = wait_until_in_force(and_then=live.LOOK_S) if number else ""
        self.stdout.write(_last_words(changes, number, not_yet or "Callers hear it now."))

    def _publish(self, file: str) -> int:
        name = "standard input" if file == "-" else Path(file).name
        try:
            return publish(draft_document(), note=f"Loaded from {name} by {command_user()}").number
        except CannotPublish as error:
            raise CommandError(f"Nothing was changed. {error}") from error

    def _show(self, change: Change) -> None:
        self.stdout.write(str(change))
        if change.kind is ChangeKind.CHANGED:
            for detail in change.details:
                self.stdout.write(f"    {detail.path}: {_short(detail.before)} → {_short(detail.after)}")


def _read(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(f"Nothing was changed: {name} is not UTF-8 text.") from error
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from error


def _parsed(name: str, ids: IdMap | None, onto: Document) -> Document:
    try:
        return load(_read(name), ids=ids, onto=onto)
    except UnreadableFile as error:
        places = "\n".join(f"  {sentence}" for sentence in error.sentences)
        raise CommandError(f"Nothing was changed. Problems in {name}:\n{places}") from error


def _short(value: Any) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _last_words(changes: list[Change], number: int | None, in_force: str) -> str:
    if not changes:
        return "Nothing to change: this is what callers hear already."
    count = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
    if number is None:
        return f"{count} would be made; nothing was changed."
    return f"{count} made and published as version {number}. {in_force}"
