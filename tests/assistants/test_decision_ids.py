"""Only this server can say for whom it decided: its ids prove the customer, and nobody else's do."""

from typing import Any

import pytest

from assistants.decision_ids import new_decision_id, number_of, proves

ADAS = new_decision_id("c001")


def test_an_id_proves_the_customer_it_was_made_for_and_no_other() -> None:
    assert proves(ADAS, "c001")
    assert not proves(ADAS, "c002")
    assert not proves(ADAS, "")


def test_each_decision_has_an_id_of_its_own() -> None:
    assert new_decision_id("c001") != ADAS
    assert number_of(ADAS) == ADAS[:32] != number_of(new_decision_id("c001"))


@pytest.mark.parametrize(
    "forged",
    [
        *("", "d-1", ".", ADAS[:32], ADAS[:33], ADAS[:-1], ADAS + "A", ADAS + "\n", ADAS.upper(), "é" * 55, "\ud800"),
        f"{'0' * 32}{ADAS[32:]}",
        f"{ADAS[:33]}{'A' * 22}",
    ],
)
def test_what_this_server_did_not_make_proves_nothing(forged: str) -> None:
    assert not proves(forged, "c001")


def test_any_text_can_be_an_id_s_customer() -> None:
    for customer_id in ("", "é", "\0", "\ud800", "x" * 500):
        assert proves(new_decision_id(customer_id), customer_id)


def test_a_changed_key_still_proves_while_it_is_among_the_fallbacks(settings: Any) -> None:
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another-key"
    assert not proves(ADAS, "c001")
    settings.SECRET_KEY_FALLBACKS = [earlier]
    assert proves(ADAS, "c001")
    assert not proves(ADAS, "c002")
