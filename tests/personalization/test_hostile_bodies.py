"""Whatever an authentic body holds, the caller hears something and nobody gets a 5xx."""

import copy
import gzip
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistants.models import Line
from tests.conftest import SECRET, post, request

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


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "deflate", "br", "zstd", "gzip, gzip"])
def test_compressed_bodies_are_refused_with_a_sentence(encoding: str) -> None:
    bomb = gzip.compress(b'{"message": ' + b" " * 10_000_000)
    answer = request(body=bomb, headers=SECRET | {"Content-Encoding": encoding})
    said = {"detail": "Send the body uncompressed: no Content-Encoding is taken."}
    assert (answer.status, answer.json) == (415, said)


@pytest.mark.parametrize("times", [2, 10_000])
def test_of_keys_that_stand_there_twice_the_last_counts(times: int, support_line: Line) -> None:
    types = '"type": "transcript", ' * (times - 1) + '"type": "assistant-request"'
    answer = request(
        body=f'{{"message": {{{types}, "phoneNumber": {{"number": "+13035550190"}}}}}}'.encode(), headers=SECRET
    )
    assert (answer.status, answer.headers["X-Answer-Source"]) == (200, "live")


# The kinds of the JSON parsing test suite (https://github.com/nst/JSONTestSuite) that a body can have at this place.
KINDS = {
    "taken": [
        b"0", b"-0", b"-0.0", b"1E-2", b"123.456e78", b"1e-10000", b"-1" + b"0" * 300, b"18446744073709551616",
        b'"\\u0000"', b'"\\uD834\\uDd1e"', b'"\\ud800"', b'"\\uDFAA\\uD800"', b'"\x7f"', b'"\\u2028\xe2\x80\xa8"',
        b'"\xef\xbf\xbf"', b'" "', b"[[]   ]", b'{"":0}', b'{"a":"b","a":"c"}', b'{"\\u0000":1}',
        b"[" * 500 + b"]" * 500,
    ],
    "refused": [
        b"", b"-", b"+1", b"01", b"-01", b"1.", b".5", b"0x1F", b"1e", b"1e+", b"NaN", b"-Infinity", b"1e400", b"1_000",
        b"True", b"nul", b"'a'", b'"\t"', b'"\n"', b'"\\x00"', b'"\\uD8"', b'"\xff"', b'"\xed\xa0\x80"', b'"\xc0\xaf"',
        b"[1,]", b"[,1]", b"[1 2]", b"[", b"]", b'{"a"}', b'{"a":1,}', b"{a:1}", b"{1:1}", b"/**/1", b"1//", b"1}{",
        b"\x001", b'"',
        b"[" * 100_000,
    ],
}  # fmt: skip


@pytest.mark.parametrize(("status", "value"), [(200, v) for v in KINDS["taken"]] + [(400, v) for v in KINDS["refused"]])
def test_every_kind_of_json_is_taken_or_refused_by_the_letter(status: int, value: bytes) -> None:
    body = b'{"message": {"type": "end-of-call-report", "call": {"id": "c"}, "summary": %b}}' % value
    assert request(body=body, headers=SECRET).status == status


@pytest.mark.parametrize("value", KINDS["taken"])
def test_a_call_with_any_kind_of_json_is_answered(value: bytes, support_line: Line) -> None:
    body = b'{"message": {"type": "assistant-request", "call": {"customer": {"number": %b}, "x": %b}}}' % (value, value)
    answer = request(body=body, headers=SECRET)
    assert (answer.status, answer.headers["X-Answer-Source"]) == (200, "live")
