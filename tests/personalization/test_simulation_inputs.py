"""When a simulated call comes, and the SIP headers that it brings, as people write them."""

from datetime import UTC, datetime

import pytest

from personalization.simulation_inputs import InvalidInput, read_headers, read_moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-03T09:00", datetime(2026, 6, 3, 15, 0, tzinfo=UTC)),
        ("2026-12-24 20:00:30", datetime(2026, 12, 25, 3, 0, 30, tzinfo=UTC)),
        ("2026-06-03T09:00:00+02:00", datetime(2026, 6, 3, 7, 0, tzinfo=UTC)),
        ("2026-06-03T09:00Z", datetime(2026, 6, 3, 9, 0, tzinfo=UTC)),
        # The clocks go back: the hour comes twice, the first of them counts.
        ("2026-11-01T01:30", datetime(2026, 11, 1, 7, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_on_the_clock_of_its_zone(text: str, moment: datetime) -> None:
    assert read_moment(text, "America/Denver") == moment


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("noon", "“noon” is not a time: write it as 2026-12-24T20:00."),
        ("2026-02-30T09:00", "is not a time"),
        ("2026-03-08T02:30", "Clocks in America/Denver skip 02:30 on that day"),
        ("0001-01-01T00:00", "The year 1 is none in which anybody calls."),
        ("9999-12-31T23:59", "The year 9999"),
    ],
)
def test_a_time_that_is_none_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence.replace(".", r"\.")):
        read_moment(text, "America/Denver")


def test_headers_are_read_line_by_line() -> None:
    text = "X-Account: A-7\r\n\r\n  x-reason : the bill: again  \r\n"
    assert read_headers(text) == {"X-Account": "A-7", "x-reason": "the bill: again"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("X-Account: A-7\nhello", "Line 2, “hello”, is no header"),
        ("X-Account:", "is no header"),
        ("From: ada", "“From” never reaches us"),
    ],
)
def test_what_is_no_header_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        read_headers(text)
