"""Every place and form in which the caller may stand, and every kind of caller."""

from typing import Any

import pytest

from assistants.models import AssistantVariant, Line
from customers.models import ContactPoint, Customer
from tests.conftest import Answer, call_from, customer, post, rule
from tests.national_variants import VARIANTS

ADA = "+13035550101"


def ask(message: dict[str, Any], **beside: Any) -> Answer:
    return post({"message": {"type": "assistant-request", **message}, **beside})


def heard(answer: Answer) -> str:
    return str(answer.json["assistantOverrides"]["variableValues"]["customerName"])


@pytest.mark.parametrize(
    "body",
    [
        {"message": {"call": {"customer": {"number": ADA}}}},
        {"message": {"call": {}, "customer": {"number": ADA}}},
        {"message": {"call": None, "customer": {"number": ADA}}},
        {"message": {"customer": {"number": ADA}}},
        {"message": {"call": {"customer": None}, "customer": {"number": ADA}}},
        {"message": {"call": {"customer": {"number": None, "sipUri": f"sip:{ADA}@example.com"}}}},
        {"message": {"customer": {"sipUri": f"sips:{ADA}@example.com:5061;user=phone"}}},
        {"message": {"call": {"from": {"phoneNumber": ADA}}}},
        {"message": {}, "call": {"from": {"phoneNumber": ADA}, "to": {"phoneNumber": "+13035550190"}}},
        {"message": {"call": {"customer": {"number": ""}}, "customer": {"number": ADA}}},
        {"message": {"call": {"customer": {"number": "???"}}, "customer": {"number": ADA}}},
        {"message": {"call": {"customer": {"number": int(ADA)}}}},
    ],
)
def test_the_caller_is_found_wherever_the_number_stands(
    body: dict[str, Any], ada: Customer, support_line: Line
) -> None:
    body["message"] |= {"type": "assistant-request", "phoneNumber": {"number": "+13035550190"}}
    assert heard(post(body)) == "Ada Example"


@pytest.mark.parametrize(
    "number",
    [
        "+1 303 555 0101",
        "+1 (303) 555-0101",
        "(303) 555-0101",
        "3035550101",
        "13035550101",
        "0013035550101",
        "tel:+13035550101",
        "tel:+1-303-555-0101;ext=1",
        " +13035550101 ",
        "\u202a+13035550101\u202c",
        "＋１３０３５５５０１０１",
        "sip:+13035550101@198.51.100.20",
        '"Ada" <sip:+13035550101@198.51.100.20:5060;transport=tcp>',
    ],
)
def test_the_caller_is_found_in_every_spelling(number: str, ada: Customer, support_line: Line) -> None:
    assert heard(call_from(number)) == "Ada Example"


def test_a_number_without_country_code_is_read_in_the_line_s_region(front_desk: AssistantVariant) -> None:
    Line.objects.create(name="UK", number="+441614960990", region="GB", fallback=front_desk)
    customer("uk", "Grace Murphy", "+441614960107")
    assert heard(call_from("0161 496 0107", line="+441614960990")) == "Grace Murphy"


@pytest.mark.parametrize(("stored", "calling"), VARIANTS)
def test_national_variants_are_one_subscriber(stored: str, calling: str, support_line: Line) -> None:
    customer("c002", "Berta", stored)
    assert heard(call_from(calling)) == "Berta"


def test_sip_addresses_are_contact_points(support_line: Line) -> None:
    bob = customer("bob", "Bob")
    ContactPoint.objects.create(customer=bob, kind="sip", value="sip:bob@example.com")
    assert (
        heard(
            ask(
                {
                    "customer": {"sipUri": "sip:bob@EXAMPLE.com:5060;transport=udp"},
                    "phoneNumber": {"number": "+13035550190"},
                }
            )
        )
        == "Bob"
    )


def test_what_a_trunk_sends_in_place_of_a_number_is_a_contact_point(support_line: Line) -> None:
    desk = customer("desk", "Reception")
    ContactPoint.objects.create(customer=desk, kind="trunk", value="5550142")
    assert heard(call_from("5550142")) == "Reception"


