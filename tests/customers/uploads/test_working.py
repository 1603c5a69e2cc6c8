"""What becomes of an uploaded file: checked, confirmed, imported, and never stuck."""

from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from customers.importing import ImportOutcome, import_customers
from customers.models import Customer, Import, Upload
from customers.uploads import receiving, working
from tests.conftest import customer
from tests.customers.importing_cases import numbers
from tests.customers.uploads.uploading import imported, rejects, upload, worked

pytestmark = pytest.mark.django_db


def test_a_check_tells_what_an_import_would_do_and_changes_nothing(ada: Customer, tmp_path: Path) -> None:
    checked = worked(upload(), tmp_path)
    assert checked.state == "ready"
    counts = checked.found["counts"]
    assert [counts[name] for name in ("created", "updated", "unchanged", "rejected")] == [1, 1, 0, 1]
    assert checked.found["file"] == "people.csv: UTF-8, separated by commas, LF line ends, 4 columns"
    assert checked.found["problems"] == [
        {"line": 3, "column": "language", "reason": "“english” is not a language code: write en, es or pt-BR."}
    ]
    assert Customer.objects.get().name == "Ada Example"


def test_the_examples_say_what_would_change_in_whom(ada: Customer, tmp_path: Path) -> None:
    file = "external_id,name,phone,tags,joined_on,attributes.seats\nc001,Ada Byron,+13035550109,vip;eu,2024-01-31,12\n"
    found = worked(upload(file + "c009,Carmen Ruiz,,,,\n"), tmp_path).found["examples"]
    assert found["updated"] == [
        {
            **{"line": 2, "who": "Ada Example", "customer": ada.pk},
            "changes": [
                ["name", "Ada Example", "Ada Byron"],
                ["customer since", "2023-04-01", "2024-01-31"],
                ["tags", "", "vip, eu"],
                ["attributes.seats", "", "12"],
                ["phone number", "+13035550101", ""],
                ["phone number", "", "+13035550109"],
            ],
        }
    ]
    assert [(each["line"], each["who"]) for each in found["created"]] == [(3, "Carmen Ruiz")]
    assert found["created"][0]["changes"] == [["external id", "", "c009"], ["name", "", "Carmen Ruiz"]]


def test_what_was_confirmed_is_imported_and_kept_among_the_imports(tmp_path: Path) -> None:
    done = imported(upload(), tmp_path)
    assert (done.state, done.found["counts"]["created"]) == ("done", 2)
    assert Customer.objects.get(external_id="c003").name == "=1+1"
    assert done.record == Import.objects.get(by="sam", files="people.csv", created=2, rejected=1)


def test_the_file_goes_with_the_import_and_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    done = imported(upload(), tmp_path)
    assert set(done.parts.values_list("of", flat=True)) == {"rejects"}
    assert "examples" not in done.found
    assert list(tmp_path.iterdir()) == []


def test_rejected_rows_can_be_corrected_in_a_spreadsheet_and_uploaded(tmp_path: Path) -> None:
    table = rejects(imported(upload(), tmp_path))
    assert table.startswith(
        "\ufeffexternal_id,name,phone,language,line,reason\r\nc002,Ben Okafor,'+13035550102,english,3,"
    )
    done = imported(upload(table.replace(",english", ",en")), tmp_path)
    assert (done.found["counts"]["created"], done.found["problem_count"], rejects(done)) == (1, 0, "")
    assert numbers("c002") == ["+13035550102"]


def test_staff_are_asked_what_unknown_columns_are(tmp_path: Path) -> None:
    asking = worked(upload("Kundennummer,name,Stufe,Farbe\nc001,Ada,gold,red\n"), tmp_path)
    assert asking.state == "asking"
    assert [column["means"] for column in asking.found["columns"]] == ["", "name", "", ""]
    mapping = {"Kundennummer": "external_id", "name": "name", "Stufe": "tier", "Farbe": "attributes.Farbe"}
    assert receiving.explain(asking.pk, mapping)
    assert imported(asking, tmp_path).state == "done"
    ada = Customer.objects.get(external_id="c001")
    assert (ada.tier, ada.attributes) == ("gold", {"Farbe": "red"})


@pytest.mark.parametrize(("unknown", "kept"), [("attributes", {"Farbe": "red"}), ("ignore", {})])
def test_unknown_columns_can_be_kept_or_left_aside_without_asking(
    tmp_path: Path, unknown: str, kept: dict[str, str]
) -> None:
    imported(upload("id,Farbe\nc001,red\n", unknown_columns=unknown), tmp_path)
    assert Customer.objects.get().attributes == kept


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("name,tier", "or trunk_identity (choose it below)."),
        ("id,name,Name", "two columns for the same thing, “name”, “Name”: take one out, or leave it aside below."),
    ],
)
def test_columns_that_cannot_be_imported_are_asked_for_with_the_reason(
    tmp_path: Path, header: str, sentence: str
) -> None:
    asking = worked(upload(f"{header}\n"), tmp_path)
    assert (asking.state, sentence in asking.sentence) == ("asking", True)


def test_of_two_columns_with_like_names_one_can_be_left_aside(tmp_path: Path) -> None:
    asking = worked(upload("id,name,Name\nc1,Ada,A.\n"), tmp_path)
    receiving.explain(asking.pk, {"id": "external_id", "name": "name", "Name": "ignore"})
    imported(asking, tmp_path)
    assert Customer.objects.get().name == "Ada"


