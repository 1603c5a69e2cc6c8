"""A customer's page: what the form makes of what staff type; and blocking from the list."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers import records
from customers.history import read_history
from customers.models import Customer
from tests.admin_forms import mistakes, posted, save, sentences, signed_in
from tests.conftest import customer

LIST = "/admin/customers/customer/"
ADD = f"{LIST}add/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    return signed_in(client)


def change(person: Customer) -> str:
    return f"{LIST}{person.pk}/change/"


def test_a_new_customer_is_kept_in_the_form_in_which_calls_look(staff: Client) -> None:
    numbers = {
        "contact_points-0-value": "(303) 555-0101 ext. 12",
        "contact_points-1-value": "sip:Ada@Example.COM;transport=udp",
        "contact_points-2-kind": "trunk",
        "contact_points-2-value": "4711",
    }
    kinds = {"contact_points-0-kind": "phone", "contact_points-1-kind": "phone"}
    facts = {
        "name": "Ada",
        "external_id": " c001 ",
        "language": "en-us",
        "tags": " vip, , vip,family",
        "attributes": '{"seats": 2}',
    }
    assert save(staff, ADD, facts | kinds | numbers).status_code == 302
    ada = Customer.objects.get(external_id="c001")
    assert (ada.language, ada.tags, ada.attributes) == ("en-US", ["vip", "family"], {"seats": 2})
    kept = list(ada.contact_points.values_list("kind", "value", "extension"))
    assert kept == [("phone", "+13035550101", "12"), ("sip", "sip:Ada@example.com", ""), ("trunk", "4711", "")]


def test_saving_a_page_unchanged_changes_nothing(staff: Client, ada: Customer) -> None:
    ada.attributes, ada.tags, ada.timezone = {"größe": "ü", "n": [1, 2.5]}, ["a", "b"], "Europe/London"
    ada.save()
    before = (
        Customer.objects.filter(pk=ada.pk).values("attributes", "tags", "timezone", "joined_on", "external_id").get()
    )
    assert save(staff, change(ada), {}).status_code == 302
    assert Customer.objects.filter(pk=ada.pk).values(*before).get() == before
    assert [entry.what for entry in read_history(ada.pk).entries] == ["First known state"]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("language", "english", "is not a language code"),
        ("timezone", "PST", "is not a time zone"),
        ("email", "ada@", "valid email"),
        ("external_id", "id:7", "Ids that begin with"),
        ("external_id", "c001", "already exists"),
        ("joined_on", "yesterday", "valid date"),
        ("tags", "x" * 101, "Tag 1"),
        ("attributes", '{"plan": pro}', "This is not JSON: expecting value (line 1, column 10)."),
        ("attributes", '{\n"plan": "pro",\n}', "line 3, column 1"),
        ("attributes", "[1]", "Write a JSON object"),
        ("attributes", "[]", "Write a JSON object"),
        ("attributes", '{"plan": null}', "must be text"),
        ("attributes", '{"plan": "a", "plan": "b"}', "“plan” stands twice"),
        ("attributes", '{"plan": NaN}', "NaN is not JSON"),
        ("attributes", '{"plan": 1e400}', "too large a number"),
        ("attributes", '{"plan": 123456789012345678901}', "cannot be stored"),
        ("attributes", '{"plan": "\\ud800"}', "cannot be stored"),
        ("attributes", '{"plan\\u0000": 1}', "null character"),
        pytest.param("attributes", "[" * 100_000, "nested too deeply", id="too deep"),
        pytest.param("attributes", '{"plan": ' + "9" * 5000 + "}", "number that is too long", id="too long"),
    ],
)  # fmt: skip
def test_a_mistake_is_explained_at_its_field(
    staff: Client, ada: Customer, field: str, typed: str, sentence: str
) -> None:
    page = save(staff, ADD, {"name": "Grace", field: typed})
    assert list(mistakes(page)) == [field]
    assert sentence in mistakes(page)[field]
    assert not Customer.objects.filter(name="Grace").exists()


WHEN = {"call_consent_at_0": "2026-03-01", "call_consent_at_1": "09:30:00"}


def test_a_consent_is_kept_with_when_and_how(staff: Client, ada: Customer) -> None:
    assert save(staff, change(ada), WHEN | {"call_consent_how": "said", "do_not_call": "on"}).status_code == 302
    ada.refresh_from_db()
    assert f"{ada.call_consent_at:%Y-%m-%d %H:%M}, {ada.call_consent_how}" == "2026-03-01 09:30, said"
    assert (ada.do_not_call, ada.remember_calls) == (True, True)


def test_half_a_consent_is_explained_at_the_other_half(staff: Client) -> None:
    when, how = WHEN, {"call_consent_how": "said on the phone"}
    assert mistakes(save(staff, ADD, {"name": "Grace"} | when)) == {
        "call_consent_how": "Say how the customer agreed, or empty “agreed to be called”."
    }
    assert mistakes(save(staff, ADD, {"name": "Grace"} | how)) == {
        "call_consent_at": "Say when the customer agreed, or empty “agreed how”."
    }


def test_json_stays_as_it_was_typed_while_it_is_wrong_and_is_indented_once_it_is_right(
    staff: Client, ada: Customer
) -> None:
    page = save(staff, change(ada), {"attributes": '{"größe":  1,}'})
    assert page.context["adminform"].form["attributes"].value() == '{"größe":  1,}'
    save(staff, change(ada), {"attributes": '{"größe":  1}'})
    shown = staff.get(change(ada)).context["adminform"].form["attributes"].value()
    assert shown == '{\n  "größe": 1\n}'
    assert json.loads(shown) == {"größe": 1}


def test_what_nobody_sees_around_a_text_is_not_kept(staff: Client, ada: Customer) -> None:
    """Else an import of this customer's export, which drops it, would be about somebody else."""
    unseen = {"external_id": "c001\u200b", "name": "\ufeffAda", "tags": "vip\u200b,vip", "notes": "'=x\u00a0"}
    assert save(staff, change(ada), unseen).status_code == 302
    ada.refresh_from_db()
    assert (ada.external_id, ada.name, ada.tags, ada.notes) == ("c001", "Ada", ["vip"], "'=x")


