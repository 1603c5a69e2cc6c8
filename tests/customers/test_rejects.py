"""The rejects file: what was not imported, to be corrected and imported again."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from tests.customers.importing_cases import TWO_GOOD_TWO_BAD, Importer, import_files, numbers

pytestmark = pytest.mark.django_db


def rows_of(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")), delimiter=delimiter))


def test_the_first_twenty_problems_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,language\n" + "".join(f"c{row},english\n" for row in range(25)))
    said = import_files(tmp_path / "people.csv", "--rejects", tmp_path / "rejects.csv")
    assert len(said.err) == 21
    assert said.err[-1].startswith("… and 5 more")
    assert len((tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines()) == 26


def test_rejected_rows_can_be_corrected_and_imported_again(people: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    assert f"The rejected rows are in {rejects}" in "".join(import_files(people, "--rejects", rejects).out)
    rows = rows_of(rejects)
    assert [(row["Customer ID"], row["line"]) for row in rows] == [("c002", "4"), ("c004", "7")]
    assert rows[1]["reason"] == "Language: “russian” is not a language code: write en, es or pt-BR."
    corrected = rejects.read_text(encoding="utf-8").replace(",english", ",en").replace(",russian", ",ru")
    rejects.write_text(corrected.replace("+1303555010,", "+13035550102,"), encoding="utf-8")
    assert import_files(rejects).out[-1] == "2 created, 0 updated, 0 unchanged, 0 rejected"
    assert numbers("c002") == ["+13035550102"]


def test_rejects_that_nobody_corrected_are_rejected_again(tmp_path: Path) -> None:
    first, second = tmp_path / "rejects.csv", tmp_path / "again.csv"
    (tmp_path / "people.csv").write_text("id;name;notes\nc001\nc002;Ben;x;more\nid:9;Carmen;y\n;Dmitri;\n")
    assert import_files(tmp_path / "people.csv", "--rejects", first).out[-1].endswith("4 rejected")
    assert import_files(first, "--rejects", second).out[-1] == "0 created, 0 updated, 0 unchanged, 4 rejected"
    cells = [[list(row.values())[:3] for row in rows_of(path, ";")] for path in (first, second)]
    assert cells[0][:2] == [["c001", "", "⚠"], ["c002", "Ben", "⚠ x;more"]]
    assert cells[0][2:] == cells[1][2:]


def test_a_header_in_the_middle_of_two_files_put_together_is_nobody(imported: Importer) -> None:
    found = imported("id,name\nc001,Ada\nid,name\nc002,Ben\n")
    assert found.counts == (2, 0, 0, 1)
    assert found.problems == ["3: The row is the header once more, as where two files were put together: take it out."]
    again = imported("id,name,line,reason\nid,name,3,The row is the header once more\n")
    assert again.counts == (0, 0, 0, 1)


def test_rejects_of_several_files_have_the_columns_of_all(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,Language\nc001,english\n")
    (tmp_path / "b.csv").write_text("language;Customer ID;tier\nrussian;c002;gold\n")
    said = import_files(tmp_path / "a.csv", tmp_path / "b.csv", "--rejects", tmp_path / "rejects.csv")
    assert said.err[1] == "b.csv, line 2, language: “russian” is not a language code: write en, es or pt-BR."
    rows = rows_of(tmp_path / "rejects.csv")
    assert list(rows[0]) == ["id", "Language", "tier", "line", "reason"]
    assert [list(row.values())[:4] for row in rows] == [["c001", "english", "", "2"], ["c002", "russian", "gold", "2"]]


def test_rejects_are_for_their_owners_eyes_only(people: Path, tmp_path: Path) -> None:
    import_files(people, "--rejects", tmp_path / "rejects.csv")
    assert (tmp_path / "rejects.csv").stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people.csv", "rejects.csv"]


def test_the_imported_file_is_never_overwritten_with_its_rejects(people: Path) -> None:
    with pytest.raises(CommandError, match="is the file that is being imported"):
        import_files(people, "--rejects", people)
    assert people.read_text(encoding="utf-8") == TWO_GOOD_TWO_BAD
