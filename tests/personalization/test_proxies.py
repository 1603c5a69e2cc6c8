"""Behind a proxy: whose headers count, what PUBLIC_URL changes, and that nothing logs a query string."""

import json
import os
import subprocess
import sys
from ipaddress import ip_network
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from personalization import environment, web_server
from personalization.environment import BASE_DIR
from personalization.forwarded import believe

PROXIES = [ip_network("10.0.0.0/8"), ip_network("192.0.2.7"), ip_network("2001:db8::/32")]
CLIENT = "203.0.113.5"


def seen(sender: str, forwarded_for: str, proxies: Any = PROXIES) -> str:
    """The address that a request counts as coming from."""
    environ = {"REMOTE_ADDR": sender, "HTTP_X_FORWARDED_FOR": forwarded_for}
    believe(environ, proxies)
    return environ["REMOTE_ADDR"]


@pytest.mark.parametrize(
    "forwarded_for",
    [
        CLIENT,
        f"{CLIENT}:52311",
        f"1.1.1.1, {CLIENT}",
        f"10.0.0.9, {CLIENT}, 192.0.2.7",
        f"1.1.1.1, {CLIENT}, 2001:db8::1, 10.9.9.9:80",
        f"unknown, {CLIENT},[2001:db8::1]:443",
        f"::ffff:{CLIENT}",
    ],
)
def test_the_client_is_the_last_that_is_none_of_our_proxies(forwarded_for: str) -> None:
    assert seen("10.1.2.3", forwarded_for) == CLIENT
    assert seen("::ffff:10.1.2.3", forwarded_for) == CLIENT


def test_a_stranger_cannot_say_where_he_comes_from() -> None:
    assert seen(CLIENT, "10.0.0.1") == CLIENT
    assert seen(CLIENT, "1.1.1.1", []) == CLIENT
    assert seen("127.0.0.1", "1.1.1.1", []) == "127.0.0.1"


@pytest.mark.parametrize(
    ("forwarded_for", "client"), [("", "10.1.2.3"), ("junk", "10.1.2.3"), ("1.1.1.1, junk", "10.1.2.3")]
)
def test_what_is_no_address_ends_the_search(forwarded_for: str, client: str) -> None:
    assert seen("10.1.2.3", forwarded_for) == client


@given(st.text(max_size=60))
def test_no_header_breaks_anything(text: str) -> None:
    seen("10.1.2.3", text)
    seen(text, text)


def test_a_strangers_headers_are_dropped() -> None:
    sent = {"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_PORT": "1"}
    stranger, proxy, without = ({"REMOTE_ADDR": sender, **sent} for sender in (CLIENT, "10.0.0.1", CLIENT))
    believe(stranger, PROXIES)
    believe(proxy, PROXIES)
    believe(without, [])
    assert stranger == {"REMOTE_ADDR": CLIENT}
    assert proxy == {"REMOTE_ADDR": "10.0.0.1", **sent}
    assert without == {"REMOTE_ADDR": CLIENT, "HTTP_X_FORWARDED_PROTO": "https"}


