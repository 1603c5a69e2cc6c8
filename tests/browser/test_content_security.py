"""The admin's pages keep to their Content-Security-Policy, and what somebody smuggles into one does not run."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.safestring import mark_safe
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer
from tests.admin_forms import signed_in
from tests.browser.conftest import Open

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMUGGLED = """
<script>window.smuggled = "a script"</script>
<img src="data:," onerror="window.smuggled = 'a handler'">
<a id="trap" href="javascript:window.smuggled='an address'">trap</a>
<script src="https://evil.example/x.js"></script>
"""
# Collected by the page itself, before anything else runs in it.
COLLECT = """
window.violations = [];
document.addEventListener("securitypolicyviolation", event => window.violations.push(event.effectiveDirective));
"""


@pytest.fixture
def unwatched(chromium: Browser, live_server: LiveServer, client: Client) -> Iterator[Page]:
    """A superuser's page in which errors may be logged, since the test is about them."""
    context = chromium.new_context(base_url=live_server.url)
    session = str(signed_in(client).session.session_key)
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    context.add_init_script(COLLECT)
    yield context.new_page()
    context.close()


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


def test_no_page_allows_inline_scripts(client: Client) -> None:
    for path in ("/", "/admin/", "/admin/login/", "/nothing"):
        policy = directives(client.get(path).headers["Content-Security-Policy"])
        assert policy["script-src"] == ["'self'", "'unsafe-eval'"]
        assert policy["default-src"] == policy["object-src"] == policy["frame-ancestors"] == ["'none'"]
        assert policy["base-uri"] == policy["form-action"] == ["'self'"]


def test_smuggled_scripts_do_not_run(unwatched: Page, settings: Any) -> None:
    settings.UNFOLD = settings.UNFOLD | {"SITE_SUBHEADER": mark_safe(SMUGGLED)}
    unwatched.goto("/admin/")
    expect(unwatched.locator("#trap").first).to_be_attached()
    unwatched.locator("#trap").first.evaluate("link => link.click()")
    unwatched.wait_for_timeout(200)
    assert unwatched.evaluate("window.smuggled") is None
    assert {"script-src-elem", "script-src-attr"} <= set(unwatched.evaluate("window.violations"))


def test_without_the_policy_they_would_run(unwatched: Page, settings: Any) -> None:
    settings.UNFOLD = settings.UNFOLD | {"SITE_SUBHEADER": mark_safe(SMUGGLED)}
    settings.CONTENT_SECURITY_POLICY = None
    unwatched.goto("/admin/")
    unwatched.wait_for_function("window.smuggled")


def test_pages_work_within_their_policy(unwatched: Page, ada: Customer) -> None:
    unwatched.goto(f"/admin/customers/customer/{ada.pk}/change/")
    unwatched.get_by_text("Add another Number or address").click()
    expect(unwatched.locator("[name=contact_points-1-value]")).to_be_visible()
    unwatched.goto("/admin/auth/user/add/")
    unwatched.goto(f"/admin/auth/user/{User.objects.get().pk}/password/")
    unwatched.goto("/admin/two-factor/")
    unwatched.goto("/admin/customers/customer/?q=ada")
    assert unwatched.evaluate("window.violations") == []


def test_each_page_that_logs_a_violation_fails_its_test(unwatched: Page) -> None:
    # What all other browser tests rely on: Chromium logs a violation as an error.
    said: list[str] = []
    unwatched.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    unwatched.goto("/admin/")
    unwatched.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))")
    unwatched.wait_for_timeout(100)
    assert re.search("Content Security Policy", said[0])


def test_the_page_of_the_second_step_may_show_its_picture(staff_visit: Open) -> None:
    expect(staff_visit("/admin/two-factor/").get_by_alt_text("QR code")).to_be_visible()