def test_nobody_is_made_inactive_by_an_empty_file(ada: Customer, tmp_path: Path) -> None:
    failed = worked(upload("id\n", deactivate_missing=True), tmp_path)
    assert (failed.state, failed.sentence) == ("failed", "There are no rows, so everybody would become inactive.")


def test_dates_in_another_form_name_the_choice_of_the_page(tmp_path: Path) -> None:
    problem = worked(upload("id,joined_on\nc1,30.4.2026\n"), tmp_path).found["problems"][0]
    assert problem["reason"].endswith("(choose how dates are written to have others read).")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"<html>", "is a web page"),
        (b'id,name\nc1,"Ada\n', "a quotation mark is opened"),
    ],
)
def test_a_file_that_is_no_table_fails_with_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    failed = worked(upload(content), tmp_path)
    assert (failed.state, sentence in failed.sentence) == ("failed", True)


def test_the_choices_of_the_page_are_the_options_of_the_import(ada: Customer, tmp_path: Path) -> None:
    file = "id;phone;joined_on;name\nc001;;30/04/2026;Ada Byron\nc002;07400 123456;;Ben\n"
    checked = worked(upload(file, region="GB", date_format="%d/%m/%Y", only="create"), tmp_path)
    assert (checked.found["counts"]["created"], checked.found["counts"]["updated"]) == (1, 0)
    checked = worked(upload(file, region="GB", date_format="%d/%m/%Y", only="update"), tmp_path)
    assert [(each["line"], each["reason"]) for each in checked.found["problems"]] == [
        (3, "No customer has this external_id or number, and only updates were asked for.")
    ]


def test_nobody_more_becomes_inactive_than_were_shown(ada: Customer, tmp_path: Path) -> None:
    checked = worked(upload("id\nc002\n", deactivate_missing=True), tmp_path)
    assert (checked.found["counts"]["deactivated"], checked.found["active"]) == (1, 1)
    customer("c003", "Carmen Ruiz")
    receiving.confirm(checked.pk)
    again = worked(checked, tmp_path)
    assert (again.state, "more customers than were shown" in again.sentence) == ("waiting", True)
    assert imported(again, tmp_path).found["counts"]["deactivated"] == 2
    assert not Customer.objects.get(external_id="c001").active


def test_only_what_was_checked_can_be_confirmed_and_only_once(tmp_path: Path) -> None:
    waiting = upload()
    assert not receiving.confirm(waiting.pk)
    worked(waiting, tmp_path)
    assert receiving.confirm(waiting.pk)
    assert not receiving.confirm(waiting.pk)
    assert not receiving.throw_away(waiting.pk), "it is about to be imported"


def test_work_whose_worker_was_killed_is_taken_up_again_and_given_up_after_three_times(tmp_path: Path) -> None:
    left = upload()
    for attempt in (1, 2, 3):
        assert working._begin() == left
        left.refresh_from_db()
        assert (left.state, left.attempt) == ("checking", attempt)
        assert working._begin() is None, "somebody works on it"
        Upload.objects.update(seen_at=timezone.now() - timedelta(seconds=31))
    assert working._begin() is None
    left.refresh_from_db()
    assert (left.state, "interrupted 3 times" in left.sentence) == ("failed", True)


def test_who_lost_an_upload_to_another_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed = worked(upload(), tmp_path)
    receiving.confirm(confirmed.pk)

    def while_another_takes_it(*args: Any, **options: Any) -> ImportOutcome:
        Upload.objects.update(started_at=timezone.now())
        return import_customers(*args, **options)

    monkeypatch.setattr(working, "import_customers", while_another_takes_it)
    worked(confirmed, tmp_path)
    assert not Customer.objects.exists()


def test_work_that_is_told_to_stop_is_left_to_the_next(tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    left = upload()
    assert working.work_next(tmp_path, stop=stop)
    left.refresh_from_db()
    assert (left.state, left.attempt) == ("waiting", 0)
    assert worked(left, tmp_path).state == "ready"


def test_without_a_database_the_upload_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("the database went away")

    monkeypatch.setattr(working, "import_customers", away)
    left = upload()
    with pytest.raises(OperationalError):
        working.work_next(tmp_path, stop=Event())
    left.refresh_from_db()
    assert left.state == "checking", "and is taken up again where nothing is heard of it"


def test_what_breaks_is_said_and_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "open_table", lambda *_, **__: 1 / 0)
    broken, next_one = upload(), upload()
    assert worked(broken, tmp_path).state == "failed"
    monkeypatch.undo()
    assert worked(next_one, tmp_path).state == "ready"


def test_uploads_are_forgotten_after_a_week(tmp_path: Path) -> None:
    imported(upload(), tmp_path)
    receiving.forget_old(at=timezone.now() + timedelta(days=6))
    assert Upload.objects.exists()
    receiving.forget_old(at=timezone.now() + timedelta(days=8))
    assert not Upload.objects.exists()
    assert Import.objects.exists()


def test_a_file_larger_than_a_piece_is_kept_whole(tmp_path: Path) -> None:
    rows = "".join(f"c{row},{'x' * 190}\n" for row in range(6_000))
    large = upload("id,name\n" + rows)
    assert large.parts.count() == 2
    assert worked(large, tmp_path).found["counts"]["created"] == 6_000
