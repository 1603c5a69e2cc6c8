"""The page that publishes: what is shown, who may act, and that nothing else is published than was shown."""

import pytest
from django.test import Client

from assistants.models import AssistantVariant, HolidayList, Line, Proposal, PublishedVersion, RoutingRule, SiteSettings
from assistants.publishing import publish_draft, publish_first
from tests.admin_forms import save, sentences, signed_in
from tests.assistants.publishing_pages import PUBLISH, RULES, SITE, VERSIONS, decide, numbers, person, publisher, words
from tests.conftest import rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    publish_first()
    return signed_in(client)


# The difference


def test_the_difference_is_read_in_words_and_published_with_a_note(staff: Client, vip_desk: AssistantVariant) -> None:
    gold = rule("Gold", vip_desk, ("tier", "is", "gold"))
    publish_draft(note="")
    gold.conditions.update(value="platinum")
    vip_desk.variables.filter(name="customerName").update(default="dear")
    shown = words(staff.get(PUBLISH))
    assert "Rules changed Gold answers if account type is gold → account type is platinum" in shown
    assert "Variants changed VIP desk variable customerName" in shown
    assert "Version 3 is published: callers hear it now." in words(decide(staff, note="Platinum now"))
    version = PublishedVersion.objects.get(number=3)
    assert (version.note, version.changes, str(version.published_by)) == ("Platinum now", 2, "sam")


def test_in_a_long_text_only_what_differs_is_shown(staff: Client, vip_desk: AssistantVariant) -> None:
    text = " ".join(f"word{number}" for number in range(100))
    AssistantVariant.objects.filter(pk=vip_desk.pk).update(overrides={"firstMessage": text})
    publish_draft(note="")
    AssistantVariant.objects.filter(pk=vip_desk.pk).update(
        overrides={"firstMessage": text.replace("word50 ", "fifty ")}
    )
    shown = words(staff.get(PUBLISH))
    assert "word49 word50 fifty word51" in shown
    assert "word30" not in shown


def test_every_kind_of_thing_is_shown_with_its_page(
    staff: Client, support_line: Line, vip_desk: AssistantVariant
) -> None:
    HolidayList.objects.create(name="US", dates=["2026-12-25"])
    rule("Gold", vip_desk)
    SiteSettings.objects.update(fallback=vip_desk)
    page = staff.get(PUBLISH)
    groups = page.context["groups"]
    assert [group.title for group in groups] == ["Site settings", "Holidays", "Lines", "Variants", "Rules"]
    for change in [change for group in groups for change in group.changes]:
        assert staff.get(change.url).status_code == 200


def test_what_was_removed_has_no_page(staff: Client, vip_desk: AssistantVariant) -> None:
    gold = rule("Gold", vip_desk)
    publish_draft(note="")
    gold.delete()
    ((change,),) = [group.changes for group in staff.get(PUBLISH).context["groups"]]
    assert (change.name, change.kind, change.url) == ("Gold", "removed", "")


def test_who_changed_what_since_the_last_version_is_listed(staff: Client, vip_desk: AssistantVariant) -> None:
    save(staff, f"{RULES}add/", {"name": "Gold", "variant": vip_desk.pk})
    assert "sam : rule “Gold”: Added." in words(staff.get(PUBLISH))
    decide(staff)
    assert "“Gold”" not in words(staff.get(PUBLISH))


# What keeps it from being published


def test_a_draft_with_problems_says_where_and_has_no_button(staff: Client, vip_desk: AssistantVariant) -> None:
    broken = rule("Broken", vip_desk, ("joined_on", "is", "sometime"))
    page = staff.get(PUBLISH)
    assert "rules / Broken / condition 1 / value : “sometime” is not a date" in words(page)
    assert f'href="{RULES}{broken.pk}/change/">rules / Broken' in page.content.decode()
    assert 'name="shown"' not in page.content.decode()
    assert "It cannot be published" in words(decide(staff))
    assert numbers() == [1]


