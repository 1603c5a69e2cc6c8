"""Whatever an authentic body holds, the caller hears something and nobody gets a 5xx."""

import copy
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistants.models import Line
from tests.conftest import post

SOAK = int(os.environ.get("SOAK", "1"))
PAYLOADS = [json.loads(path.read_text()) for path in sorted((Path(__file__).parent.parent / "payloads").glob("*.json"))]
JUNK: list[Any] = [
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    "",
    "\u0000",
    "\u202e",
    "x" * 5000,
    [],
    [[]],
    {},
    {"a": None},
    "{{now}}",
    "' OR 1=1",
]


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a body."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    return [path, *(spot for key, child in children for spot in spots(child, (*path, key)))]


def replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(body)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


@pytest.mark.parametrize("seed", range(20 * SOAK))
def test_any_part_may_be_of_any_type(seed: int, support_line: Line) -> None:
    chance = random.Random(seed)
    for _ in range(20):
        body = chance.choice(PAYLOADS)
        path = chance.choice(spots(body)[1:])
        answer = post(replaced(body, path, chance.choice(JUNK)))
        assert answer.status in {200, 400}
        assert answer.json is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4),
    max_leaves=12,
)
PLACES = st.sampled_from(["call", "customer", "phoneNumber", "from", "to", "number", "sipUri", "id", "transport"])


@settings(max_examples=100 * SOAK, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(message=st.dictionaries(PLACES, st.dictionaries(PLACES, st.dictionaries(PLACES, JSON) | JSON) | JSON))
def test_any_json_in_the_places_we_read_gets_an_answer(message: dict[str, Any], support_line: Line) -> None:
    answer = post({"message": {**message, "type": "assistant-request"}})
    assert (answer.status, answer.headers["X-Answer-Source"]) == (200, "live")
    assert answer.json["assistantOverrides"]["variableValues"]