@pytest.mark.parametrize(
    "number",
    ["", None, "anonymous", "Anonymous", "RESTRICTED", "+266696687", "266696687", "7378742833", "86282452253",
     "2562533", "8656696", "464", "unknown", "Private Number", "no caller id", "unavailable",
     "sip:anonymous@anonymous.invalid"],
)  # fmt: skip
def test_withheld_numbers_are_never_looked_up(
    number: str | None, vip_desk: AssistantVariant, support_line: Line
) -> None:
    trap = customer("trap", "Trap")
    for value in ("266696687", "464", "anonymous"):
        ContactPoint.objects.create(customer=trap, kind="trunk", value=value)
    rule("Withheld", vip_desk, ("withheld", "yes", ""))
    answer = call_from(number)
    assert (answer.reason, heard(answer)) == ("rule:Withheld", "friend")


@pytest.mark.parametrize("customer_object", [{}, None, [], "x", {"number": {}}, {"number": ["+13035550101"]}])
def test_a_missing_or_senseless_caller_is_withheld(
    customer_object: Any, vip_desk: AssistantVariant, support_line: Line
) -> None:
    rule("Withheld", vip_desk, ("withheld", "yes", ""))
    assert ask({"call": {"customer": customer_object}}).reason == "rule:Withheld"


def test_a_number_that_begins_like_a_withheld_one_is_a_number(support_line: Line) -> None:
    customer("cn", "Wei", "+8656696123456")
    assert heard(call_from("+8656696123456")) == "Wei"


def test_an_unknown_caller_is_a_normal_case(ada: Customer, vip_desk: AssistantVariant, support_line: Line) -> None:
    rule("Welcome", vip_desk, ("unknown", "yes", ""))
    answer = call_from("+13035550199")
    assert (answer.reason, heard(answer)) == ("rule:Welcome", "friend")
    assert answer.json["assistantOverrides"]["metadata"].keys() == {"rule", "variant", "version", "decisionId"}


def test_an_inactive_customer_counts_as_unknown(support_line: Line) -> None:
    customer("gone", "Gone", "+13035550177", active=False)
    assert heard(call_from("+13035550177")) == "friend"


def test_a_shared_number_discloses_nobody(vip_desk: AssistantVariant, support_line: Line) -> None:
    for name in ("Kate", "Leo"):
        customer(name, name, "+13035550115", tier="gold")
    rule("Shared", vip_desk, ("ambiguous", "yes", ""), ("tier", "is", "gold"))
    answer = call_from("+13035550115")
    assert answer.reason == "rule:Shared"
    assert answer.json["assistantOverrides"]["variableValues"] == {
        "customerName": "friend", "accountType": "standard", "joinDate": "long ago"
    }  # fmt: skip
    assert "customerId" not in answer.json["assistantOverrides"]["metadata"]


def test_what_owners_of_a_shared_number_do_not_agree_on_steers_nothing(
    vip_desk: AssistantVariant, support_line: Line
) -> None:
    customer("k", "Kate", "+13035550115", tier="gold")
    customer("l", "Leo", "+13035550115", tier="silver")
    rule("Gold", vip_desk, ("tier", "is", "gold"))
    assert call_from("+13035550115").reason == "line-fallback"


def test_a_shared_number_s_main_owner_is_the_caller(support_line: Line) -> None:
    customer("k", "Kate", "+13035550115")
    leo = customer("l", "Leo", "+13035550115")
    ContactPoint.objects.filter(customer=leo).update(is_main_owner=True)
    assert heard(call_from("+13035550115")) == "Leo"


def test_a_blocked_customer_hears_the_site_s_refusal_in_the_own_language(
    no_site_fallback: Any, support_line: Line
) -> None:
    refusal = AssistantVariant.objects.create(name="No", kind="refusal")
    refusal.refusal_texts.create(language="en", text="We do not take your calls.")
    refusal.refusal_texts.create(language="de", text="Wir nehmen Ihre Anrufe nicht an.")
    no_site_fallback.refusal = refusal
    no_site_fallback.save()
    customer("b", "Bruno", "+13035550166", blocked=True, language="de-AT")
    answer = call_from("+13035550166")
    assert (answer.status, answer.json) == (200, {"error": "Wir nehmen Ihre Anrufe nicht an."})
    assert (answer.reason, answer.headers["X-Answer-Source"]) == ("blocked", "live")
