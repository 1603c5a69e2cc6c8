"""The admin's first page says how calls are answered, and what needs attention."""

import html
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from customers import directory
from customers.models import Call, Customer, Duty
from customers.spool import Spool

pytestmark = pytest.mark.django_db


def first_page(client: Client) -> str:
    client.force_login(User.objects.create_superuser("grace"))
    return client.get("/admin/").content.decode()


def test_all_is_well(client: Client) -> None:
    shown = first_page(client)
    assert "Calls are answered from live data, by version 1 of the rules." in shown
    assert "is 0.0 s old" in shown or "is 0 s old" in shown


def test_what_housekeeping_did_and_what_it_could_not_do(client: Client) -> None:
    assert "Housekeeping has never run: see that" in first_page(client)
    hours_ago = timezone.now() - timedelta(hours=3)
    Duty.objects.create(name="housekeeping", done_at=hours_ago)
    Duty.objects.create(name="retention", done_at=hours_ago, outcome="2 transcripts and 1 call removed.")
    Duty.objects.create(name="missed calls", tried_at=hours_ago, outcome="Vapi refused the key.", failed=True)
    shown = client.get("/admin/").content.decode()
    assert "Housekeeping last ran 3 h ago" in shown
    assert "Retention, 3 h ago: 2 transcripts and 1 call removed." in shown
    assert "Not done (missed calls): Vapi refused the key." in shown
    Duty.objects.filter(failed=True).update(outcome="Not finished.", tried_at=timezone.now() - timedelta(minutes=50))
    assert "Not done" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize(("seconds", "sentence"), [(60.0, "what was last known"), (4e5, "no copy young enough")])
def test_a_copy_that_is_not_live_is_told(
    seconds: float, sentence: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "copy_age", lambda: seconds)
    assert sentence in first_page(client)


def test_reports_that_were_set_aside_are_told(client: Client) -> None:
    spool = Spool(settings.DATA_DIR / "spool")
    spool.put(b"bad")
    spool.put_aside(spool.waiting()[0])
    assert "1 reports could not be stored" in first_page(client)


def test_calls_lately_are_counted_and_lead_to_the_calls(client: Client, ada: Customer) -> None:
    for number in range(3):
        Call.objects.create(vapi_id=f"call-{number}", type="inbound", customer=ada, reason="rule:Gold & silver")
    Call.objects.create(vapi_id="web", type="web", reason="pin", source="last-known", latency_ms=12.3)
    Call.objects.create(vapi_id="unknown", type="inbound", reason="rule:Gold & silver")
    shown = first_page(client)
    assert "4 inbound, 1 web" in shown
    assert "<b>75 %</b> of 4 inbound calls" in shown
    assert "1 from what was last known" in shown
    assert "“Gold &amp; silver”" in shown
    assert "rule:Gold" not in shown
    assert "12.3 ms" in shown
    for pattern, calls in (("reason=rule", 4), ("source=", 1), ("created_at__lt", 5)):
        [address] = re.findall(rf'href="([^"]*{pattern}[^"]*)"', shown)
        assert client.get(html.unescape(address)).context["cl"].result_count == calls


def test_who_may_not_see_calls_sees_no_figures(client: Client) -> None:
    client.force_login(User.objects.create_user("kim", is_staff=True))
    assert "Calls a day" not in client.get("/admin/").content.decode()