def test_what_is_allowed_and_hardly_meant_is_a_warning(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("Everybody", vip_desk, priority=1)
    rule("Nobody", vip_desk, ("tier", "is", "gold"), priority=2)
    assert "rule “Nobody” :" in words(staff.get(PUBLISH))
    decide(staff)
    assert numbers() == [2, 1]


def test_only_what_was_shown_is_published(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("Gold", vip_desk)
    shown = staff.get(PUBLISH).context["shown"]
    rule("Somebody else's", vip_desk)
    page = staff.post(PUBLISH, {"shown": shown, "note": "Gold"})
    assert "This has changed since you opened the page" in words(page)
    assert "Somebody else&#x27;s" in words(page)
    assert (page.context["note"], numbers()) == ("Gold", [1])
    staff.post(PUBLISH, {"shown": page.context["shown"]})
    assert numbers() == [2, 1]


def test_what_somebody_else_published_meanwhile_is_not_undone(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("Gold", vip_desk)
    shown = staff.get(PUBLISH).context["shown"]
    rule("Silver", vip_desk)
    publish_draft(note="")
    RoutingRule.objects.filter(name="Silver").delete()
    assert "This has changed" in words(staff.post(PUBLISH, {"shown": shown}))
    assert numbers() == [2, 1]


def test_publishing_without_having_been_shown_anything_is_refused(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("Gold", vip_desk)
    staff.post(PUBLISH, {})
    assert numbers() == [1]


# Who may


def test_who_may_not_publish_sees_the_page_without_buttons(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("Gold", vip_desk)
    vera = person("vera", "view_publishedversion", "view_routingrule", "change_routingrule")
    page = vera.get(PUBLISH)
    assert "Gold" in words(page)
    assert 'name="shown"' not in page.content.decode()
    assert vera.post(PUBLISH, {"shown": page.context["shown"]}).status_code == 403
    assert vera.post(f"{VERSIONS}1/restore/").status_code == 403
    assert "Save and publish" not in words(vera.get(f"{RULES}{RoutingRule.objects.get().pk}/change/"))


def test_who_may_not_see_versions_sees_neither_page_nor_bar(staff: Client, vip_desk: AssistantVariant) -> None:
    rule("Gold", vip_desk)
    otto = person("otto", "view_customer")
    for url in (PUBLISH, VERSIONS, f"{VERSIONS}1/change/"):
        assert otto.get(url).status_code == 403
    assert "unpublished change" not in words(otto.get("/admin/"))


# A second person


def test_a_second_person_approves(staff: Client, vip_desk: AssistantVariant) -> None:
    SiteSettings.objects.update(needs_approval=True)
    rule("Gold", vip_desk)
    grace, hugh = publisher("grace"), publisher("hugh")
    assert "A second person must approve" in words(decide(grace))
    assert "waits here for somebody else" in words(decide(grace, note="Please", propose=""))
    proposal = f"{VERSIONS}proposals/{Proposal.objects.get().pk}/"
    (waiting,) = grace.get(PUBLISH).context["proposals"]
    assert "Approve and publish" not in words(grace.get(PUBLISH))
    assert "Somebody else must approve" in words(grace.post(proposal, {"shown": waiting.shown}, follow=True))
    assert "Please" in words(hugh.get(PUBLISH))
    assert "is published" in words(hugh.post(proposal, {"shown": waiting.shown}, follow=True))
    version = PublishedVersion.objects.get(number=2)
    assert (str(version.proposed_by), str(version.published_by)) == ("grace", "hugh")
    assert "no longer waits" in words(hugh.post(proposal, {"shown": waiting.shown}, follow=True))


def test_a_proposal_is_approved_as_it_was_shown(staff: Client, vip_desk: AssistantVariant) -> None:
    SiteSettings.objects.update(needs_approval=True)
    rule("Gold", vip_desk)
    decide(publisher("grace"), propose="")
    (waiting,) = staff.get(PUBLISH).context["proposals"]
    rule("Silver", vip_desk)
    publish_draft(note="")
    page = staff.post(f"{VERSIONS}proposals/{waiting.proposal.pk}/", {"shown": waiting.shown})
    assert "This has changed" in words(page)
    assert numbers() == [2, 1]


def test_a_proposal_is_withdrawn(staff: Client, vip_desk: AssistantVariant) -> None:
    SiteSettings.objects.update(needs_approval=True)
    rule("Gold", vip_desk)
    decide(staff, propose="")
    staff.post(f"{VERSIONS}proposals/{Proposal.objects.get().pk}/", {"withdraw": ""})
    assert not Proposal.objects.exists()
    assert RoutingRule.objects.exists()


def test_approval_is_demanded_in_the_site_settings(staff: Client) -> None:
    response = save(staff, SITE, {"needs_approval": "on"})
    assert "the approval act at once" in sentences(response)
    assert SiteSettings.objects.get().needs_approval


def test_only_a_superuser_does_away_with_the_second_person(staff: Client) -> None:
    SiteSettings.objects.update(needs_approval=True)
    grace = person("grace", "change_sitesettings", "view_assistantvariant", "publish")
    save(grace, SITE, {"needs_approval": ""})
    assert SiteSettings.objects.get().needs_approval
