"""What is logged: one line for each decision, nobody's name or number in it, and never a caller who waits for it."""

import json
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError

from assistants.models import AssistantVariant, Line
from customers.models import Customer
from personalization.log_lines import LineFormatter
from tests.conftest import call_from, customer, rule
from tests.waiting import PATIENCE_S

PREAMBLE = """
import logging, os, sys, time
from personalization.log_writer import NeverBlocking, _MOST_WAITING
from personalization.log_lines import LineFormatter
from personalization.metrics import LOG_LINES_DROPPED
log, handler = logging.getLogger("test"), NeverBlocking()
handler.setFormatter(LineFormatter())
log.addHandler(handler); log.setLevel("INFO"); log.propagate = False
"""


class Lines(logging.Handler):
    """Keeps the lines as they would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(LineFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    handler, logger = Lines(), logging.getLogger("personalization")
    logger.addHandler(handler)
    yield handler.lines
    logger.removeHandler(handler)


def run(code: str, **options: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", PREAMBLE + code], stdout=subprocess.PIPE, **options)


def test_a_decision_is_one_json_line(
    ada: Customer, vip_desk: AssistantVariant, support_line: Line, lines: list[str]
) -> None:
    rule("Gold callers", vip_desk, ("tier", "is", "gold"))
    call_from("+13035550101")
    (line,) = lines
    told = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", told.pop("time"))
    assert 0 < told.pop("ms") < 5000
    assert told == {
        "call": "call-1", "caller": "+1303…01", "line": "Support", "reason": "rule:Gold callers", "source": "live",
        "rule": "Gold callers", "variant": "VIP desk", "version": 1,
    }  # fmt: skip


@pytest.mark.parametrize("number", ["+13035550101", "(303) 555-0101", "sip:ada.example@voice.example.com", "anonymous"])
def test_nobody_is_named(number: str, support_line: Line, lines: list[str]) -> None:
    customer("c001", "Ada Example", "+13035550101", email="ada@example.com", attributes={"street": "Elm Street"})
    call_from(number)
    assert not re.search(r"Ada|ada\.|555.?0101|@|Elm|c001", "".join(lines))


def test_nor_where_something_breaks(
    ada: Customer, support_line: Line, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        try:
            raise KeyError("Ada Example")
        except KeyError as error:
            raise ValueError("no 'gold' for Ada Example, +13035550101") from error

    monkeypatch.setattr("personalization.views.assistant_reply", fail)
    call_from("+13035550101")
    *errors, decision = lines
    assert not re.search("Ada|555", "".join(lines))
    for error in errors:  # once for each rung of the ladder that was tried
        assert "ValueError at tests/personalization/test_call_log.py" in error
        assert "because of KeyError at " in error
    assert len(errors) == 2
    assert json.loads(decision)["reason"] == "error"


def line_of(error: Exception) -> str:
    record = logging.LogRecord(
        "customers", logging.ERROR, "", 1, "It\nbroke\x1b[31m \u202e.", (), (type(error), error, None)
    )
    return LineFormatter().format(record)


def test_a_record_is_one_line_whatever_stands_in_it() -> None:
    line = line_of(OperationalError("connection refused\nDETAIL: Ada Example"))
    assert line.endswith("ERROR customers: It\\nbroke\\x1b[31m \\u202e. | OperationalError (connection refused) at ?")
    assert line_of(IntegrityError("Key (name)=(Ada)")).endswith("| IntegrityError at ?")


def test_a_pipe_that_nobody_reads_keeps_nobody_waiting() -> None:
    read, write = os.pipe()
    code = """
slowest = 0
for _ in range(3 * _MOST_WAITING):
    started = time.perf_counter()
    log.info({"call": "x" * 200})
    slowest = max(slowest, time.perf_counter() - started)
try: 1 / 0
except ZeroDivisionError: log.exception("broken")
print(slowest, LOG_LINES_DROPPED._value.get(), flush=True)
"""
    began = time.monotonic()
    process = run(code, stderr=write)
    slowest, dropped = map(float, process.communicate(timeout=PATIENCE_S)[0].split())
    assert process.returncode == 0
    assert slowest < 0.5
    assert dropped > 5_000
    assert time.monotonic() - began < 20
    os.close(write)
    os.close(read)


def test_nothing_is_lost_where_somebody_reads() -> None:
    process = run("for n in range(4000): log.info({'n': n, 'x': '…' * 60})", stderr=subprocess.PIPE)
    assert [json.loads(line)["n"] for line in process.communicate()[1].splitlines()] == list(range(4000))


def test_a_closed_pipe_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    code = "log.info('one'); handler.flush(); print(LOG_LINES_DROPPED._value.get())"
    process = run(code, stderr=write)
    os.close(write)
    assert (process.communicate()[0], process.returncode) == (b"1.0\n", 0)


def _log_in_a_worker(descriptor: int) -> None:
    os.dup2(descriptor, 2)
    logging.getLogger("personalization").error("last words")


@pytest.mark.parametrize("method", ["fork"])
def test_a_forked_process_writes_its_lines_too(method: Any) -> None:
    read, write = os.pipe()
    logging.getLogger("personalization").warning("before")
    process = get_context(method).Process(target=_log_in_a_worker, args=(write,), daemon=True)
    process.start()
    process.join(PATIENCE_S)
    assert process.exitcode == 0
    os.close(write)
    with open(read, "rb") as lines:
        assert lines.read().endswith(b"ERROR personalization: last words\n")
