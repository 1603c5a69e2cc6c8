"""Pages of the running server in a real Chromium.

Without a Chromium the tests in this folder are skipped and say so; where CI is set, that is a failure.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from tests.admin_forms import signed_in
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDE = (1400, 900)
TABLET = (1024, 768)
PHONE = (390, 844)

Open = Callable[..., "Page"]


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> "Iterator[Browser]":
    """One browser for the whole run."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        without_chromium = pytest.fail if os.environ.get("CI") else pytest.skip
        without_chromium("no Chromium: install one of " + ", ".join(names))
    playwright_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    # Playwright's loop runs in the tests' own thread, where Django would otherwise refuse to ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    playwright_api.expect.set_options(timeout=PATIENCE_S * 1000)
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: "Browser", live_server: LiveServer) -> Iterator[Open]:
    """Opens a path as a visitor in a window of that size; a page that logs an error fails the test."""
    complaints: list[str] = []
    pages: list[Page] = []

    def visit(path: str, *, size: tuple[int, int] = WIDE, scheme: str = "light", session: str = "") -> "Page":
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        if session:
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(path)
        pages.append(page)
        return page

    yield visit
    for page in pages:
        page.context.close()
    assert complaints == []


@pytest.fixture
def staff_visit(visit: Open, client: Client) -> Open:
    """The same, signed in."""
    session = signed_in(client).session.session_key
    return lambda path, **window: visit(path, session=session, **window)
