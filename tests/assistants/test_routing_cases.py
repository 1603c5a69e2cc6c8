"""Cases as data: one file a case, its name a sentence. Each runs on real rows, through the real decision."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from assistants.checking import problems
from assistants.compiling import compile_document
from assistants.incoming import IncomingCall, Transport
from assistants.operators import OPERATORS
from assistants.routing import route_call
from assistants.ruleset import Switches
from assistants.traits import TRAITS
from customers.models import Call, ContactPoint, Customer

CASES = sorted((Path(__file__).parent.parent / "routing_cases").glob("*.json"))
CONTACTS = {"phone": "phone", "sip_uri": "sip", "trunk": "trunk"}
VARIANTS = {name: {"kind": "saved-assistant", "vapi_id": name.lower()} for name in ("Rule", "Other", "Site")}

pytestmark = pytest.mark.django_db


def store(facts: dict[str, Any]) -> Customer:
    addresses = [(kind, facts.pop(key)) for key, kind in CONTACTS.items() if key in facts]
    is_main_owner, calls = facts.pop("main_owner", False), facts.pop("calls", [])
    person = Customer.objects.create(**facts)
    for kind, value in addresses:
        ContactPoint.objects.create(customer=person, kind=kind, value=value, is_main_owner=is_main_owner)
    store_calls(person, calls)
    return person


def without_nothing(document: Any) -> Any:
    """A case takes something away from the ordinary document by setting it to null."""
    if isinstance(document, dict):
        return {key: without_nothing(value) for key, value in document.items() if value is not None}
    return document


def store_calls(person: Customer, calls: list[dict[str, Any]]) -> None:
    """The customer's earlier calls, each begun and ended at once."""
    Call.objects.bulk_create(
        Call(customer=person, vapi_id=f"{person.public_id} {number}", created_at=facts["ended_at"], **facts)
        for number, facts in enumerate(calls)
    )


def switches(call: dict[str, Any], people: list[Customer], at: datetime) -> Switches:
    pins = {key: (variant, at + timedelta(days=1)) for key, variant in call.get("pins", {}).items()}
    return Switches(
        emergency=call.get("emergency", False),
        emergency_lines=frozenset(call.get("emergency_lines", ())),
        pinned_customers={person.pk: pins[person.public_id] for person in people if person.public_id in pins},
        pinned_addresses=pins,
    )


def incoming(call: dict[str, Any]) -> IncomingCall:
    return IncomingCall(
        caller_numbers=(call["from"],),
        line_numbers=(call["line"],),
        transport=Transport(call.get("transport", "phone")),
        sip_headers=call.get("sip_headers", {}),
        asks_for_transfer=call.get("asks_for_transfer", False),
    )


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = json.loads(path.read_text())
    document = without_nothing({"variants": VARIANTS, "site": {"fallback": "Site"}} | case["document"])
    assert problems(document) == []
    people = [store(facts) for facts in case.get("customers", [])]
    at = datetime.fromisoformat(case["call"]["at"])
    decision = route_call(
        call=incoming(case["call"]),
        ruleset=compile_document(document, version=1),
        switches=switches(case["call"], people, at),
        at=at,
        default_region="US",
    )
    expected = case["expect"]
    assert decision.reason == expected["reason"]
    if "variant" in expected:
        assert decision.variant
        assert decision.variant.name == expected["variant"]
    if "trace" in expected:
        assert [str(entry.obstacle or "") for entry in decision.trace] == expected["trace"]


def test_there_is_a_case_for_every_trait_and_every_operator() -> None:
    conditions = [
        condition
        for path in CASES
        for rule in json.loads(path.read_text())["document"]["rules"].values()
        for condition in rule.get("conditions", [])
    ]
    assert {condition["trait"] for condition in conditions} == set(TRAITS)
    assert {condition["operator"] for condition in conditions} == set(OPERATORS)
    assert len(CASES) >= 120


def test_there_are_cases_at_the_moment_the_clock_changes_in_six_zones() -> None:
    zones = set()
    for path in CASES:
        if path.stem.startswith("at-the-moment-the-clock-changes-in-"):
            case = json.loads(path.read_text())
            zone = ZoneInfo(case["document"]["lines"]["Line"]["timezone"])
            at = datetime.fromisoformat(case["call"]["at"])
            if at.astimezone(zone).utcoffset() != (at - timedelta(seconds=1)).astimezone(zone).utcoffset():
                zones.add(zone.key)
    assert len(zones) >= 6
