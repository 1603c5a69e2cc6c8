"""Published versions: the list, one of them, and bringing it back."""

import re

import pytest
from django.test import Client

from assistants.document import draft_document
from assistants.models import AssistantVariant, PublishedVersion, RoutingRule
from assistants.publishing import publish_first
from tests.admin_forms import signed_in
from tests.assistants.publishing_pages import VERSIONS, decide, numbers, words
from tests.conftest import rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    publish_first()
    return signed_in(client)


def test_versions_are_listed_with_what_they_changed(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("Gold", vip_desk)
    decide(staff, note="For gold")
    shown = words(staff.get(VERSIONS))
    assert re.search(r"Version 2 .* sam .* For gold 2 Version 1", shown)


def test_a_versions_page_shows_what_it_changed_and_what_going_back_would(
    staff: Client, vip_desk: AssistantVariant
) -> None:
    rule("Gold", vip_desk)
    decide(staff)
    page = staff.get(f"{VERSIONS}1/change/")
    assert [change.kind for group in page.context["against_heard"] for change in group.changes] == ["removed"] * 2
    assert "Bring back this version" in words(page)
    page = staff.get(f"{VERSIONS}2/change/")
    assert [change.kind for group in page.context["against_earlier"] for change in group.changes] == ["added"] * 2
    assert "Bring back this version" not in words(page)


@pytest.mark.parametrize("number", ["7", "x"])
def test_a_version_that_never_was_is_not_found(staff: Client, number: str) -> None:
    assert staff.get(f"{VERSIONS}{number}/change/").status_code == 404


def test_a_version_comes_back_in_one_click(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("Gold", vip_desk)
    decide(staff)
    assert staff.get(f"{VERSIONS}1/restore/").status_code == 405
    page = staff.post(f"{VERSIONS}1/restore/", follow=True)
    assert "Version 3 is what version 1 was: callers hear it now." in words(page)
    assert not RoutingRule.objects.exists()


def test_going_back_loses_unpublished_changes_only_after_a_second_click(
    staff: Client, vip_desk: AssistantVariant
) -> None:
    rule("Gold", vip_desk)
    decide(staff)
    rule("Unfinished", vip_desk)
    page = staff.post(f"{VERSIONS}1/restore/")
    assert re.search("This gets lost.* Unfinished .* Lose them and bring back", words(page))
    rule("Later still", vip_desk)
    page = staff.post(f"{VERSIONS}1/restore/", {"shown": page.context["shown"]})
    assert re.search("This gets lost.* Later still .* Lose them", words(page))
    staff.post(f"{VERSIONS}1/restore/", {"shown": page.context["shown"]})
    assert (numbers(), draft_document()) == ([3, 2, 1], PublishedVersion.objects.get(number=1).document)
