"""Workbooks through the command: outcomes by the sheet's rows, rejects as CSV, and nothing changed where refused."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from customers.models import Customer
from tests.customers.importing_cases import import_files, numbers
from tests.customers.workbook_cases import write_workbook

pytestmark = pytest.mark.django_db
HEADER = ["Customer ID", "Name", "Phone", "Customer since", "Active", "attributes.seats"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "people.xlsx"


def test_typed_cells_become_a_customers_fields(path: Path) -> None:
    write_workbook(path, [HEADER, [1001, "Ada Example", 14155551234, date(2023, 4, 1), False, 12]])
    said = import_files(path)
    assert said.out[0] == "people.xlsx: Excel workbook, sheet “Sheet1”, 6 columns"
    assert said.out[-1] == "1 created, 0 updated, 0 unchanged, 0 rejected"
    ada = Customer.objects.get(external_id="1001")
    assert (ada.name, ada.joined_on, ada.active, ada.attributes) == (
        "Ada Example",
        date(2023, 4, 1),
        False,
        {"seats": 12},
    )
    assert numbers("1001") == ["+14155551234"]
    assert import_files(path).out[-1] == "0 created, 0 updated, 1 unchanged, 0 rejected"


@pytest.mark.parametrize(
    ("region", "phone", "reason"),
    [
        ("US", "1.41556E+10", "was rounded by a spreadsheet"),
        ("US", 1415555123400000000, "was rounded by a spreadsheet"),
        ("DE", 15123456789, "has lost its leading 0"),
        ("GB", 7400123456, "has lost its leading 0"),
        ("US", "#N/A", "is a formula that failed"),
    ],
)
def test_numbers_that_a_spreadsheet_spoilt_are_rejected(path: Path, region: str, phone: str | int, reason: str) -> None:
    write_workbook(path, [["id", "phone"], [], ["c1", phone]])
    said = import_files(path, "--region", region)
    assert said.err[0].startswith("line 3, phone: ")
    assert reason in said.err[0]
    assert not Customer.objects.exists()


def test_rejected_rows_of_a_workbook_are_written_as_csv_and_imported_again(path: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    write_workbook(path, [["id", "joined", "language"], ["c1", date(2023, 4, 1), "english"], ["c2", None, "en"]])
    assert import_files(path, "--rejects", rejects).status == 1
    text = rejects.read_text(encoding="utf-8")
    assert text.splitlines()[1].startswith("c1,2023-04-01,english,2,")
    rejects.write_text(text.replace(",english", ",en"), encoding="utf-8")
    assert import_files(rejects).out[-1] == "1 created, 0 updated, 0 unchanged, 0 rejected"


def test_rejects_are_not_written_under_a_workbooks_name(path: Path, tmp_path: Path) -> None:
    write_workbook(path, [["id"], ["c1"]])
    with pytest.raises(CommandError, match=r"written as CSV: call the file rejects\.csv"):
        import_files(path, "--rejects", tmp_path / "rejects.xlsx")
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (["name", "email"], "no column that says whose row it is"),
        (["id", "Name", "name"], "two columns for the same thing"),
        (["id", None, "name"], "column 2 has no name"),
        (["Our customers", None, None], "names we do not know: “Our customers”"),
    ],
)
def test_headers_that_say_too_little_are_refused(path: Path, header: list[str | None], sentence: str) -> None:
    write_workbook(path, [header, ["c1", "x", "y"]])
    with pytest.raises(CommandError, match=sentence):
        import_files(path)
    assert not Customer.objects.exists()


def test_one_unreadable_file_among_several_leaves_all_unimported(path: Path, tmp_path: Path) -> None:
    write_workbook(path, [["id"], ["c1"]])
    (tmp_path / "login.xls").write_text("<html><body>Log in</body></html>")
    with pytest.raises(CommandError, match=r"login\.xls is a web page"):
        import_files(path, tmp_path / "login.xls")
    assert not Customer.objects.exists()


def test_other_dates_are_read_where_their_form_is_given(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,joined_on,attributes.renewal,attributes.seats\nc1,17/04/2023,31/01/2027,12\n")
    import_files(tmp_path / "a.csv", "--date-format", "%d/%m/%Y")
    customer = Customer.objects.get()
    assert customer.joined_on == date(2023, 4, 17)
    assert customer.attributes == {"renewal": "2027-01-31", "seats": 12}


@pytest.mark.parametrize("form", ["%d/%m", "DD/MM/YYYY", "%Q", "%Y"])
def test_a_form_that_is_none_of_dates_is_refused(tmp_path: Path, form: str) -> None:
    (tmp_path / "a.csv").write_text("id\nc1\n")
    with pytest.raises(CommandError, match="must hold the day, the month and the year"):
        import_files(tmp_path / "a.csv", "--date-format", form)
