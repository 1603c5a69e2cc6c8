"""A file with mistakes is uploaded, looked at, imported, corrected and uploaded again, in a real browser."""

import os
import re
from pathlib import Path

import pytest

from customers.models import Customer, Upload
from tests.browser.conftest import PHONE, WIDE, Open
from tests.customers.uploads.uploading import PEOPLE, worked

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/admin/customers/customer/"


def pictures(page: Page, name: str) -> None:
    """Where somebody wants to look: wide and light, narrow and dark."""
    if not (folder := os.environ.get("PICTURES")):
        return
    for (width, height), scheme in ((WIDE, "light"), (PHONE, "dark"), (PHONE, "light"), (WIDE, "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("isDark => document.documentElement.classList.toggle('dark', isDark)", scheme == "dark")
        page.wait_for_timeout(200)
        page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.evaluate("document.documentElement.classList.remove('dark')")


def test_a_file_with_mistakes_is_imported_corrected_and_uploaded_again(
    staff_visit: Open, ada: Customer, tmp_path: Path
) -> None:
    page = staff_visit(LIST)
    page.get_by_role("link", name=re.compile("Import$")).click()
    page.get_by_label("File*").set_input_files(_file(tmp_path / "people.csv", PEOPLE.replace("name", "Wer")))
    pictures(page, "new")
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="Waiting to be checked")).to_be_visible()
    pictures(page, "waiting")

    worked(Upload.objects.get(), tmp_path)
    page.get_by_label("Wer").select_option("name")
    pictures(page, "asking")
    page.get_by_role("button", name="Check the file").click()
    worked(Upload.objects.get(), tmp_path)
    expect(page.get_by_role("heading", name="What importing would do")).to_be_visible()
    expect(page.locator(".counts")).to_have_text("created 1 updated 1 unchanged 0 rejected 1", use_inner_text=False)
    expect(page.get_by_text("“english” is not a language code")).to_be_visible()
    pictures(page, "ready")

    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Waiting to be imported")).to_be_visible()
    worked(Upload.objects.get(), tmp_path)
    expect(page.get_by_role("heading", name="What was imported")).to_be_visible()
    pictures(page, "done")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download rejected rows").click()
    rejected = download.value.path().read_text(encoding="utf-8-sig")

    page.get_by_role("link", name="Upload a corrected file").click()
    corrected = _file(tmp_path / "corrected.csv", rejected.replace(",english", ",en"))
    page.get_by_label("File*").set_input_files(corrected)
    page.get_by_role("button", name="Upload and check").click()
    worked(Upload.objects.latest("pk"), tmp_path)
    page.get_by_role("button", name="Import", exact=True).click()
    worked(Upload.objects.latest("pk"), tmp_path)
    page.get_by_role("link", name="This import in the list of imports").click()
    expect(page.get_by_role("heading", name="Import of corrected.csv")).to_be_visible()
    assert Customer.objects.get(external_id="c002").name == "Ben Okafor"


def test_the_list_is_exported_as_it_is_filtered(staff_visit: Open, ada: Customer) -> None:
    page = staff_visit(f"{LIST}?q=Ada")
    pictures(page, "list")
    page.get_by_role("link", name=re.compile("Export$")).click()
    expect(page.get_by_text("1 customer,")).to_be_visible()
    pictures(page, "export")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert "'+13035550101" in download.value.path().read_text(encoding="utf-8-sig")


def _file(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8", newline="")
    return path
