"""What the database itself refuses, whoever writes to it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection

from assistants.models import AssistantVariant, Condition, Line, RefusalText, RoutingRule, SiteSettings, Variable
from tests.conftest import rule

pytestmark = pytest.mark.django_db


def create(model: Any, **facts: Any) -> None:
    if model is not AssistantVariant and "variant" not in facts and model is not Line and model is not SiteSettings:
        facts["variant"] = AssistantVariant.objects.first()
    model.objects.create(**facts)


@pytest.mark.parametrize(
    ("constraint", "model", "facts"),
    [
        ("variant_has_what_its_kind_needs", AssistantVariant, {"name": "x", "kind": "saved-assistant"}),
        ("variant_has_what_its_kind_needs", AssistantVariant, {"name": "x", "kind": "whole-assistant"}),
        ("variant_has_what_its_kind_needs", AssistantVariant, {"name": "x", "kind": "hologram"}),
        ("variable_default_not_blank", Variable, {"name": "x", "trait": "name", "default": ""}),
        ("refusal_text_not_blank", RefusalText, {"language": "en", "text": ""}),
        ("line_can_be_recognised", Line, {"name": "Nowhere"}),
        (
            "rule_window_has_a_beginning_before_its_end",
            RoutingRule,
            {
                "name": "x",
                "valid_from": datetime(2026, 1, 2, tzinfo=UTC),
                "valid_until": datetime(2026, 1, 1, tzinfo=UTC),
            },
        ),
        ("site_settings_one_row", SiteSettings, {"pk": 2}),
    ],
)
def test_the_database_keeps_the_promise(constraint: str, model: Any, facts: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        create(model, **facts)


def test_a_variable_s_name_stands_once_in_a_variant(vip_desk: AssistantVariant) -> None:
    with pytest.raises(IntegrityError, match="variable_once_per_variant"):
        Variable.objects.create(variant=vip_desk, name="customerName", trait="name", default="x")


def test_a_condition_reads_as_a_sentence() -> None:
    assert (
        str(Condition(trait="tier", operator="any-of", value="gold, silver")) == "account type is any of gold, silver"
    )
    assert str(Condition(trait="known", operator="yes")) == "the caller is known"
    assert str(Condition(trait="known", operator="no")) == "not: the caller is known"
    assert str(Condition(trait="attribute", parameter="plan", operator="set")) == "attribute (text) “plan” is known"


def test_every_change_gets_a_new_revision(vip_desk: AssistantVariant) -> None:
    def revision() -> int:
        return SiteSettings.objects.values_list("revision", flat=True).get()

    seen = [revision()]
    stored = rule("A rule", vip_desk)
    seen.append(revision())
    stored.conditions.create(trait="known", operator="yes")
    seen.append(revision())
    line = Line.objects.create(name="L", number="+13035550190")
    seen.append(revision())
    stored.lines.add(line)
    seen.append(revision())
    SiteSettings.objects.update(emergency=True)
    seen.append(revision())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM assistants_condition")
    seen.append(revision())
    assert len(set(seen)) == len(seen)