def test_a_save_that_comes_too_late_is_refused_once(staff: Client, ada: Customer) -> None:
    opened = {"opened_as": staff.get(change(ada)).context["opened_as"]}
    records.change(ada, {"tier": "silver"}, who="the API key “CRM”", at=timezone.now())
    late = save(staff, change(ada), opened | {"notes": "called", "tier": "gold"})
    assert "this customer was changed after you opened this page" in mistakes(late)["__all__"]
    ada.refresh_from_db()
    assert (ada.tier, ada.notes) == ("silver", "")
    assert f'name="opened_as" value="{ada.updated_at.isoformat()}"' in late.text
    again = save(staff, change(ada), {"opened_as": late.context["opened_as"], "notes": "called"})
    assert again.status_code == 302


def test_a_number_that_was_taken_away_meanwhile_does_not_keep_the_rest_from_being_saved(
    staff: Client, ada: Customer
) -> None:
    page = staff.get(change(ada))
    records.change(ada, {"phones": []}, who="the API key “CRM”", at=timezone.now())
    late = staff.post(change(ada), posted(page) | {"opened_as": page.context["opened_as"], "notes": "called"})
    assert list(mistakes(late)) == ["__all__"]
    assert "+13035550101" not in late.text
    assert save(staff, change(ada), {"opened_as": late.context["opened_as"], "notes": "called"}).status_code == 302


def test_empty_attributes_are_an_empty_object(staff: Client, ada: Customer) -> None:
    assert save(staff, change(ada), {"attributes": " "}).status_code == 302
    ada.refresh_from_db()
    assert ada.attributes == {}


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("phone", "12", "“12” is not a phone number"),
        ("phone", "+1 303 555", "write it with its country code"),
        ("phone", "anonymous", "hide their number"),
        ("trunk", "266696687", "hide their number"),
        ("sip", "sip:anonymous@anonymous.invalid", "hide their number"),
        ("phone", "ada@example.com", "write sip: before a SIP address"),
        ("sip", "ada", "is not a SIP address"),
        ("trunk", "47 11", "is not what a SIP trunk sends"),
        ("phone", "", "required"),
    ],
)
def test_a_number_that_recognises_nobody_is_refused_at_its_field(
    staff: Client, ada: Customer, kind: str, typed: str, sentence: str
) -> None:
    row = {"contact_points-1-kind": kind, "contact_points-1-value": typed, "contact_points-1-extension": "1"}
    page = save(staff, change(ada), row)
    assert list(mistakes(page)) == ["contact_points-1-value"]
    assert sentence in mistakes(page)["contact_points-1-value"]