@pytest.mark.parametrize("value", ["proxy.example", "10.0.0.0/33", "10.0.0.1 10.0.0.2", "*"])
def test_a_malformed_proxy_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", value)
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES must hold IP addresses and networks"):
        environment.networks("TRUSTED_PROXIES")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://Voice.Example.com/", "https://voice.example.com"),
        ("https://voice.example.com:443", "https://voice.example.com"),
        ("http://bücher.example:8080", "http://xn--bcher-kva.example:8080"),
        ("http://[2001:DB8::1]:80", "http://[2001:db8::1]"),
    ],
)
def test_the_public_address_is_read_as_browsers_write_it(
    monkeypatch: pytest.MonkeyPatch, written: str, meant: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", written)
    assert environment.web_address("PUBLIC_URL") == meant


@pytest.mark.parametrize(
    "value", ["voice.example.com", "ftp://a.example", "https://a.example/x", "https://a:0", "https://"]
)
def test_a_malformed_public_address_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PUBLIC_URL", value)
    with pytest.raises(ImproperlyConfigured, match="PUBLIC_URL must look like"):
        environment.web_address("PUBLIC_URL")


def in_production(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a fresh process with these settings prints."""
    base = {"ENV_FILE": os.devnull, "SECRET_KEY": "x" * 50, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    return subprocess.run(
        [sys.executable, *arguments],
        env={"PATH": os.environ["PATH"], **base, **variables},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


_REQUESTS = """
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "personalization.settings"
django.setup()
from tests.conftest import request

def ask(path, headers):
    answer = request("GET", path, headers={"Host": "127.0.0.1:8000"} | headers)
    return [answer.status, answer.headers.get("Location"), answer.headers.get("Strict-Transport-Security")]

TLS = {"X-Forwarded-Proto": "https"}
print(json.dumps({
    "plain": ask("/admin/", {}),
    "secure": ask("/admin/", TLS | {"Host": "voice.example.com"}),
    "elsewhere": ask("/admin/", TLS | {"Host": "evil.example"}),
    "machines": [ask(path, {})[1:] for path in ("/livez", "/readyz", "/metrics", "/api/assistant-selector")],
}))
"""
_SIGN_IN = "/admin/login/?next=/admin/"


def asked(public_url: str, **variables: str) -> Any:
    """How the server answers in a process with this PUBLIC_URL."""
    told = in_production("-c", _REQUESTS, VAPI_WEBHOOK_SECRETS="s" * 30, PUBLIC_URL=public_url, **variables)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def test_with_https_people_are_sent_there_and_machines_are_not() -> None:
    answers = asked("https://voice.example.com")
    assert answers["plain"] == [301, "https://voice.example.com/admin/", None]
    assert answers["secure"] == [302, _SIGN_IN, "max-age=31536000; includeSubDomains; preload"]
    assert answers["elsewhere"][0] == 400
    assert answers["machines"] == [[None, None]] * 4


def test_without_https_nobody_is_sent_anywhere() -> None:
    answers = asked("http://voice.example.com")
    assert answers["plain"] == answers["secure"] == [302, _SIGN_IN, None]


def test_once_proxies_are_named_nobody_else_can_say_https() -> None:
    # These requests come from 127.0.0.1, which is none of them.
    answers = asked("https://voice.example.com", TRUSTED_PROXIES="10.0.0.0/8")
    assert answers["secure"] == [301, "https://voice.example.com/admin/", None]


@pytest.mark.parametrize(
    ("variables", "starts"),
    [
        ({}, False),
        ({"VAPI_WEBHOOK_SECRETS": "s" * 30}, True),
        ({"VAPI_HMAC_SECRETS": "s" * 30}, True),
        ({"DEBUG": "true"}, True),
    ],
)
def test_a_server_that_others_reach_needs_a_secret(variables: dict[str, str], starts: bool) -> None:
    told = in_production("manage.py", "check", ALLOWED_HOSTS="voice.example.com", **variables)
    assert (told.returncode == 0) is starts
    assert starts or told.stderr.startswith("VAPI_WEBHOOK_SECRETS is not set")
    assert starts or len(told.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("variables", "warning"),
    [
        ({}, "personalization.W001"),
        (
            {"VAPI_WEBHOOK_SECRETS": "strong-enough-2b7e151628,shortbuTva7ied"},
            "Secret 2 in VAPI_WEBHOOK_SECRETS can be guessed",
        ),
        ({"VAPI_HMAC_SECRETS": "a" * 60}, "Secret 1 in VAPI_HMAC_SECRETS can be guessed"),
        ({"VAPI_HMAC_SECRETS": "2b7e151628aed2a6", "VAPI_HMAC_PAYLOAD_FORMAT": "{body}"}, "personalization.W003"),
        ({"VAPI_WEBHOOK_SECRETS": "schlüssel-2b7e151628aed2a6"}, "personalization.W004"),
    ],
)
def test_the_check_warns_of_what_can_be_guessed(variables: dict[str, str], warning: str) -> None:
    told = in_production("manage.py", "check", "--deploy", **variables)
    assert warning in told.stderr + told.stdout


def test_the_access_log_holds_no_query_strings() -> None:
    assert "%(path)s" in web_server.ACCESS_LOG
    assert "query" not in web_server.ACCESS_LOG


def test_what_goes_wrong_is_logged_without_its_query(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/nothing", {"phone": "+13035550101"})
    client.post("/admin/login/?phone=%2B13035550101", headers={"host": "evil.example"})
    logged = caplog.text
    assert "Not Found: /nothing" in logged
    assert "evil.example" in logged
    assert "3035550101" not in logged
