"""The pages of an import, as staff walk through them."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from customers.models import Customer, Erasure, Upload
from customers.uploads import forms, receiving
from tests.admin_forms import sentences, signed_in
from tests.conftest import customer
from tests.customers.uploads.uploading import PEOPLE, imported, upload, worked

NEW = "/admin/customers/customer/import/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    return signed_in(client)


def hand_in(client: Client, content: str = PEOPLE, *, url: str = NEW, **choices: Any) -> Any:
    file = SimpleUploadedFile("people.csv", content.encode())
    return client.post(url, {"file": file, "region": "US", **choices})


def page_of(received: Upload) -> str:
    return f"{NEW}{received.pk}/"


def confirmation(client: Client, received: Upload) -> dict[str, str]:
    """What the page's button Import sends."""
    page = client.get(page_of(received)).text
    sent = re.search(r'<button[^>]*name="confirm"[^>]*>', page)
    assert sent, page
    value = re.search(r'value="([^"]*)"', sent[0])
    return {"confirm": value[1] if value else ""}


def test_a_file_is_taken_in_checked_confirmed_and_imported(staff: Client, tmp_path: Path) -> None:
    answer = hand_in(staff)
    received = Upload.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page_of(received))
    assert "Waiting to be checked" in staff.get(page_of(received)).text
    worked(received, tmp_path)
    assert "What importing would do" in staff.get(page_of(received)).text
    staff.post(page_of(received), confirmation(staff, received))
    worked(received, tmp_path)
    shown = staff.get(page_of(received)).text
    assert "What was imported" in shown
    assert f"/admin/customers/import/{received.record_id}/change/" in shown
    assert (received.by, Customer.objects.count()) == ("sam", 2)


def test_the_rejected_rows_are_a_download(staff: Client, tmp_path: Path) -> None:
    checked = worked(upload(file_name="März.xlsx", content=PEOPLE), tmp_path)
    answer = staff.get(f"{page_of(checked)}rejects/")
    assert b"".join(answer).decode().startswith("\ufeffexternal_id,name")
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''rejected%20rows%20of%20M%C3%A4rz.csv"


def test_a_corrected_file_begins_with_the_choices_and_columns_of_the_first(staff: Client, tmp_path: Path) -> None:
    asking = worked(upload("Nr,phone\nc1,07400 123456\nc2,12\n", region="GB"), tmp_path)
    staff.post(page_of(asking), {"explain": "", "column-0": "external_id", "column-1": "phone"})
    worked(asking, tmp_path)
    url = f"{NEW}?like={asking.pk}"
    assert staff.get(url).context["form"].initial["region"] == "GB"
    hand_in(staff, "Nr,phone,line,reason\nc2,07400 123457,3,\n", url=url, region="GB")
    again = Upload.objects.latest("pk")
    assert worked(again, tmp_path).found["counts"]["created"] == 1


def test_a_column_that_was_not_explained_is_asked_for_again(staff: Client, tmp_path: Path) -> None:
    asking = worked(upload("Nr,phone\nc1,+13035550101\n"), tmp_path)
    page = staff.post(page_of(asking), {"explain": "", "column-0": "", "column-1": "phone"})
    assert "Say what this column is." in page.text
    asking.refresh_from_db()
    assert asking.state == "asking"


def test_making_many_inactive_takes_a_tick(staff: Client, ada: Customer, tmp_path: Path) -> None:
    checked = worked(upload("id\nc002\n", deactivate_missing=True), tmp_path)
    assert "make 1 of 1 active customers inactive" in " ".join(staff.get(page_of(checked)).text.split())
    assert "Tick that" in sentences(staff.post(page_of(checked), confirmation(staff, checked)))
    staff.post(page_of(checked), confirmation(staff, checked) | {"agreed": "on"})
    checked.refresh_from_db()
    assert checked.state == "confirmed"