def test_a_sip_address_needs_no_scheme_once_its_kind_is_chosen(staff: Client, ada: Customer) -> None:
    save(staff, change(ada), {"contact_points-1-kind": "sip", "contact_points-1-value": "ada@pbx.example"})
    assert ada.contact_points.filter(kind="sip", value="sip:ada@pbx.example").exists()


def test_a_full_number_is_a_phone_number_whatever_was_chosen(staff: Client, ada: Customer) -> None:
    save(staff, change(ada), {"contact_points-1-kind": "trunk", "contact_points-1-value": "+13035550109"})
    assert ada.contact_points.filter(kind="phone", value="+13035550109").exists()


@pytest.mark.parametrize("other", ["303 555 0101", "+13035550101"])
def test_the_same_number_twice_is_refused_at_the_later_row(staff: Client, ada: Customer, other: str) -> None:
    page = save(staff, change(ada), {"contact_points-1-kind": "phone", "contact_points-1-value": other})
    assert mistakes(page) == {"contact_points-1-value": "This customer has this number or address already."}


def test_two_new_rows_with_the_same_number_are_refused_too(staff: Client) -> None:
    rows: dict[str, Any] = {f"contact_points-{row}-kind": "phone" for row in (0, 1)}
    rows |= {"contact_points-0-value": "+13035550101", "contact_points-1-value": "303 555 0101"}
    assert list(mistakes(save(staff, ADD, {"name": "Ada"} | rows))) == ["contact_points-1-value"]


def test_a_row_may_be_replaced_by_an_equal_one(staff: Client, ada: Customer) -> None:
    rows = {"contact_points-0-DELETE": "on", "contact_points-1-kind": "phone", "contact_points-1-value": "303 555 0101"}
    assert save(staff, change(ada), rows).status_code == 302
    assert ada.contact_points.get().value == "+13035550101"


def test_a_second_main_owner_is_told_who_is_the_first(staff: Client, ada: Customer) -> None:
    ada.contact_points.update(is_main_owner=True)
    leo = customer("c002", "Leo", "+13035550101")
    page = save(staff, change(leo), {"contact_points-0-is_main_owner": "on"})
    assert mistakes(page) == {
        "contact_points-0-is_main_owner": "Ada Example is this number's main owner: take the mark away there first."
    }
    assert save(staff, change(ada), {"name": "Ada"}).status_code == 302


def test_a_number_that_no_longer_exists_keeps_nobody_from_saving(staff: Client) -> None:
    grace = customer("c001", "Grace", "+19995550101")
    assert save(staff, change(grace), {"name": "Grace Hopper"}).status_code == 302


def test_staff_block_and_unblock_from_the_list(staff: Client, ada: Customer) -> None:
    chosen = [ada.pk, customer("c002", "Bad Penny", blocked=True).pk]
    before = Customer.objects.get(pk=ada.pk).updated_at
    said = staff.post(LIST, {"action": "block", "_selected_action": chosen})
    assert sentences(said) == "Blocked 1 of the selected customers: they hear the site's refusal from now on."
    assert Customer.objects.get(pk=ada.pk, blocked=True).updated_at > before
    assert [entry.by for entry in read_history(ada.pk).entries] == ["sam", ""]
    said = staff.post(LIST, {"action": "unblock", "_selected_action": chosen})
    assert "Unblocked 2 of the selected customers: rules decide about their calls again" in sentences(said)
    assert not Customer.objects.filter(blocked=True).exists()


def test_who_may_only_look_cannot_block(client: Client, ada: Customer, django_user_model: Any) -> None:
    viewer = django_user_model.objects.create_user("vera", is_staff=True)
    viewer.user_permissions.add(*viewer.user_permissions.model.objects.filter(codename="view_customer"))
    client.force_login(viewer)
    assert "+13035550101" in client.get(LIST).content.decode()
    client.post(LIST, {"action": "block", "_selected_action": [ada.pk]})
    assert not Customer.objects.get().blocked
    assert client.get(change(ada)).status_code == 200


def test_what_customers_are_called_is_text_not_a_page(staff: Client) -> None:
    mallory = customer("c666", "<script>alert(1)</script>", "+13035550166", tier="<b>gold")
    wrong = {"contact_points-0-value": "<i>12", "attributes": "<u>"}
    pages = [staff.get(LIST), staff.get(change(mallory)), save(staff, change(mallory), wrong)]
    pages += [staff.get(f"{LIST}{mallory.pk}/{page}/") for page in ("history", "delete")]
    for page in pages:
        assert page.status_code == 200
        assert not any(tag in page.content.decode() for tag in ("<script>alert", "<b>gold", "<i>12", "<u>"))
