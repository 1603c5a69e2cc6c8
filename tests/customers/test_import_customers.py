"""`manage.py import_customers`: what people read, and what is refused with one sentence."""

import io
import os
import sys
import threading
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from customers.importing import _LOCK
from customers.models import Customer
from tests.conftest import customer
from tests.customers.importing_cases import TWO_GOOD_TWO_BAD, Said, import_files, numbers

pytestmark = pytest.mark.django_db


def test_good_rows_are_imported_and_bad_ones_are_told_with_line_column_and_reason(people: Path) -> None:
    said = import_files(people)
    assert said.err == [
        "line 4, Phone Number: “+1303…10” is not a phone number that exists.",
        "line 4, Language: “english” is not a language code: write en, es or pt-BR.",
        "line 7, Language: “russian” is not a language code: write en, es or pt-BR.",
    ]
    assert said.out[0] == "people.csv: UTF-8, separated by commas, LF line ends, 4 columns"
    assert said.out[-1] == "2 created, 0 updated, 0 unchanged, 2 rejected"
    assert said.status == 1
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Ada Example", "Carmen\nRuiz"]


def test_a_file_without_mistakes_ends_with_status_0(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,phone\nc001,+13035550101\n")
    said = import_files(tmp_path / "people.csv")
    assert (said.out[-1], said.status, said.err) == ("1 created, 0 updated, 0 unchanged, 0 rejected", 0, [])
    assert import_files(tmp_path / "people.csv").out[-1] == "0 created, 0 updated, 1 unchanged, 0 rejected"


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,phone\n")
    assert import_files(tmp_path / "people.csv").out[-1] == "0 created, 0 updated, 0 unchanged, 0 rejected"


def test_a_dry_run_says_before_its_last_line_that_nothing_was_changed(people: Path) -> None:
    said = import_files(people, "--dry-run")
    assert said.out[-2].startswith("Nothing was changed")
    assert said.out[-1] == "2 created, 0 updated, 0 unchanged, 2 rejected"
    assert (said.status, Customer.objects.count()) == (1, 0)


def test_shared_and_removed_numbers_are_told_before_the_last_line(tmp_path: Path, ada: Customer) -> None:
    customer("c002", "Ben Okafor", "+13035550102")
    (tmp_path / "people.csv").write_text("id,phone\nc002,+13035550101\n")
    assert import_files(tmp_path / "people.csv").out[1:-1] == [
        "1 number is shared by several customers now: see “main owner”.",
        "1 number taken from customers whose rows list others now.",
    ]


@pytest.mark.parametrize(
    ("content", "arguments", "sentence"),
    [
        ("", [], "people.csv is empty"),
        ("<html>", [], "is a web page"),
        ("name,email\nAda,\n", [], "has no column that says whose row it is"),
        ("id,Shoe size\nc001,42\n", [], "names we do not know: “Shoe size”"),
        ("id,id\nc001,c001\n", [], "two columns for the same thing"),
        ('id,name\nc001,"Ada\n', [], "line 2: a quotation mark is opened"),
        ("id\nc001\n", ["--region", "XX"], "--region must be a two-letter country code"),
        ("id\nc001\n", ["--map", "tier"], "--map takes COLUMN=FIELD"),
        ("id,x\nc001,1\n", ["--map", "x=tier", "--map", "x=name"], "says both tier and name of “x”"),
        ("id\nc001\n", ["--rejects", "/nonexistent/r.csv"], "cannot be written: no such file or directory"),
        ("id\nc001\n", ["--create-only", "--deactivate-missing"], "does not go with --deactivate-missing"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_one_sentence(
    tmp_path: Path, content: str, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "people.csv").write_text(content)
    with pytest.raises(CommandError, match=sentence):
        import_files(tmp_path / "people.csv", *arguments)
    assert not Customer.objects.exists()


def test_a_missing_file_refuses_the_others_too(people: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nobody\.csv cannot be read: no such file"):
        import_files(people, tmp_path / "nobody.csv")
    assert not Customer.objects.exists()


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is a folder: name a file in it"):
        import_files(tmp_path)


def test_columns_may_be_named_and_the_others_taken_as_attributes(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("Klant=Nr,Niveau,Shoe size\nc001,gold,42\n")
    import_files(
        tmp_path / "people.csv", "--map", "Klant=Nr=id", "--map", "niveau=tier", "--unknown-columns", "attributes"
    )
    ada = Customer.objects.get(external_id="c001")
    assert (ada.tier, ada.attributes) == ("gold", {"Shoe size": 42})


def test_the_region_is_that_of_numbers_without_country_code(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,phone\nc001,0161 496 0107\n")
    assert import_files(tmp_path / "people.csv").status == 1
    import_files(tmp_path / "people.csv", "--region", "gb")
    assert numbers("c001") == ["+441614960107"]


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    content = io.BytesIO(TWO_GOOD_TWO_BAD.encode("utf-16"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    said = import_files("-", "--rejects", tmp_path / "rejects.csv")
    assert said.out[0] == "standard input: UTF-16, separated by commas, LF line ends, 4 columns"
    assert said.out[-1] == "2 created, 0 updated, 0 unchanged, 2 rejected"
    assert "c002" in (tmp_path / "rejects.csv").read_text(encoding="utf-8")


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("id\nc001\n",))
    writer.start()
    assert import_files(pipe).out[-1] == "1 created, 0 updated, 0 unchanged, 0 rejected"
    writer.join()


def test_many_do_not_become_inactive_without_yes(tmp_path: Path, ada: Customer) -> None:
    (tmp_path / "people.csv").write_text("id\nc002\n")
    with pytest.raises(
        CommandError, match="1 of 1 active customers are in no file and would become inactive, which needs --yes"
    ):
        import_files(tmp_path / "people.csv", "--deactivate-missing")
    would = import_files(tmp_path / "people.csv", "--deactivate-missing", "--yes", "--dry-run").out
    assert would[-3:-1] == [
        "Nothing was changed (--dry-run). What would happen:",
        "1 customer in no file made inactive.",
    ]
    said = import_files(tmp_path / "people.csv", "--deactivate-missing", "--yes")
    assert said.out[-2:] == ["1 customer in no file made inactive.", "1 created, 0 updated, 0 unchanged, 0 rejected"]


@pytest.mark.django_db(transaction=True)
def test_a_second_import_waits_for_the_first_and_says_so(people: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        said: list[Said] = []

        def second() -> None:
            said.append(import_files(people))
            connection.close()

        thread = threading.Thread(target=second)
        thread.start()
        thread.join(1)
        assert thread.is_alive()
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        thread.join()
    assert said[0].err[0] == "Another import is running: this one waits until it has ended."
    assert said[0].out[-1] == "2 created, 0 updated, 0 unchanged, 2 rejected"


def test_help_lists_the_columns(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("import_customers", "--help")
    shown = capsys.readouterr().out
    for column in ("external_id", "phone_2", "sip_uri", "joined_on", "attributes.<name>", "--rejects", "10 %"):
        assert column in shown


def test_the_example_that_comes_along_can_be_imported() -> None:
    example = Path(__file__).parents[2] / "customers.example.csv"
    assert import_files(example).out[-1] == "5 created, 0 updated, 0 unchanged, 0 rejected"
    assert import_files(example).out[-1] == "0 created, 0 updated, 5 unchanged, 0 rejected"