def test_only_the_figures_that_were_shown_can_be_confirmed(staff: Client, tmp_path: Path) -> None:
    checked = worked(upload("id,Nr\nc002,+13035550102\n", unknown_columns="ignore"), tmp_path)
    shown = confirmation(staff, checked)
    staff.post(page_of(checked), {"explain": "", "column-0": "external_id", "column-1": "phone"})
    assert worked(checked, tmp_path).state == "ready"
    assert "Somebody was quicker" in sentences(staff.post(page_of(checked), shown))
    staff.post(page_of(checked), confirmation(staff, checked))
    assert worked(checked, tmp_path).state == "done"


def test_a_few_become_inactive_without_a_tick(staff: Client, tmp_path: Path) -> None:
    for number in range(12):
        customer(f"c{number}", f"Customer {number}")
    rows = "".join(f"c{number}\n" for number in range(11))
    checked = worked(upload(f"id\n{rows}", deactivate_missing=True), tmp_path)
    staff.post(page_of(checked), confirmation(staff, checked))
    assert worked(checked, tmp_path).found["counts"]["deactivated"] == 1


def test_a_file_that_changes_nothing_offers_no_import(staff: Client, ada: Customer, tmp_path: Path) -> None:
    checked = worked(upload("id,name\nc001,Ada Example\n"), tmp_path)
    assert "would change nothing" in staff.get(page_of(checked)).text


def test_a_file_can_be_thrown_away(staff: Client, tmp_path: Path) -> None:
    checked = worked(upload(), tmp_path)
    assert "is thrown away" in sentences(staff.post(page_of(checked), {"throw-away": ""}))
    assert not Upload.objects.exists()
    assert "not kept any more" in sentences(staff.get(page_of(checked)))


def test_what_names_an_erased_person_may_be_in_any_file_so_all_go(staff: Client, ada: Customer, tmp_path: Path) -> None:
    imported(upload(), tmp_path)
    worked(upload(), tmp_path)
    staff.post(f"/admin/customers/customer/erase/?id={ada.pk}")
    assert not Upload.objects.exists()


def test_a_file_that_was_being_imported_while_somebody_was_erased_goes_when_that_is_over(tmp_path: Path) -> None:
    confirmed = worked(upload(), tmp_path)
    Upload.objects.update(state="importing")
    Erasure.objects.create(at=timezone.now(), by="sam")
    receiving.forget_old(at=timezone.now())
    assert Upload.objects.get() == confirmed
    Upload.objects.update(state="done")
    later = upload()
    receiving.forget_old(at=timezone.now())
    assert Upload.objects.get() == later


def test_files_that_are_too_large_or_empty_are_refused(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "MOST_BYTES", 10)
    assert "larger than 32 MB" in hand_in(staff).text
    assert "The submitted file is empty." in hand_in(staff, "").text
    assert not Upload.objects.exists()


def test_what_does_not_go_together_is_refused(staff: Client) -> None:
    page = hand_in(staff, only="create", deactivate_missing="on")
    assert "Nobody can become inactive" in page.text


def test_names_in_a_file_are_text_on_the_page(staff: Client, tmp_path: Path) -> None:
    checked = worked(upload("id,name,language\nc1,<b>Ada</b>,en\nc2,x,<i>en</i>\n"), tmp_path)
    page = staff.get(page_of(checked)).text
    assert "&lt;b&gt;Ada&lt;/b&gt;" in page
    assert "<b>Ada" not in page
    assert "<i>en" not in page


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("agent", 200)])
def test_agents_import_and_export_and_viewers_do_not(client: Client, role: str, status: int, tmp_path: Path) -> None:
    kim = User.objects.create_user("kim", is_staff=True)
    kim.groups.add(Group.objects.get(name=role))
    client.force_login(kim)
    checked = worked(upload(), tmp_path)
    pages = (NEW, page_of(checked), f"{page_of(checked)}rejects/", "/admin/customers/customer/export/")
    assert [client.get(page).status_code for page in pages] == [status] * 4
    buttons = client.get("/admin/customers/customer/").text
    assert [button in buttons for button in (NEW, "customer/export/")] == [status == 200] * 2
