"""Work that is seen while it goes on, though its own transaction is not."""

import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from customers.models import Upload
from customers.uploads import pulse, working
from personalization.management.commands import import_uploads
from tests.admin_forms import signed_in
from tests.customers.uploads.uploading import upload


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_import_goes_on_and_nothing_after_its_end(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "_EVERY_S", 0.05)
    upload()
    begun = working._begin()
    assert begun
    with pulse.Pulse(begun, Event()) as beating, transaction.atomic():
        beating(rows=1_500, share=0.25)
        assert _eventually_says(signed_in(client), begun, "1,500 rows read")
        working._end(begun, state="failed", sentence="It broke.")
        beating(rows=9_999, share=1.0)
        time.sleep(0.2)
    begun.refresh_from_db()
    assert (begun.rows, begun.sentence) == (1_500, "It broke.")


@pytest.mark.django_db
def test_the_process_beside_the_server_works_until_it_is_told_to_stop(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / "left by one who was killed").touch()
    stop = _StopAfter(3)
    monkeypatch.setattr(import_uploads, "told_to_stop", lambda: stop)
    first, second = upload(), upload(b"%PDF")
    import_uploads.Command().handle()
    assert [Upload.objects.get(pk=each.pk).state for each in (first, second)] == ["ready", "failed"]
    assert list((tmp_path / "uploads").iterdir()) == []


class _StopAfter(Event):
    """Is set after so many rounds."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self._rounds = rounds

    def wait(self, timeout: float | None = None) -> bool:
        self._rounds -= 1
        return self._rounds < 0


def _eventually_says(client: Client, begun: Upload, words: str) -> bool:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if words in client.get(f"/admin/customers/customer/import/{begun.pk}/?part").text:
            return True
        time.sleep(0.02)
    return False
