"""What must be in place before the server starts; what is there already costs next to nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from assistants.publishing import CannotPublish, publish_first
from assistants.vapi_schema_file import SchemaNotWritten, schema_file, written_schema
from personalization import demo, embedded_postgres

_LOCK = 0x7661_7069  # any number that all servers of one database agree on
_NO_PAGE_LOADS = ["redoc", "rest_framework"]  # half of what our libraries bring


def prepare(say: Callable[[str], None]) -> None:
    """Brings database and files to where this release needs them; tells `say` each step that did something."""
    with _one_at_a_time():
        _migrate(say)
        _write_vapi_schema(say)
        _load_demo(say)
        _publish_first(say)


def collect_static_files() -> None:
    """Puts them where the web server sends them from, under names that tell one release's from another's.

    Naming and compressing takes seconds, so only where something is not as it was when they were last collected.
    """
    mark = Path(settings.STATIC_ROOT) / "collected-from"
    sources = sha256("\n".join(_static_sources()).encode()).hexdigest()
    if mark.exists() and mark.read_text() == sources:
        return
    mark.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=_NO_PAGE_LOADS)
    mark.write_text(sources)


def _static_sources() -> Iterator[str]:
    """Every file, and what is done with them."""
    yield f"{settings.STORAGES['staticfiles']}, Django {version('django')}, WhiteNoise {version('whitenoise')}"
    for finder in get_finders():
        for name, storage in finder.list(_NO_PAGE_LOADS):
            file = Path(storage.path(name)).stat()
            yield f"{name}, {file.st_size} bytes of {file.st_mtime_ns}"


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two servers that start at once on one database must not both migrate it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _migrate(say: Callable[[str], None]) -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Bringing the database's tables up to date …")
        call_command("migrate", interactive=False, verbosity=0)


def _write_vapi_schema(say: Callable[[str], None]) -> None:
    """Once for each version of the SDK, so that nobody who saves a variant waits for it."""
    try:
        if not schema_file().exists():
            say("Writing down what Vapi accepts …")
            written_schema()
    except SchemaNotWritten as problem:
        say(f"Variants are saved without a check against Vapi's schema: {problem}.")


def _publish_first(say: Callable[[str], None]) -> None:
    try:
        publish_first()
    except CannotPublish as problem:
        say(f"Callers hear an apology until a version is published in the admin. {problem}")


def _load_demo(say: Callable[[str], None]) -> None:
    """Once into an embedded database, so that whoever removes the demo is rid of it; elsewhere only if asked to."""
    once = settings.DATA_DIR / "postgres" / "demo-offered"
    embedded = embedded_postgres.owns(settings.DATA_DIR, connection.settings_dict["PASSWORD"])
    if (settings.DEMO or (embedded and not once.exists())) and demo.is_empty():
        say("Loading the demo data …")
        call_command("load_demo", verbosity=0)
    if embedded:
        once.touch()
