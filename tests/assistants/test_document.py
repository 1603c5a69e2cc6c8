"""The draft as one document, and back."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from assistants.checking import problems
from assistants.compiling import compile_document
from assistants.document import draft_document, write_draft
from assistants.models import AssistantVariant, HolidayList, Line, Pin, RoutingRule, Share, Variable
from tests.conftest import rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything(vip_desk: AssistantVariant, front_desk: AssistantVariant, support_line: Line) -> dict[str, Any]:
    """A draft with a row of every kind and a value in every field."""
    refusal = AssistantVariant.objects.create(name="No", kind="refusal")
    refusal.refusal_texts.create(language="de", text="Nein.")
    AssistantVariant.objects.create(
        name="Desk",
        kind="transfer",
        transfer_to="+13035550123",
        transfer_caller_id="+13035550190",
        transfer_extension="12",
    )
    Variable.objects.filter(variant=vip_desk, name="accountType").update(disclosure="verified", in_metadata=True)
    AssistantVariant.objects.filter(pk=front_desk.pk).update(reports_here=True)
    HolidayList.objects.create(name="US", dates=[date(2026, 12, 25), date(2026, 7, 4)])
    busy = rule("Busy", vip_desk, ("attribute_number", "at-least", "5", "seats"), ("line_holiday", "no", "", "US"))
    busy.valid_from, busy.enabled, busy.priority = datetime(2026, 1, 1, tzinfo=UTC), False, 5
    busy.save()
    busy.lines.add(support_line)
    split = RoutingRule.objects.create(name="Split", priority=5)
    Share.objects.create(rule=split, variant=vip_desk, weight=3)
    Share.objects.create(rule=split, variant=front_desk, weight=1)
    return draft_document()


def test_writing_a_document_back_changes_nothing(everything: dict[str, Any]) -> None:
    assert problems(everything) == []
    before = list(AssistantVariant.objects.values_list("pk", "name"))
    write_draft(everything)
    assert draft_document() == everything
    assert list(AssistantVariant.objects.values_list("pk", "name")) == before


def test_what_is_as_by_default_is_left_out(everything: dict[str, Any]) -> None:
    assert everything["variants"]["VIP desk"]["variables"]["customerName"] == {"trait": "name", "default": "friend"}
    assert everything["rules"]["Split"] == {"priority": 5, "split": {"VIP desk": 3, "Front desk": 1}}
    assert everything["holidays"] == {"US": ["2026-07-04", "2026-12-25"]}
    assert everything["rules"]["Busy"]["enabled"] is False


@pytest.mark.parametrize(("disclosure", "kept"), [("open", {"disclosure": "open"}), ("verified", {})])
def test_a_summary_that_staff_opened_stays_open(vip_desk: AssistantVariant, disclosure: str, kept: Any) -> None:
    summary = {"name": "lastCall", "trait": "last_call_summary", "parameter": "30", "default": "none"}
    Variable.objects.create(variant=vip_desk, disclosure=disclosure, **summary)
    document = draft_document()
    write_draft(document)
    assert draft_document() == document
    written = document["variants"]["VIP desk"]["variables"]["lastCall"]
    assert written == {"trait": "last_call_summary", "parameter": "30", "default": "none"} | kept
    compiled = compile_document(document, version=1).variants["VIP desk"].variables[-1]
    assert compiled.verified == (disclosure == "verified")


def test_pruning_takes_out_what_the_document_does_not_name(everything: dict[str, Any]) -> None:
    del everything["rules"]["Busy"], everything["variants"]["Desk"]
    write_draft(everything)
    assert draft_document() == everything


def test_without_pruning_the_rest_stays(everything: dict[str, Any]) -> None:
    write_draft({"rules": {"New": {"priority": 1, "variant": "VIP desk"}}}, prune=False)
    assert list(draft_document()["rules"]) == ["New", "Busy", "Split"]
    assert draft_document()["site"] == everything["site"]


def test_lines_may_swap_their_numbers(everything: dict[str, Any]) -> None:
    everything["lines"]["Sales"] = {"number": "+13035550191", "region": "US", "timezone": "UTC"}
    write_draft(everything)
    lines = everything["lines"]
    lines["Sales"]["number"], lines["Support"]["number"] = lines["Support"]["number"], lines["Sales"]["number"]
    write_draft(everything)
    assert draft_document()["lines"] == lines


def test_switches_and_pins_stay_with_their_rows(everything: dict[str, Any]) -> None:
    Line.objects.update(emergency=True)
    pin = Pin.objects.create(
        number="+13035550101",
        variant=AssistantVariant.objects.get(name="VIP desk"),
        until=datetime(2027, 1, 1, tzinfo=UTC),
    )
    write_draft(everything)
    assert Line.objects.get(name="Support").emergency
    assert Pin.objects.get() == pin


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ((), [], "must be an object"),
        (("colours",), {}, "There is no such key here: use one of site"),
        (("site", "fallback"), "Nobody", "There is no variant “Nobody”"),
        (("site", "refusal"), "VIP desk", "is no spoken refusal"),
        (("holidays", "US"), ["25.12.2026"], "a list of dates"),
        (("lines", "Support", "number"), "3035550190", "is not a number in full"),
        (("lines", "Support", "region"), "XX", "is not a country code"),
        (("lines", "Support", "timezone"), "PST", "is not a time zone"),
        (("lines", "Support", "fallback"), "Nobody", "There is no variant"),
        (("lines", "Twin"), {"number": "+13035550190"}, "Two lines have the same number"),
        (("lines", "Empty"), {}, "A line needs its number"),
        (("variants", "VIP desk", "kind"), "hologram", "one of saved-assistant"),
        (("variants", "VIP desk", "vapi_id"), " ", "needs its id"),
        (("variants", "VIP desk", "fistMessage"), "x", "There is no such key here"),
        (("variants", "Desk", "transfer_to"), "555", "is not a number in full"),
        (("variants", "Desk", "transfer_to"), "sip:nobody", "is not a SIP address"),
        (("variants", "Desk", "transfer_extension"), "x", "at most 10 digits"),
        (("variants", "No", "refusal_texts"), {}, "at least one language"),
        (("variants", "No", "refusal_texts"), {"german": "Nein."}, "is not a language code"),
        (("variants", "VIP desk", "variables", "x-y"), {"trait": "name", "default": "x"}, "letters, digits and _ only"),
        (("variants", "VIP desk", "variables", "now"), {"trait": "name", "default": "x"}, "Vapi fills “now” itself"),
        (("variants", "VIP desk", "variables", "x"), {"trait": "name", "default": ""}, "1 to 500 characters"),
        (("variants", "VIP desk", "variables", "x"), {"trait": "known", "default": "x"}, "a trait that can be spoken"),
        (
            ("variants", "VIP desk", "variables", "x"),
            {"trait": "attribute", "default": "x"},
            "needs the attribute's name",
        ),
        (("rules", "Busy", "variant"), "Nobody", "There is no variant “Nobody”"),
        (("rules", "Busy", "split"), {"VIP desk": 1}, "either one variant or a split"),
        (("rules", "Split", "split"), {"VIP desk": 0}, "whole numbers from 1"),
        (("rules", "Busy", "lines"), ["Nowhere"], "There is no line “Nowhere”"),
        (("rules", "Busy", "valid_until"), "2025-01-01T00:00:00+00:00", "must be later"),
        (("rules", "Busy", "valid_until"), "tomorrow", "a time with its zone"),
        (("rules", "Busy", "conditions", 0, "trait"), "shoe size", "one of the traits"),
        (("rules", "Busy", "conditions", 0, "trait"), ["tier"], "one of the traits"),
        (("rules", "Busy", "conditions", 0, "operator"), {"is": 1}, "one of the operators"),
        (("rules", "Busy", "conditions", 0, "operator"), "contains", "does not fit a number"),
        (("rules", "Busy", "conditions", 0, "value"), "many", "is not a number"),
        (("rules", "Busy", "conditions", 0, "parameter"), "", "needs the attribute's name"),
        (("rules", "Busy", "conditions", 1, "parameter"), "UK", "There is no holiday list “UK”"),
        (
            ("rules", "Busy", "conditions", 1),
            {"trait": "line", "operator": "any-of", "value": "support, Suport"},
            "rules / Busy / condition 2 / value: There is no line “Suport”",
        ),
        (("rules", "Busy", "priority"), -1, "a whole number from 0"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    path: tuple[Any, ...], value: Any, words: str, everything: dict[str, Any]
) -> None:
    broken: Any = everything
    if path:
        for key in path[:-1]:
            broken = broken[key]
        broken[path[-1]] = value
        broken = everything
    else:
        broken = value
    found = problems(broken)
    assert [words in str(problem) for problem in found] == [True]
